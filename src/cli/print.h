#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include <stdint.h>

struct cli;

/* What a command answers in a sentence; objects and lists are output.h's. */

/* For what has no object: {"KEY":N}, else a sentence. */
void print_done(struct cli *, const char *key, int64_t n, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* A hint on stderr for people; nothing with --json. */
void print_hint(struct cli *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* TEXT as it is, and a line end. */
void print_raw(const char *text);

/* Ends the program when stdout did not take all that was written to it. */
void print_check(void);

#endif
