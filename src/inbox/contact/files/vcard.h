#ifndef INBOX_CONTACT_FILES_VCARD_H
#define INBOX_CONTACT_FILES_VCARD_H

#include <stddef.h>

struct buf;
struct pool;

/*
 * Parses vCards as phones and address books write them: 4.0 (RFC 6350), 3.0
 * (RFC 2426) and 2.1, with folded lines, groups (item1.TEL), quoted-printable
 * and its soft line ends, and ISO-8859-1 where a CHARSET says so.
 */
#define VCARD_VALUE_MAX 32768 /* bytes; what is longer, a photo, is skipped */

struct vcard {
	const char *s, *end; /* the rest of the text, borrowed */
	long line;	     /* where s stands, from 1 */
};

struct vcard_property {
	long line;
	const char *name;   /* upper case, without its group */
	const char *params; /* upper case, each behind a ';' */
	const char *value;  /* still escaped, UTF-8; NULL: why says it */
	const char *why;
};

void vcard_open(struct vcard *, const char *s, size_t len);

/* The next property, in POOL: 1; 0 no more. */
int vcard_next(struct vcard *, struct pool *, struct vcard_property *);

/* Takes the next part, which SEPARATOR ends, from *REST and unescapes it; in
 * POOL, NULL when there is none. */
char *vcard_part(struct pool *, const char **rest, char separator);

/* A text as it stands in a value, in POOL. */
char *vcard_escape(struct pool *, const char *);

/* Appends NAME and the escaped VALUE, folded. */
void vcard_write(struct buf *, const char *name, const char *value);

#endif
