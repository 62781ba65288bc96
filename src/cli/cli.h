#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdint.h>

#include "cli/command.h"
#include "cli/fail.h"

/*
 * The whole program: what it answers is the exit status.  The verbs of ALONE
 * read the configuration themselves.
 */
int cli_main(const struct cli_noun *, const struct cli_verb *alone, int argc,
    char **argv);

/* The value of an option of the verb, "" for a flag; NULL: not given. */
const char *cli_option(struct cli *, const char *name);

/* As cli_fail for wrong usage: adds where help is. */
void cli_usage(struct cli *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), noreturn));

/* S as a whole number > 0; WHAT names it when it is none (EX_USAGE). */
int64_t cli_number(struct cli *, const char *s, const char *what);
/* The option as such a number, OTHERWISE when it is not given. */
int64_t cli_option_number(struct cli *, const char *name, int64_t otherwise);
/* S as a name: on one line, not empty, not over 100 code points. */
const char *cli_name(struct cli *, const char *s, const char *what);

#endif
