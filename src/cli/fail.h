#ifndef CLI_FAIL_H
#define CLI_FAIL_H

#include <stdarg.h>

/* "waspool: …" on stderr, and the end, with a word of sysexits.h. */
void cli_fail(int status, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), noreturn));

/* The same, but for the end of the line and of the program. */
void fail_say(const char *fmt, va_list);

#endif
