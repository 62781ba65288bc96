#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdio.h>

struct cli;
struct cli_noun;

/* The help of the level that the words named: all nouns, one noun's verbs, or
 * one verb. */
void help_show(const struct cli_noun *nouns, const struct cli *, FILE *);

#endif
