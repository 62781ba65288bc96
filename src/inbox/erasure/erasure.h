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
 * A person is to be forgotten: what a member or the command line asked for, and
 * how far the processor (process/erase/erase.h) has come with it.  The states,
 * in their order:
 *   waiting    deliveries that came before are applied first, and what is on
 *              its way to the provider is waited for
 *   messages   of its conversations, which are not to be found from here on
 *   groups     what it wrote in groups
 *   statuses, patches, reactions, unmatched   of messages that nobody knows
 *   events     workspace events, kept answers of POSTs
 *   deliveries the raw copies in the spool
 *   index      waits for others to end the next step
 *   merging    the search's index is written anew, in small pieces
 *   flushing   what SQLite keeps of deleted rows in its files
 *   done       no byte is left in the files of this node
 */
struct erasure { /* texts in POOL, NULL none */
	int64_t id;
	int64_t workspace_id;
	int64_t user_id;	 /* who asked; 0: the command line */
	int64_t conversation_id; /* 0 none */
	const char *who;	 /* a phone or a user id */
	const char *state;
	int64_t place; /* within the state */
	const char *at;
	const char *node;
	int64_t delivery_id; /* the last one that came before */
	int64_t messages;    /* so many were deleted */
	int64_t deliveries;  /* so many were rewritten */
	int64_t asked_at;
	int64_t done_at; /* 0 not yet */
};

extern const struct statements erasure_statements;

/* WHO as person_find takes it.  0, or -1.  In the caller's transaction, as all
 * that writes here. */
int erasure_ask(struct db *, int64_t workspace_id, const char *who, int64_t now,
    int64_t *id);

/* 1, 0, -1. */
int erasure_get(struct db *, struct pool *, int64_t id, struct erasure *);
/* Those before BEFORE (0 all) of a workspace, newest first: 0, -1. */
int erasure_list(struct db *, struct pool *, int64_t workspace_id,
    int64_t before, int max, struct erasure **, int *n);

/* The first that is open in STATE, or (NULL) whose turn it is to delete
 * rows: before index.  1, 0, -1. */
int erasure_first(
    struct db *, struct pool *, const char *state, struct erasure *);

/* Writes down state, place, at, node, delivery_id and the two counts. */
int erasure_move(struct db *, const struct erasure *);
/* All in STATE go on to the next one. */
int erasure_move_all(struct db *, const char *state, const char *next);
/* WHO and what was kept of the person are forgotten, the erasure itself
 * stays. */
int erasure_forget(struct db *, int64_t id);
int erasure_done(struct db *, int64_t id, int64_t now);

/* Whom it is about: conversations and ids. */
int erasure_put_person(struct db *, int64_t id, const struct person *);
int erasure_read_person(
    struct db *, struct pool *, int64_t id, struct person *);

/*
 * For a member: asks for whoever conversation CONVERSATION_ID is with; one
 * that was asked for and is open is the same.  1, 0 (no such conversation),
 * -1.  And looks at one of the workspace: 1, 0, -1.
 */
int erasure_ask_member(
    struct session *, int64_t conversation_id, int64_t now, int64_t *id);
int erasure_get_member(
    struct session *, struct pool *, int64_t id, struct erasure *);

extern const struct statements erasure_ask_statements;

#endif
