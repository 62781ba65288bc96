#ifndef CLI_CONTACT_SHEET_H
#define CLI_CONTACT_SHEET_H

#include <stddef.h>

#include "base/csv.h"

#include "inbox/contact/book.h"

struct pool;

/*
 * A CSV file of contacts.  Its first line names the columns: phone, name,
 * email, tags, in any order and case; others are left out.  Tags stand in one
 * cell with commas, semicolons or bars between them.
 */
#define SHEET_MAX (64 * 1024 * 1024)	/* bytes of a file */

enum sheet_column { SHEET_PHONE, SHEET_NAME, SHEET_EMAIL, SHEET_TAGS,
	SHEET_COLUMNS };

struct sheet {
	struct csv	 csv;
	int		 column[SHEET_COLUMNS]; /* where it stands, or -1 */
	int		 n;		/* columns in all */
	const char	*ignored;	/* names left out, or NULL */
};

/* A line; empty cells are NULL, so that they change nothing. */
struct sheet_line {
	long		 line;
	const char	*why;		/* of a bad one, else NULL */
	struct book_contact contact;
};

/* Reads the header: 0; -1 when it is none, and *WHY says so. */
int	sheet_open(struct sheet *, struct pool *, const char *s, size_t len,
	    const char **why);

/* The next line, each cell as it will be kept: 1, also for a bad one; 0 no
 * more. */
int	sheet_next(struct sheet *, struct pool *, struct sheet_line *);

#endif
