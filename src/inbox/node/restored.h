#ifndef INBOX_NODE_RESTORED_H
#define INBOX_NODE_RESTORED_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * What a copy of an inbox must not bring back.  BEFORE is the inbox that stood
 * there, of the same origin and later than the copy; NULL: it is lost.  In a
 * transaction of the caller on the copy.
 */
extern const struct statements restored_statements; /* of both */

/* 1 when BEFORE goes on from what DB is a copy of: both followed a spool of the
 * same name; 0, -1. */
int restored_is_of(struct db *, struct db *before);

/*
 * Messages that waited when the copy was made may have been sent since, and
 * none is sent twice: they fail, "waspool outbox retry" sends them.  But for
 * those of which BEFORE says that no request ever left.  How many, or -1.
 */
int restored_outbox(struct db *, struct db *before);

/* Tokens that let in, although BEFORE had revoked or lost them, do so no more;
 * ALL: none lets in.  How many, or -1; tickets go with them. */
int restored_tokens(struct db *, struct db *before, int all, int64_t now);

/* When the copy was made, as far as its rows tell: 0, or -1. */
int restored_seen_at(struct db *, int64_t *at);

/* People whom BEFORE was asked to forget since AT: 0, or -1.  They are in the
 * copy again. */
int restored_erased(struct db *before, int64_t at, int64_t *n);

/* How many tokens let in: 0, or -1. */
int restored_valid(struct db *, int64_t now, int64_t *n);

#endif
