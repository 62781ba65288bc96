#ifndef INBOX_CONTACT_FILES_CONTACT_CSV_H
#define INBOX_CONTACT_FILES_CONTACT_CSV_H

#include <stddef.h>

#include "inbox/contact/contact.h"

#include "inbox/contact/files/csv.h"

struct buf;
struct pool;

/*
 * A CSV file of contacts.  Its first line names the columns: phone, user_id
 * (one of the two at least), name, email, tags, and keys of own fields, in any
 * order and case; other columns are ignored.  Tags are in one cell, separated
 * by commas, semicolons or bars.
 */
#define CONTACT_CSV_MAX (64 * 1024 * 1024) /* bytes of a file */

enum contact_csv_column {
	CONTACT_CSV_PHONE,
	CONTACT_CSV_USER_ID,
	CONTACT_CSV_NAME,
	CONTACT_CSV_EMAIL,
	CONTACT_CSV_TAGS,
	CONTACT_CSV_COLUMNS
};

struct contact_csv {
	struct csv csv;
	int column[CONTACT_CSV_COLUMNS];    /* its position, or -1 */
	const struct contact_field *fields; /* borrowed */
	int n_fields;
	int field_column[CONTACT_FIELDS_MAX]; /* of each field, or -1 */
	int n;				      /* columns in all */
	const char *ignored;		      /* names left out, or NULL */
};

/* A line; an empty cell is NULL: it changes nothing. */
struct contact_csv_line {
	long line;
	const char *why; /* what is wrong with the line; NULL nothing */
	struct contact contact;
};

/* Reads the first line, with fields and n_fields set: 0; -1 when it names no
 * columns, and *WHY says what is wrong. */
int contact_csv_open(struct contact_csv *, struct pool *, const char *s,
    size_t len, const char **why);

/* The next line, each cell as it will be stored: 1, also for a bad line; 0 no
 * more. */
int contact_csv_next(
    struct contact_csv *, struct pool *, struct contact_csv_line *);

/* Appends the first line, and a contact as a line, with FIELDS, N of them. */
void contact_csv_write_head(
    struct buf *, const struct contact_field *fields, int n);
void contact_csv_write(struct buf *, const struct contact *,
    const struct contact_field *fields, int n);

#endif
