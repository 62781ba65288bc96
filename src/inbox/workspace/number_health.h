#ifndef INBOX_WORKSPACE_NUMBER_HEALTH_H
#define INBOX_WORKSPACE_NUMBER_HEALTH_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * How our numbers are, as the provider says: asked once a day, and soon after
 * an event about a number or its account, once more if that comes while it is
 * asked.  All in the caller's transaction: 0, or -1.
 */
#define NUMBER_HEALTH_DAY 86400

struct number_health { /* a number that is to be asked for; texts in POOL */
	int64_t id;
	const char *phone_number_id;
	const char *provider;
	int64_t begun; /* NOW of number_health_due */
};

/* The one that is due longest: 1, 0 none is, -1. */
int number_health_due(
    struct db *, struct pool *, int64_t now, struct number_health *);

/* What it was found to be, JSON (graph_health.h): again in a day. */
int number_health_put(
    struct db *, const struct number_health *, const char *health, int64_t now);
/* Why it could not be found, JSON {"reason","detail"}: again at DUE_AT.  What
 * was known stays. */
int number_health_failed(struct db *, const struct number_health *,
    const char *error, int64_t due_at);

/* The number, and all of account WABA_ID, which may be NULL, are asked soon. */
int number_health_changed(
    struct db *, int64_t id, const char *waba_id, int64_t now);

/* 1 when an event of FIELD, the provider's word, is about that. */
int number_health_is_about(const char *field);

extern const struct statements number_health_statements;

#endif
