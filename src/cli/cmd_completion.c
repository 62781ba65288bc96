/*
 * waspool completion: what a shell needs to complete our words, from the tables
 * by which commands are found.  Reads nothing.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/print.h"

static int
stands_alone(const struct cli_noun *n)
{
	return n->verbs[0].name[0] == '\0';
}

static void
put_words(const struct cli_verb *v)
{
	for (const struct cli_option *o = v->options;
	     o != NULL && o->name != NULL; o++)
		printf("--%s ", o->name);
	fputs("--json --help", stdout);
}

/* ------------------------------------------------------------------- bash */

static void
bash(const struct cli_noun *nouns)
{
	const struct cli_noun *n;
	const struct cli_verb *v;

	puts("# bash completion for waspool, of \"waspool completion bash\"\n"
	     "_waspool()\n{\n"
	     "\tlocal cur=${COMP_WORDS[COMP_CWORD]} words=\n"
	     "\tcase $COMP_CWORD:${COMP_WORDS[1]}:${COMP_WORDS[2]} in");
	fputs("\t1:*) words='", stdout);
	for (n = nouns; n->name != NULL; n++)
		printf("%s ", n->name);
	puts("--json --help --version' ;;");
	for (n = nouns; n->name != NULL; n++) {
		if (!stands_alone(n)) {
			printf("\t2:%s:*) words='", n->name);
			for (v = n->verbs; v->name != NULL; v++)
				printf("%s ", v->name);
			puts("--help' ;;");
		}
		for (v = n->verbs; v->name != NULL; v++) {
			printf("\t*:%s:%s) words='", n->name,
			    stands_alone(n) ? "*" : v->name);
			put_words(v);
			puts("' ;;");
		}
	}
	puts("\tesac\n"
	     "\t[ \"$COMP_CWORD\" -gt 2 ] && [[ $cur != -* ]] && words=\n"
	     "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	     "}\ncomplete -o default -F _waspool waspool");
}

/* -------------------------------------------------------------- zsh, fish */

/* TEXT between the quotes of a shell in which a quote is written as QUOTE; a
 * colon would end it in zsh. */
static void
put_quoted(const char *text, const char *quote, const char *colon)
{
	for (; *text != '\0'; text++)
		if (*text == '\'')
			fputs(quote, stdout);
		else if (*text == ':')
			fputs(colon, stdout);
		else
			putchar(*text);
}

static void
put_described(const char *name, const char *summary)
{
	printf(" '%s:", name);
	put_quoted(summary, "'\\''", "\\:");
	putchar('\'');
}

/* Options of a verb for _arguments, which offers files for all else. */
static void
put_arguments(const struct cli_verb *v)
{
	fputs(
	    "_arguments '--json[output for programs]' '--help[help]'", stdout);
	for (const struct cli_option *o = v->options;
	     o != NULL && o->name != NULL; o++)
		printf(" '--%s%s'", o->name,
		    o->value == NULL ? "" : ":value:_files");
	puts(" '*:file:_files' ;;");
}

static void
zsh(const struct cli_noun *nouns)
{
	const struct cli_noun *n;
	const struct cli_verb *v;

	fputs("#compdef waspool\n"
	      "# zsh completion for waspool, of \"waspool completion zsh\"\n"
	      "local -a named\nif (( CURRENT == 2 )); then\n\tnamed=(",
	    stdout);
	for (n = nouns; n->name != NULL; n++)
		put_described(n->name, n->summary);
	puts(")\n\t_describe command named\n\treturn\nfi\n"
	     "if (( CURRENT == 3 )); then\n\tcase $words[2] in");
	for (n = nouns; n->name != NULL; n++) {
		if (stands_alone(n))
			continue;
		printf("\t%s) named=(", n->name);
		for (v = n->verbs; v->name != NULL; v++)
			put_described(v->name, v->summary);
		puts(") ;;");
	}
	puts("\tesac\n\tif (( $#named )); then\n\t\t_describe verb named\n"
	     "\t\treturn\n\tfi\nfi\ncase $words[2]:$words[3] in");
	for (n = nouns; n->name != NULL; n++)
		for (v = n->verbs; v->name != NULL; v++) {
			printf("%s:%s) ", n->name,
			    stands_alone(n) ? "*" : v->name);
			put_arguments(v);
		}
	puts("esac");
}

static void
fish_option(const struct cli_noun *n, const struct cli_verb *v,
    const struct cli_option *o)
{
	printf("complete -c waspool -n '__waspool_in %s %s' -l %s%s -d '",
	    n->name, v->name, o->name, o->value == NULL ? "" : " -r");
	put_quoted(o->help, "\\'", ":");
	puts("'");
}

static void
fish(const struct cli_noun *nouns)
{
	const struct cli_noun *n;
	const struct cli_verb *v;

	puts("# fish completion for waspool, of \"waspool completion fish\"\n"
	     "function __waspool_in\n"
	     "\tset -l typed (commandline -opc)[2..-1]\n"
	     "\ttest (count $typed) -ge (count $argv)\n"
	     "\tand test \"$typed[1..(count $argv)]\" = \"$argv\"\nend\n"
	     "function __waspool_at\n"
	     "\ttest \"(commandline -opc)[2..-1]\" = \"$argv\"\nend\n"
	     "complete -c waspool -l json -d 'output for programs'\n"
	     "complete -c waspool -l help -d 'help on the words before it'");
	for (n = nouns; n->name != NULL; n++) {
		printf("complete -c waspool -f -n __fish_use_subcommand -a %s "
		       "-d '",
		    n->name);
		put_quoted(n->summary, "\\'", ":");
		puts("'");
		for (v = n->verbs; v->name != NULL; v++) {
			if (!stands_alone(n)) {
				printf("complete -c waspool -f -n "
				       "'__waspool_at %s' -a %s -d '",
				    n->name, v->name);
				put_quoted(v->summary, "\\'", ":");
				puts("'");
			}
			for (const struct cli_option *o = v->options;
			     o != NULL && o->name != NULL; o++)
				fish_option(n, v, o);
		}
	}
}

static void
bash_completion(struct cli *c)
{
	bash(c->nouns);
	print_check();
}

static void
zsh_completion(struct cli *c)
{
	zsh(c->nouns);
	print_check();
}

static void
fish_completion(struct cli *c)
{
	fish(c->nouns);
	print_check();
}

const struct cli_verb cmd_completion[] = {
	{ "bash", "", 0, 0, "Prints what completes these words in bash",
	    "make install has put it where the shell finds it.",
	    "waspool completion bash", NULL, bash_completion },
	{ "zsh", "", 0, 0, "The same for zsh", NULL, "waspool completion zsh",
	    NULL, zsh_completion },
	{ "fish", "", 0, 0, "The same for fish", NULL,
	    "waspool completion fish", NULL, fish_completion },
	{ 0 },
};
