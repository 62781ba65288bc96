#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdio.h>

struct cli;
struct cli_noun;

/* Prints the help of the level that was named: all nouns, the verbs of a
 * noun, or one verb. */
void help_show(const struct cli_noun *nouns, const struct cli *, FILE *);

#endif
