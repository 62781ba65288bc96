/*
 * A line of what setup did, for people.
 */
#include <stdarg.h>
#include <stdio.h>

#include "cli/print.h"
#include "cli/setup/setup.h"
#include "cli/visible.h"

void
setup_say(struct cli *c, const char *what, const char *fmt, ...)
{
	va_list ap;

	if (c->json)
		return;
	printf("%-9s ", what);
	va_start(ap, fmt);
	visible_print(stdout, fmt, ap);
	va_end(ap);
	putchar('\n');
	print_check();
}
