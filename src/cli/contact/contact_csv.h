#ifndef CLI_CONTACT_CONTACT_CSV_H
#define CLI_CONTACT_CONTACT_CSV_H

#include <stddef.h>

#include "inbox/contact/contact.h"

#include "cli/contact/csv.h"

struct pool;

/*
 * A CSV file of contacts.  Its first line names the columns: phone, name,
 * email, tags, in any order and case; others are left out.  Tags stand in one
 * cell with commas, semicolons or bars between them.
 */
#define CONTACT_CSV_MAX (64 * 1024 * 1024) /* bytes of a file */

enum contact_csv_column {
	CONTACT_CSV_PHONE,
	CONTACT_CSV_NAME,
	CONTACT_CSV_EMAIL,
	CONTACT_CSV_TAGS,
	CONTACT_CSV_COLUMNS
};

struct contact_csv {
	struct csv csv;
	int column[CONTACT_CSV_COLUMNS]; /* where it stands, or -1 */
	int n;				 /* columns in all */
	const char *ignored;		 /* names left out, or NULL */
};

/* A line; empty cells are NULL, so that they change nothing. */
struct contact_csv_line {
	long line;
	const char *why; /* of a bad one, else NULL */
	struct contact contact;
};

/* Reads the header: 0; -1 when it is none, and *WHY says so. */
int contact_csv_open(struct contact_csv *, struct pool *, const char *s,
    size_t len, const char **why);

/* The next line, each cell as it will be kept: 1, also for a bad one; 0 no
 * more. */
int contact_csv_next(
    struct contact_csv *, struct pool *, struct contact_csv_line *);

#endif
