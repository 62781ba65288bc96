#ifndef INBOX_ERASURE_PERSON_H
#define INBOX_ERASURE_PERSON_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * Finds all that a workspace has of one person, for erasing and exporting.
 * Conversations are found by their identities; by the phone only when the
 * provider has never named an account there.  Conversations with the same
 * account or user id belong to the same person.
 */
#define PERSON_MAX 256 /* of each list; a person has a few */

struct person {
	int64_t workspace_id;
	int64_t conversations[PERSON_MAX];
	int n_conversations;
	int64_t contacts[PERSON_MAX];
	int n_contacts;
	int n_groups;	   /* rows of who is in a group (group_participant.h) */
	int in_phone_book; /* 1: by one of its ids */
	int is_recipient;  /* 1: of a broadcast, by one of its ids */
	/* digits of accounts and phones, user ids, ids of groups; in POOL */
	const char *ids[PERSON_MAX];
	int n_ids;
};

extern const struct statements person_statements;

/*
 * The person known as WHO, a phone (E.164, with +) or a user id.  A contact
 * belongs to the person when its phone does, or when it is linked to
 * conversations of this person only.  Who stands in a phone's address book, or
 * is to get a broadcast, is known as well.  1; 0: nobody is known so; -1.
 */
int person_find(struct db *, struct pool *, int64_t workspace_id,
    const char *who, struct person *);
/* The person of conversation ID (of a group: that conversation alone). */
int person_of_conversation(struct db *, struct pool *, int64_t workspace_id,
    int64_t id, struct person *);

/* 1 when S (digits, or a user id) is among its ids. */
int person_is(const struct person *, const char *s);

#endif
