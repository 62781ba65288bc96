#ifndef CLI_VISIBLE_H
#define CLI_VISIBLE_H

#include <stdarg.h>
#include <stdio.h>

/* As vfprintf, but the output is safe for a terminal (text_visible). */
void visible_print(FILE *, const char *fmt, va_list);

#endif
