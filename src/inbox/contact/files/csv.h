#ifndef INBOX_CONTACT_FILES_CSV_H
#define INBOX_CONTACT_FILES_CSV_H

#include <stddef.h>

struct buf;
struct pool;

/*
 * Parses comma-separated values, as in RFC 4180 and as spreadsheets write them:
 * LF, CR or CRLF, a byte order mark, and semicolons in countries where the
 * comma is the decimal point.  The first line decides which separator it is.
 */
#define CSV_FIELDS_MAX 64
#define CSV_FIELD_MAX  32768 /* bytes */

struct csv {
	const char *s, *end; /* the rest of the text, borrowed */
	char separator;
	long line; /* where s stands, from 1 */
};

struct csv_row {
	long line; /* where it begins */
	int n;
	char *field[CSV_FIELDS_MAX]; /* in the pool of csv_next */
	const char *why;	     /* what is wrong with a bad row */
};

void csv_open(struct csv *, const char *s, size_t len);

/*
 * The next row; empty lines are skipped.  1; 0 no more; -1 the row is bad, and
 * why says what is wrong.  Then reading continues with the line after the one
 * where the row begins, so that a forgotten quotation mark does not hide the
 * rest of the file.
 */
int csv_next(struct csv *, struct pool *, struct csv_row *);

/*
 * Appends a cell, quoted when it has to be (RFC 4180); NULL is empty.  Before
 * what a spreadsheet would calculate, since it begins with = + - @ or a control
 * character, stands an apostrophe; but not before a number with its sign, as
 * phones are.  csv_unguard takes it away again.
 */
void csv_put_cell(struct buf *, const char *);
const char *csv_unguard(const char *cell); /* in CELL; NULL of NULL */

#endif
