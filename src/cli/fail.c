/*
 * Ends a command that failed.  All other files of the command line call it, so
 * it uses none of them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cli/fail.h"
#include "cli/visible.h"

void
fail_say(const char *fmt, va_list ap)
{
	/* Flushes stdout, so that what was shown stands before the error. */
	fflush(stdout);
	fputs("waspool: ", stderr);
	visible_print(stderr, fmt, ap);
}

void
cli_fail(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fail_say(fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(status);
}
