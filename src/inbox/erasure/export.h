#ifndef INBOX_ERASURE_EXPORT_H
#define INBOX_ERASURE_EXPORT_H

#include <stdint.h>

struct db;
struct person;
struct pool;
struct statements;

/*
 * Writes all data of a person as one JSON document (man/waspool.1, "contact
 * export", has its shape).  put takes the next piece of it; file exports a
 * stored file, and answers its name in the export, NULL when it cannot be read.
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

/* In the caller's read transaction, so that all data are of one moment.  0, or
 * -1. */
int export_person(struct db *, const struct person *, const char *who,
    int64_t now, const struct export_to *);

#endif
