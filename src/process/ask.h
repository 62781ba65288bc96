#ifndef PROCESS_ASK_H
#define PROCESS_ASK_H

#include <stddef.h>
#include <stdint.h>

#include "lib/sql/db.h"

#include "whatsapp/provider/provider.h"

struct ask;
struct client;
struct client_request;
struct json;
struct keys;
struct pool;

/*
 * Asks the provider for what is wanted there: a customer blocked, a template
 * created, a list read.  What is wanted are rows, which a module of inbox has;
 * a kind (below) reads what is due of them, makes the request, and stores what
 * came of it.  A row stays as it is until its answer is stored, so that after a
 * kill it is asked again.  Nothing here waits.
 */
struct ask_call { /* one row: its request is open, or not yet settled */
	struct pool *pool; /* of one request and its answer */
	struct pool *kept; /* of all that are made for the row */
	void *row;	   /* the kind's, in KEPT */
	int64_t number_id;
	const char *phone_number_id;
	const char *dir;	   /* of the blob store */
	const char *provider_name; /* of the number */
	const char *waba_id;	   /* NULL not known */
	int64_t steady_at; /* ages count from here at the earliest (retain.h) */
	struct provider_account account;

	struct provider_outcome outcome;
	const struct json *body; /* of the answer, NULL none */
	const char *why_not;	 /* not asked, and why; NULL: it was */
	int reached; /* 1: the provider may have done it, whatever came back */

	/* private */
	struct ask_call *next;
	int answered;
};

enum ask_next { ASK_FAILED = -1, ASK_OVER, ASK_ON };

struct ask_kind {
	int look_ms; /* so long it does not look for rows when none is due */
	int64_t max_len; /* of an answer; 0: as the request says */
	/* The first number after AFTER with a row that is due: 1, 0, -1.  Then
	 * each number has one request at a time; NULL: all have. */
	int (*number)(
	    struct db *, int64_t after, int64_t now, int64_t *number_id);
	/* Fills in the row that is due longest, of CALL's number where there is
	 * one, and what is known of its number: 1, 0, -1. */
	int (*due)(struct db *, struct ask_call *, int64_t now);
	/* Makes the request; or answers 0, when the row needs none, or after
	 * ask_not.  It may be done twice for one row. */
	int (*request)(struct ask_call *, int64_t now, struct client_request *);
	/* Stores what came of it, in a transaction.  ASK_ON: there is another
	 * request, the next page; turn, which may be NULL, changes the row to
	 * it when that is committed, and then all in POOL is gone. */
	enum ask_next (*settle)(struct db *, struct ask_call *, int64_t now);
	void (*turn)(struct ask_call *);
};

struct ask {
	struct db *db; /* the inbox */
	struct client *fetch;
	const struct keys *keys;
	const struct ask_kind *kind;
	const char *dir; /* of the blob store */
	int64_t steady_at;

	/* private: begin with 0 */
	struct ask_call *calls;
	int64_t looked_ms; /* when nothing was due */
};

/* How many were settled or begun, 0 there is nothing to do now; -1: the
 * database failed, and *WHY says how. */
int ask_step(struct ask *, int64_t now, enum db_error *why);
/* 1: a request is under way. */
int ask_busy(const struct ask *);
/* After client_close.  What was not settled is asked again. */
void ask_close(struct ask *);

/* For a kind: an outcome of our own, without an answer. */
void ask_not(
    struct ask_call *, enum provider_decision decision, const char *why);
/* How long to wait after an outcome that passes: as the provider says, else
 * longer with each of ATTEMPTS. */
int64_t ask_wait(const struct ask_call *, int64_t attempts);
/* 1: at AT a member has waited for a day for what was ASKED_AT, not counting
 * the time that the processor, or this copy of the inbox, was away. */
int ask_is_old(const struct ask_call *, int64_t asked_at, int64_t at);
#define ASK_OLD "it was not done within a day"
/* "100 Invalid parameter: …", in POOL. */
const char *ask_words(const struct ask_call *);

#endif
