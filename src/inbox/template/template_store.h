#ifndef INBOX_TEMPLATE_TEMPLATE_STORE_H
#define INBOX_TEMPLATE_TEMPLATE_STORE_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * The templates of a number, as the provider's list had them last: for the
 * processor, which reads that list (process/template_sync.c).  All but
 * template_store_due in the caller's transaction; 0, or -1.
 */
#define TEMPLATE_STORE_DAY 86400 /* the list is read again after so long */

struct template_number { /* texts in POOL */
	int64_t id;
	int64_t workspace_id;
	const char *phone_number_id;
	const char *provider;
	const char *waba_id; /* NULL not known */
};

/* The number whose list is due longest: 1, 0 none, -1.  A list that was never
 * read is due NUMBER_DUE_YOUNG seconds after its number came. */
int template_store_due(
    struct db *, struct pool *, int64_t now, struct template_number *);

struct template_row { /* texts may be NULL but for the first four */
	const char *name;
	const char *language;
	const char *status;
	const char *components; /* JSON */
	const char *category;
	const char *reason; /* why it was rejected */
	const char *provider_id;
};

/* Reading number N begins at NOW: the next one is a day later. */
int template_store_begin(
    struct db *, const struct template_number *, int64_t now);
/* One of the list that is read since BEGUN. */
int template_store_put(struct db *, const struct template_number *,
    const struct template_row *, int64_t begun);
/* All were read: those that were not among them are gone. */
int template_store_end(
    struct db *, const struct template_number *, int64_t begun);
/* It was not read, for that reason; again at DUE_AT. */
int template_store_failed(struct db *, const struct template_number *,
    const char *reason, int64_t due_at);

/* Something happened to a template of the number or of its account WABA_ID
 * (NULL not known): the list is read again soon. */
int template_store_changed(
    struct db *, int64_t number_id, const char *waba_id, int64_t now);

extern const struct statements template_store_statements;

#endif
