#ifndef INBOX_CUSTOMER_CUSTOMER_MEMO_H
#define INBOX_CUSTOMER_CUSTOMER_MEMO_H

#include <stdint.h>

#include "inbox/conversation/profile.h"
#include "inbox/customer/people.h"

struct db;
struct message_pgsql;
struct number_key;
struct pool;

/*
 * A cache of one transaction: customers who wrote in it, each with the rows by
 * which the next message finds them (customer_resolve.h).  Only those that
 * show a user id, which is one person's for good; an account passes from one to
 * the next, so it depends on the time.
 *
 * A message of a known customer changes times of the conversation only; they
 * are written once, by customer_memo_drop.  So its caller drops the memo before
 * the commit, and before anything but customer_resolve reads or writes
 * sightings, identities and profiles in the same transaction; after a rollback
 * it takes a new one.
 */
struct customer_memo;

struct customer_memo_entry {
	int64_t number_id;
	int64_t workspace_id;
	struct people_sighting sighting; /* with its id; portfolio, too */
	int64_t conversation_id;	 /* 0: not to be used any more */
	struct profile profile;
	const char *phone; /* of the sighting's account; NULL none */
	int is_later;	   /* 1: times of profile are not written yet */
	int is_told;	   /* 1: they are, with messages that are stored */
	struct customer_memo_entry *next;    /* of those that hash alike */
	struct customer_memo_entry *sibling; /* the same by conversation */
};

/* Empty, in POOL, where entries go too: so do the texts that are put.
 * MESSAGES: what is kept of them is stored when the memo is dropped; NULL:
 * none, as on SQLite. */
struct customer_memo *customer_memo_new(
    struct pool *, struct message_pgsql *messages);

/* *S without its id: what a message shows.  NULL: not known. */
struct customer_memo_entry *customer_memo_find(struct customer_memo *,
    const struct number_key *, const struct people_sighting *);

/* 1 when it has an entry of conversation ID. */
int customer_memo_has(struct customer_memo *, int64_t id);

/* Keeps a copy of the entry, in place of what it had: 1; 0 above a number of
 * entries, and without a user id. */
int customer_memo_put(
    struct customer_memo *, const struct customer_memo_entry *);

/* Writes what is later, of conversation ID or of all, and forgets it: 0, -1. */
int customer_memo_drop_one(struct db *, struct customer_memo *, int64_t id);
int customer_memo_drop(struct db *, struct customer_memo *);

#endif
