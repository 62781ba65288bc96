#ifndef INBOX_WORKSPACE_NUMBER_ADMIN_H
#define INBOX_WORKSPACE_NUMBER_ADMIN_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * Our business phone numbers, for the command line: deliveries for a
 * phone_number_id go to the workspace that has it.  A number that nobody
 * registered, but deliveries named, is in the default workspace with registered
 * 0.  Handles, transactions and pages as in workspace.h.
 */
struct number {
	int64_t id;
	int64_t workspace_id;
	const char *phone_number_id;
	const char *display_phone; /* NULL not known */
	const char *waba_id;	   /* NULL not known */
	int registered;
	int64_t conversations;
	int64_t created_at;
	int64_t moving_to;    /* the workspace that it is moved to; 0 none */
	const char *provider; /* whatsapp/provider/provider.h */
	/* JSON of number_health.h, NULL not known; when it was, 0 never */
	const char *health;
	const char *health_error;
	int64_t health_at;
};

#define NUMBER_ADMIN_ID_MAX 64 /* bytes of a phone_number_id */

extern const struct statements number_admin_statements;

/* 1 when S can be a phone_number_id: digits, at most NUMBER_ADMIN_ID_MAX. */
int number_admin_is_id(const char *s);

/*
 * Registers the number for a workspace, which must exist; DISPLAY may be NULL.
 * PROVIDER carries its messages; NULL: the default, or as it was.  1: added, or
 * a number that deliveries had named is registered now.  0: a workspace has it
 * already (number_admin_get says which).  -1.
 */
int number_admin_add(struct db *, int64_t workspace_id,
    const char *phone_number_id, const char *display, const char *provider,
    int64_t now);

/* Sets the provider that carries its messages: 1, 0 (not there) or -1. */
int number_admin_provider(struct db *, int64_t id, const char *provider);

/* 1, 0 (not there) or -1. */
int number_admin_get(
    struct db *, struct pool *, const char *phone_number_id, struct number *);
int number_admin_list(struct db *, struct pool *, int64_t after, int max,
    struct number **out, int *n);

/*
 * Removes the number; a job deletes what deliveries wrote for it (number_gone).
 * 1; 0 when it is not there, still has conversations, or is being moved; -1.
 */
int number_admin_remove(struct db *, const struct number *);

#endif
