#ifndef CMD_SHOW_H
#define CMD_SHOW_H

#include <stdint.h>

struct cli;
struct json;

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
void	show_bool(struct show *, const char *key, int);
void	show_time(struct show *, const char *key, int64_t at); /* 0: none */
/* What --json has and people do not want to see in a table. */
void	show_json(struct show *, const char *key, const struct json *);
/* A part of an object under its own heading. */
void	show_section(struct show *, const char *key);

/* Prints it; ends the program when stdout does not take it. */
void	show_end(struct show *);

/* For what has no object: {"KEY":N}, else a sentence. */
void	show_done(struct cli *, const char *key, int64_t n, const char *fmt,
	    ...) __attribute__((format(printf, 4, 5)));

/* A hint on stderr for people; nothing with --json. */
void	show_hint(struct cli *, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

/* TEXT as it is, and a line end. */
void	show_raw(const char *text);

#endif
