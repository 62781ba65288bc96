#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include <stddef.h>
#include <stdint.h>

struct cli;

/*
 * What a command answers, said once and shown in two ways: with --json an
 * array of objects or one object, else a table or lines of "key value".  On a
 * terminal columns are aligned and long cells cut; into a pipe cells are
 * whole and tabs stand between them.  Cells never hold control characters.
 */
struct show;				/* in the program's pool */

struct show *show_list(struct cli *);
struct show *show_object(struct cli *);

void	show_row(struct show *);	/* begins a row of a list */
void	show_text(struct show *, const char *key, const char *);
void	show_int(struct show *, const char *key, int64_t);
/* An array; nothing but --json shows it. */
void	show_texts(struct show *, const char *key, const char *const *,
	    size_t n);
void	show_bool(struct show *, const char *key, int);
void	show_time(struct show *, const char *key, int64_t at); /* 0: none */
/* JSON that this program wrote, or NULL; as it is in a table. */
void	show_json(struct show *, const char *key, const char *raw);
/* A part of an object under its own heading. */
void	show_section(struct show *, const char *key);

/* Prints it; ends the program when stdout does not take it. */
void	show_end(struct show *);

#endif
