#ifndef CLI_FAIL_H
#define CLI_FAIL_H

#include <stdarg.h>

/* Prints "waspool: …" to stderr, and ends the program with STATUS, a code of
 * sysexits.h. */
void cli_fail(int status, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), noreturn));

/* Prints the same, without the line end; does not end the program. */
void fail_say(const char *fmt, va_list);

#endif
