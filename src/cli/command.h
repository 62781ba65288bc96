#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdint.h>

#include "base/config.h"

struct db;
struct session;
struct pool;
struct spool;

/*
 * The command line: waspool [--json] NOUN VERB [options] args.  A noun is a
 * table of verbs; a verb has its options, its arguments and a function.  The
 * function returns nothing: it shows its result (output.h), and a failure ends
 * the program in cli_fail (fail.h); an open transaction is then rolled back.
 */
#define CLI_OPTIONS_MAX 20 /* of a verb */

struct cli {
	struct pool *pool; /* as long as the program */
	int64_t now;
	int json;		      /* --json */
	const struct cli_noun *nouns; /* all */
	const struct cli_noun *noun;
	const struct cli_verb *verb;
	int n_args;
	const char **args; /* of the verb, NULL after the last */
	const char *option[CLI_OPTIONS_MAX]; /* as verb->options */
	void (*at_exit)(struct cli *);	     /* NULL: nothing is open */

	struct config config; /* from here on: cli_db.h */
	struct db *inbox;
	struct session *member;
	struct spool *spool;
};

struct cli_option {
	const char *name;  /* without --; NULL ends the table */
	const char *value; /* its name in the help; NULL: a flag */
	const char *help;
};

struct cli_verb {
	const char *name; /* "": the noun stands alone; NULL ends */
	const char *args; /* their names in the help */
	int min_args, max_args;
	const char *summary;
	const char *text; /* more for its own help, or NULL */
	const char *example;
	const struct cli_option *options; /* or NULL */
	void (*run)(struct cli *);
};

struct cli_noun {
	const char *name; /* NULL ends the table */
	const char *summary;
	const struct cli_verb *verbs;
};

#endif
