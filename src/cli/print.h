#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include <stdint.h>

struct cli;

/* Results that are a sentence; output.h has objects and lists. */

/* With --json {"KEY":N}, else the sentence FMT. */
void print_done(struct cli *, const char *key, int64_t n, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* A hint on stderr for people; nothing with --json. */
void print_hint(struct cli *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints TEXT as it is, and a line end. */
void print_raw(const char *text);

/* Ends the program when not all could be written to stdout. */
void print_check(void);

#endif
