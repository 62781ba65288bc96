#ifndef INBOX_ERASURE_ERASURE_H
#define INBOX_ERASURE_ERASURE_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct person;
struct pool;
struct session;
struct statements;

/*
 * The erasure of a person: who asked for it, and the progress of the processor
 * (process/erase/erase.h).  The states, in their order, say what is being done:
 *   waiting    waits until earlier deliveries are applied, and the provider has
 *              answered what is being sent
 *   messages   deletes the conversations; the search finds them no more
 *   groups     deletes what the person wrote in groups
 *   statuses, patches, reactions, unmatched   deletes those without a message
 *   events     deletes workspace events
 *   answers    deletes stored answers of POSTs
 *   deliveries rewrites the raw copies in the spool
 *   index      waits for the merge of another erasure
 *   merging    merges the search index, in small pieces
 *   flushing   removes what SQLite keeps of deleted rows in its files
 *   done       no byte is left in the files of this node
 */
struct erasure { /* texts in POOL, NULL none */
	int64_t id;
	int64_t workspace_id;
	int64_t user_id;	 /* who asked; 0: the command line */
	int64_t conversation_id; /* 0 none */
	const char *who;	 /* a phone or a user id */
	const char *state;
	int64_t place;	/* progress within the state: an id, … */
	const char *at; /* … or a key */
	const char *node;
	int64_t delivery_id; /* the last one received before it was asked */
	int64_t messages;    /* how many were deleted */
	int64_t deliveries;  /* how many were rewritten */
	int64_t asked_at;
	int64_t done_at; /* 0 not yet */
};

extern const struct statements erasure_statements;

/* Asks for an erasure of WHO, as person_find takes it.  0, or -1.  All
 * functions here that write need the caller's transaction. */
int erasure_ask(struct db *, int64_t workspace_id, const char *who, int64_t now,
    int64_t *id);

/* 1, 0, -1. */
int erasure_get(struct db *, struct pool *, int64_t id, struct erasure *);
/* Erasures of a workspace with an id < BEFORE (0: any), newest first: 0, -1. */
int erasure_list(struct db *, struct pool *, int64_t workspace_id,
    int64_t before, int max, struct erasure **, int *n);

/* The first open erasure in STATE; NULL: the first in a state before "index",
 * which is the one whose rows are deleted now.  1, 0, -1. */
int erasure_first(
    struct db *, struct pool *, const char *state, struct erasure *);

/* Stores state, place, at, node, delivery_id and the two counts. */
int erasure_move(struct db *, const struct erasure *);
/* Moves all erasures in STATE to state NEXT. */
int erasure_move_all(struct db *, const char *state, const char *next);
/* Deletes WHO and the person's ids from the erasure, whose row stays. */
int erasure_forget(struct db *, int64_t id);
int erasure_done(struct db *, int64_t id, int64_t now);

/* Stores, and reads, the conversations and ids of the person. */
int erasure_put_person(struct db *, int64_t id, const struct person *);
int erasure_read_person(
    struct db *, struct pool *, int64_t id, struct person *);

/*
 * For a member.  erasure_ask_member asks for the erasure of the person of
 * conversation CONVERSATION_ID; if there is an open one, that is *ID: 1, 0 (no
 * such conversation), -1.  erasure_get_member: one of the workspace: 1, 0, -1.
 */
int erasure_ask_member(
    struct session *, int64_t conversation_id, int64_t now, int64_t *id);
int erasure_get_member(
    struct session *, struct pool *, int64_t id, struct erasure *);

extern const struct statements erasure_ask_statements;

#endif
