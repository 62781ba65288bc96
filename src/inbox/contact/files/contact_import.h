#ifndef INBOX_CONTACT_FILES_CONTACT_IMPORT_H
#define INBOX_CONTACT_FILES_CONTACT_IMPORT_H

#include <stddef.h>
#include <stdint.h>

#include "inbox/contact/files/contact_csv.h"
#include "inbox/contact/files/contact_vcard.h"

struct pool;
struct session;

/*
 * Imports a file of contacts into the address book of the workspace that the
 * session serves.  First all of it is read and checked (contact_import_check);
 * when a line is bad nothing should be written, unless who asks wants the
 * others.  Then it is written in short transactions (contact_import_put), so
 * that others can write between them: after a failure what is written stays,
 * and importing the same file again does the rest.
 */
struct contact_import {
	struct session *session;
	struct pool *pool; /* as long as the import */
	int64_t now;
	/* of each bad line */
	void (*bad)(void *arg, long line, const char *why);
	/* after N lines, now and then; or NULL */
	void (*progress)(void *arg, long n);
	void *arg;
	const struct contact_field *fields; /* that columns may name */
	int n_fields;

	long lines, added, updated, n_bad;
	long tags;	     /* of all lines together */
	long values;	     /* in own fields, likewise */
	long done;	     /* lines that are committed */
	long left_out;	     /* cards without a phone */
	const char *ignored; /* columns left out, or NULL */

	/* private */
	int is_vcard;
	struct contact_csv csv;
	struct contact_vcard vcard;
	struct pool *line_pool;
	void *named; /* tree: phones, or user ids, of new contacts */
	int64_t began_ms;
};

/* With the members before the counts set.  0; -1: TEXT is no such file, and
 * *WHY says what is wrong with it. */
int contact_import_open(struct contact_import *, int is_vcard, const char *text,
    size_t len, const char **why);
/* 0; -1 the database failed. */
int contact_import_check(struct contact_import *);
int contact_import_put(struct contact_import *);

#endif
