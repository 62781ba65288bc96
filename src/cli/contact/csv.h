#ifndef CLI_CONTACT_CSV_H
#define CLI_CONTACT_CSV_H

#include <stddef.h>

struct pool;

/*
 * Comma-separated values as RFC 4180 has them, and as spreadsheets write
 * them: LF, CR or CRLF, a byte order mark, semicolons where the comma is the
 * decimal point.  The first line settles the separator.
 */
#define CSV_FIELDS_MAX 64
#define CSV_FIELD_MAX  32768 /* bytes */

struct csv {
	const char *s, *end; /* what is to be read, borrowed */
	char separator;
	long line; /* where s stands, from 1 */
};

struct csv_row {
	long line; /* where it begins */
	int n;
	char *field[CSV_FIELDS_MAX]; /* in the pool of csv_next */
	const char *why;	     /* of a bad row */
};

void csv_open(struct csv *, const char *s, size_t len);

/*
 * The next row that is not an empty line: 1, 0 (no more), or -1 when it is no
 * row: then WHY says so, and reading goes on with the line after the one
 * where it begins, so that one forgotten quotation mark does not hide what
 * follows.
 */
int csv_next(struct csv *, struct pool *, struct csv_row *);

#endif
