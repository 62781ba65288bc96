#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdint.h>

#include "cli/command.h"
#include "cli/fail.h"

/*
 * Runs the program; the result is its exit status.  The verbs of OWN, which
 * NULL ends, read the configuration themselves.
 */
int cli_main(const struct cli_noun *, const struct cli_verb *const *own,
    int argc, char **argv);

/* The value of an option of the verb, "" for a flag; NULL: not given. */
const char *cli_option(struct cli *, const char *name);

/* cli_fail for wrong usage: adds which --help to type. */
void cli_usage(struct cli *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), noreturn));

/* S as a whole number > 0; else the program ends with EX_USAGE, and WHAT names
 * the argument. */
int64_t cli_number(struct cli *, const char *s, const char *what);
/* The option as such a number, OTHERWISE when it is not given. */
int64_t cli_option_number(struct cli *, const char *name, int64_t otherwise);
/* S as a name: one line, not empty, at most 100 code points; else the program
 * ends, and WHAT names the argument. */
const char *cli_name(struct cli *, const char *s, const char *what);

#endif
