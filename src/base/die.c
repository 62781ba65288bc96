/*
 * The end of a program that cannot go on.  Memory itself ends it so (pool.c),
 * hence it stands below all else, and knows the log only as a function.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/die.h"

static void
say_plainly(const char *fmt, va_list ap)
{
	fputs("level=fatal msg=\"", stderr);
	vfprintf(stderr, fmt, ap);
	fputs("\"\n", stderr);
}

static die_say *say = say_plainly;

void
die_to(die_say *to)
{
	say = to;
}

void
die(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	exit(status);
}
