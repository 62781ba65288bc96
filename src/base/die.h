#ifndef BASE_DIE_H
#define BASE_DIE_H

#include <stdarg.h>

/* Says why and exits with STATUS, a word of sysexits.h. */
void die(int status, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), noreturn));

/*
 * For log.c, which is above this file: from here on SAY writes the reason into
 * the log.  Until then die writes it to stderr.
 */
typedef void die_say(const char *fmt, va_list);
void die_to(die_say *);

#endif
