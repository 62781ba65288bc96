#ifndef INBOX_ERASURE_EXPORT_H
#define INBOX_ERASURE_EXPORT_H

#include <stdint.h>

struct db;
struct person;
struct pool;
struct statements;

/*
 * All that is here of a person, as one JSON document (man/waspool.1, "contact
 * export", has its shape).  PUT takes it piece by piece; FILE is asked for
 * each stored file and answers the name under which it can be found in the
 * export, NULL when it cannot be had.
 */
struct export_to {
	void (*put)(void *arg, const char *text);
	const char *(*file)(void *arg, struct pool *, int64_t message_id,
	    const char *path, const char *filename, const char *mime_type);
	void *arg;
};

#define EXPORT_FORMAT  "waspool-person"
#define EXPORT_VERSION 1

extern const struct statements export_statements;

/* In the caller's read transaction, so that all of it is of one moment.  0, or
 * -1. */
int export_person(struct db *, const struct person *, const char *who,
    int64_t now, const struct export_to *);

#endif
