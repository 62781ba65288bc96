#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

struct cli;

/*
 * The result of a command, which is shown in one of two forms: with --json as
 * an array of objects or one object; else as a table, or as lines of "key
 * value".  On a terminal columns are aligned and long cells cut; in a pipe
 * cells are whole and separated by tabs.  Cells never hold control characters.
 */
struct output; /* in the program's pool */

struct output *output_list(struct cli *);
struct output *output_object(struct cli *);

void output_row(struct output *); /* begins a row of a list */
void output_text(struct output *, const char *key, const char *);
void output_int(struct output *, const char *key, int64_t);
/* An array; only --json shows it. */
void output_texts(
    struct output *, const char *key, const char *const *, size_t n);
void output_bool(struct output *, const char *key, int);
void output_time(struct output *, const char *key, int64_t at); /* 0: none */
/* JSON that this program wrote, or NULL; a table shows it as it is. */
void output_json(struct output *, const char *key, const char *raw);
/* A part of an object under its own heading. */
void output_section(struct output *, const char *key);

/* Prints it; ends the program when stdout cannot be written. */
void output_end(struct output *);

#endif
