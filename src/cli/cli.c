/*
 * Parses the command line (noun, verb, options, arguments), and calls the
 * verb's function.  One program runs one command: a failure ends it (cli_fail),
 * and nothing is freed that the exit frees.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "inbox/workspace/workspace.h"

#include "cli/cli.h"
#include "cli/help.h"
#include "cli/print.h"

void
cli_usage(struct cli *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fail_say(fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nSee 'waspool%s%s%s%s --help'.\n",
	    c->noun == NULL ? "" : " ", c->noun == NULL ? "" : c->noun->name,
	    c->verb == NULL || c->verb->name[0] == '\0' ? "" : " ",
	    c->verb == NULL ? "" : c->verb->name);
	exit(EX_USAGE);
}

static int
find_option(const struct cli_verb *v, const char *name, size_t len)
{
	int i;

	for (i = 0; v->options != NULL && i < CLI_OPTIONS_MAX &&
		    v->options[i].name != NULL;
	     i++)
		if (strlen(v->options[i].name) == len &&
		    strncmp(v->options[i].name, name, len) == 0)
			return i;
	return -1;
}

const char *
cli_option(struct cli *c, const char *name)
{
	int i = find_option(c->verb, name, strlen(name));

	return i < 0 ? NULL : c->option[i];
}

int64_t
cli_number(struct cli *c, const char *s, const char *what)
{
	long long v;

	if (text_int(s, &v) != 0 || v <= 0)
		cli_usage(c, "%s is a number, not '%s'", what, s);
	return v;
}

int64_t
cli_option_number(struct cli *c, const char *name, int64_t otherwise)
{
	const char *s = cli_option(c, name);

	return s == NULL ? otherwise
			 : cli_number(c, s, pool_printf(c->pool, "--%s", name));
}

const char *
cli_name(struct cli *c, const char *s, const char *what)
{
	const char *name = text_fold(c->pool, s, WORKSPACE_NAME_MAX + 1);

	if (name == NULL)
		cli_usage(c, "%s is empty", what);
	if (!text_is_utf8(s, strlen(s)))
		cli_usage(c, "%s is not UTF-8", what);
	if (text_points(name) > WORKSPACE_NAME_MAX)
		cli_usage(c, "%s is longer than %d letters", what,
		    WORKSPACE_NAME_MAX);
	return name;
}

/* Parses option ARG: --name, --name=value, or --name with NEXT as its value.  1
 * when NEXT was used. */
static int
take_option(struct cli *c, const char *arg, const char *next)
{
	const char *name = arg + strspn(arg, "-");
	size_t len = strcspn(name, "=");
	const struct cli_option *o;
	int i;

	if (arg[1] != '-' || (i = find_option(c->verb, name, len)) < 0)
		cli_usage(c, "unknown option %.*s",
		    (int)(name - arg + (long)len), arg);
	o = &c->verb->options[i];
	if (o->value == NULL) {
		if (name[len] == '=')
			cli_usage(c, "--%s takes no value", o->name);
		c->option[i] = "";
		return 0;
	}
	if (name[len] == '=') {
		c->option[i] = name + len + 1;
		return 0;
	}
	if (next == NULL)
		cli_usage(c, "--%s needs a value: --%s %s", o->name, o->name,
		    o->value);
	c->option[i] = next;
	return 1;
}

static void
take_args(struct cli *c, int argc, const char **argv)
{
	int i, plain = 0;

	c->args = pool_alloc(c->pool, ((size_t)argc + 1) * sizeof(*c->args));
	for (i = 0; i < argc; i++)
		if (!plain && strcmp(argv[i], "--") == 0)
			plain = 1;
		else if (!plain && argv[i][0] == '-' && argv[i][1] != '\0')
			i += take_option(c, argv[i], argv[i + 1]);
		else
			c->args[c->n_args++] = argv[i];
	if (c->n_args < c->verb->min_args)
		cli_usage(c, "an argument is missing: %s", c->verb->args);
	if (c->n_args > c->verb->max_args)
		cli_usage(c, "'%s' is one argument too many",
		    c->args[c->verb->max_args]);
}

/* Takes out the options that may stand anywhere, such as --json: how many words
 * stay. */
static int
take_global(struct cli *c, int argc, char **argv, const char **rest, int *help)
{
	int i, n = 0;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			c->json = 1;
		else if (strcmp(argv[i], "--help") == 0 ||
			 strcmp(argv[i], "-h") == 0)
			*help = 1;
		else if (strcmp(argv[i], "--version") == 0)
			*help = -1;
		else
			rest[n++] = argv[i];
	for (; i < argc; i++)
		rest[n++] = argv[i];
	return n;
}

/* Finds noun and verb: how many words these are. */
static int
take_words(struct cli *c, const struct cli_noun *nouns, const char **words)
{
	const struct cli_noun *n = nouns;
	const struct cli_verb *v;

	if (words[0] == NULL)
		return 0;
	if (words[0][0] == '-')
		cli_usage(c, "unknown option %s", words[0]);
	for (; n->name != NULL && strcmp(n->name, words[0]) != 0; n++)
		;
	if (n->name == NULL)
		cli_usage(c, "there is no command '%s'", words[0]);
	c->noun = n;
	v = n->verbs;
	if (v->name[0] != '\0') {
		if (words[1] == NULL)
			return 1;
		for (; v->name != NULL && strcmp(v->name, words[1]) != 0; v++)
			;
		if (v->name == NULL)
			cli_usage(c, "%s %s '%s'", n->name,
			    words[1][0] == '-' ? "has no option" : "cannot",
			    words[1]);
	}
	c->verb = v;
	return v->name[0] == '\0' ? 1 : 2;
}

int
cli_main(const struct cli_noun *nouns, const struct cli_verb *const *own,
    int argc, char **argv)
{
	struct cli c = {
		.pool = pool_new(), .now = clock_now(), .nouns = nouns
	};
	const char **rest =
	    pool_alloc(c.pool, ((size_t)argc + 1) * sizeof(*rest));
	int n, used, help = 0;

	n = take_global(&c, argc, argv, rest, &help);
	if (help < 0) {
		puts("waspool " VERSION_TEXT);
		print_check();
		pool_free(c.pool);
		return EX_OK;
	}
	used = take_words(&c, nouns, rest);
	if (help || c.verb == NULL) {
		help_show(nouns, &c, help ? stdout : stderr);
		print_check();
		pool_free(c.pool);
		return help ? EX_OK : EX_USAGE;
	}
	take_args(&c, n - used, rest + used);
	while (*own != NULL && *own != c.noun->verbs)
		own++;
	if (*own == NULL)
		config_load(&c.config, "waspool", CONFIG_TYPED | CONFIG_INBOX);
	c.verb->run(&c);
	print_check();
	if (c.at_exit != NULL)
		c.at_exit(&c);
	pool_free(c.pool);
	return EX_OK;
}
