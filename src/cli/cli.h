#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdint.h>

#include "base/config.h"

struct db;
struct session;
struct pool;
struct spool;

/*
 * The command line: waspool [--json] NOUN VERB [options] args.  A noun is a
 * table of verbs; a verb says what it takes and has a function that does it.
 * That function answers only by what it shows (output.h): whatever goes wrong
 * ends the program in cli_fail, and an open transaction is then as if it had
 * never been.
 */
#define CLI_OPTIONS_MAX 12		/* of a verb */

struct cli {
	struct pool	*pool;		/* as long as the program */
	int64_t		 now;
	int		 json;		/* --json */
	const struct cli_noun *noun;
	const struct cli_verb *verb;
	int		 n_args;
	const char	**args;		/* of the verb, NULL after the last */
	const char	*option[CLI_OPTIONS_MAX]; /* as verb->options */

	struct config	 config;	/* from here on: cli_db.h */
	struct db	*inbox;
	struct session *member;
	struct spool	*spool;
};

struct cli_option {
	const char	*name;		/* without --; NULL ends the table */
	const char	*value;		/* its word in the help; NULL: a flag */
	const char	*help;
};

struct cli_verb {
	const char	*name;		/* "": the noun stands alone; NULL ends */
	const char	*args;		/* their words in the help */
	int		 min_args, max_args;
	const char	*summary;
	const char	*text;		/* more for its own help, or NULL */
	const char	*example;
	const struct cli_option *options; /* or NULL */
	void		(*run)(struct cli *);
};

struct cli_noun {
	const char	*name;		/* NULL ends the table */
	const char	*summary;
	const struct cli_verb *verbs;
};

/* The whole program: what it answers is the exit status. */
int	cli_main(const struct cli_noun *, int argc, char **argv);

/* The value of an option of the verb, "" for a flag; NULL: not given. */
const char *cli_option(struct cli *, const char *name);

/* "waspool: …" on stderr, and the end, with a word of sysexits.h. */
void	cli_fail(int status, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3), noreturn));
/* The same for wrong usage: adds where help is. */
void	cli_usage(struct cli *, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3), noreturn));

/* S as a whole number > 0; WHAT names it when it is none (EX_USAGE). */
int64_t	cli_number(struct cli *, const char *s, const char *what);
/* The option as such a number, OTHERWISE when it is not given. */
int64_t	cli_option_number(struct cli *, const char *name, int64_t otherwise);
/* S as a name: on one line, not empty, not over 100 code points. */
const char *cli_name(struct cli *, const char *s, const char *what);

#endif
