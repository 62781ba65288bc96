#ifndef INBOX_NODE_RESTORED_H
#define INBOX_NODE_RESTORED_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * After a restore: what the backup must not bring back.  DB is the restored
 * copy, BEFORE the inbox that it replaces, of the same origin and later; NULL:
 * that is lost.  In the caller's transaction on the copy.
 */
extern const struct statements restored_statements; /* of both */

/* 1 when DB is a copy of BEFORE: both followed a spool of the same name; 0,
 * -1. */
int restored_is_of(struct db *, struct db *before);

/*
 * Messages that were queued when the copy was made may have been sent since.
 * So that none is sent twice, they fail, and "waspool outbox retry" sends them;
 * except those that, according to BEFORE, were never requested.  How many, or
 * -1.
 */
int restored_outbox(struct db *, struct db *before);

/*
 * Who was to be blocked or unblocked when the copy was made, and templates that
 * were to be created or deleted: done since, or no more wanted.  None of it is
 * asked of the provider; each says so, and whoever wants it asks again.  How
 * many, or -1.
 */
int restored_requests(struct db *);

/*
 * Endpoints of webhooks that were active when the copy was made: removed or
 * changed since, perhaps, and what waited may have been posted.  All are
 * paused, and whoever resumes one hears that changes were lost.  How many, or
 * -1.
 */
int restored_endpoints(struct db *);

/*
 * The passwords and second factors that people have in BEFORE (NULL: nothing to
 * do): one that was changed since lets nobody in again.  How many passwords
 * were others, or -1.
 */
int restored_passwords(struct db *, struct db *before);

/* The secrets that endpoints have in BEFORE (NULL: nothing to do): one that was
 * renewed since signs nothing again.  How many were others, or -1. */
int restored_secrets(struct db *, struct db *before);

/* Who wrote up to NOW may have been answered automatically since the copy was
 * made, and is not answered again when the spool says it anew.  0, -1. */
int restored_answers(struct db *, int64_t now);

/* Revokes the valid tokens that BEFORE had revoked or deleted; ALL: all tokens.
 * Deletes all tickets, sessions and invitations, which may have ended since:
 * people sign in again.  How many tokens were revoked, or -1. */
int restored_tokens(struct db *, struct db *before, int all, int64_t now);

/* When the copy was made, as far as its rows tell: 0, or -1. */
int restored_seen_at(struct db *, int64_t *at);

/* *N: erasures of BEFORE that were not done at AT.  The copy has those people
 * again.  0, or -1. */
int restored_erased(struct db *before, int64_t at, int64_t *n);

/* *N: how many tokens are valid.  0, or -1. */
int restored_valid(struct db *, int64_t now, int64_t *n);

#endif
