/*
 * The help of each level, from the tables by which commands are found, so that
 * the help has exactly the commands that exist.
 */
#include "cli/help.h"
#include "cli/command.h"

/* Verbs of all nouns take these. */
static void
globals(FILE *f)
{
	fprintf(f, "\n  --json           output for programs\n  --help         "
		   "  help on the words before it\n");
}

static void
program(const struct cli_noun *n, FILE *f)
{
	fprintf(f, "waspool: the command line of the WhatsApp inbox\n\nUsage: "
		   "waspool [--json] COMMAND [VERB] [options] [arguments]\n\n");
	for (; n->name != NULL; n++)
		fprintf(f, "  %-15s  %s\n", n->name, n->summary);
	globals(f);
	fprintf(f, "  --version        which waspool this is\n\n"
		   "The configuration is $WASPOOL_CONFIG, or\n" SYSCONFDIR
		   "/waspool/waspool.conf; see waspool.conf(5).\n\n"
		   "Example:\n  waspool token --help\n");
}

static void
usage(const struct cli_noun *n, const struct cli_verb *v, FILE *f)
{
	fprintf(f, "waspool %s", n->name);
	if (v->name[0] != '\0')
		fprintf(f, " %s", v->name);
	if (v->options != NULL && v->options[0].name != NULL)
		fputs(" [options]", f);
	if (v->args[0] != '\0')
		fprintf(f, " %s", v->args);
	fputc('\n', f);
}

static void
noun(const struct cli_noun *n, FILE *f)
{
	const struct cli_verb *v;

	fprintf(f, "waspool %s: %s\n\n", n->name, n->summary);
	for (v = n->verbs; v->name != NULL; v++) {
		fputs("  ", f);
		usage(n, v, f);
		fprintf(f, "      %s\n", v->summary);
	}
	globals(f);
	fprintf(f, "\nExample:\n  %s\n", n->verbs[0].example);
}

static void
verb(const struct cli_noun *n, const struct cli_verb *v, FILE *f)
{
	const struct cli_option *o;

	fputs("Usage: ", f);
	usage(n, v, f);
	fprintf(f, "\n%s.\n", v->summary);
	if (v->text != NULL)
		fprintf(f, "\n%s\n", v->text);
	fputc('\n', f);
	for (o = v->options; o != NULL && o->name != NULL; o++) {
		int at = fprintf(f, "  --%s%s%s", o->name,
		    o->value == NULL ? "" : " ",
		    o->value == NULL ? "" : o->value);

		fprintf(f, "%*s%s\n", at < 24 ? 24 - at : 1, "", o->help);
	}
	fprintf(f, "  %-20s  %s\n", "--json", "answers for programs");
	fprintf(f, "\nExample:\n  %s\n", v->example);
}

void
help_show(const struct cli_noun *nouns, const struct cli *c, FILE *f)
{
	if (c->noun == NULL)
		program(nouns, f);
	else if (c->verb == NULL)
		noun(c->noun, f);
	else
		verb(c->noun, c->verb, f);
}
