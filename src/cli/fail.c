/*
 * The end of a command that went wrong.  Whatever else the command line has
 * comes here, so this knows nothing of it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cli/fail.h"
#include "cli/visible.h"

void
fail_say(const char *fmt, va_list ap)
{
	/* What was shown so far stands before what went wrong. */
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
