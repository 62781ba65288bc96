#ifndef INBOX_CUSTOMER_PEOPLE_H
#define INBOX_CUSTOMER_PEOPLE_H

#include <stdint.h>

struct customer_memo;
struct pool;

/*
 * Identity resolution among the customers of one of our numbers: from facts to
 * persons, and to who had which account when.  There are two kinds of facts: a
 * sighting (ids that a message showed together) and a change (that the provider
 * announced, or an account that a customer gave when asked).  No database here.
 * All pointers are in the pool, '' is "not shown", and the result does not
 * depend on the order in which facts are added.
 *
 * A handle is an id that a person has for a while: an account (wa_id), or a
 * parent id.  A user id is one person's for good, within one portfolio.
 */
struct people_sighting { /* ids shown together */
	int64_t id;
	const char *account;
	const char *user_id;
	const char *parent;
	const char *portfolio;
	int64_t first_at;
	const char *name;
};

enum people_given {
	PEOPLE_ANNOUNCED,
	PEOPLE_GIVEN, /* USER_ID gave NEW_ACCOUNT, no more is said */
	PEOPLE_KEPT   /* so, but somebody else had it before (rule 6) */
};

struct people_change { /* old ids and new ones of one person */
	const char *account;
	const char *user_id;
	const char *new_account;
	const char *new_user_id;
	const char *portfolio;
	int64_t at;
	const char *name;
	enum people_given given; /* people_solve may make it KEPT */
};

enum people_how {	/* why a span of a handle began */
	PEOPLE_ORIGIN,	/* its first: nothing is known from before */
	PEOPLE_SHOWN,	/* another person showed it, unannounced */
	PEOPLE_TAKEN,	/* a person changed to it, as announced */
	PEOPLE_RELEASED /* its holder changed to another handle */
};

struct people_span { /* one holder of a handle, until the next span */
	int64_t from;
	int person; /* the holder; compare by people_same() */
	int before; /* the holder before, -1 none */
	enum people_how how;
	const char *user_id; /* SHOWN: the user id that was shown */
};

struct people_handle {
	const char **value; /* spellings of one account, sorted */
	int n_values;
	int is_parent;
	struct people_span *span; /* by time; after people_solve at least one */
	int n_spans;
};

struct people_id {
	const char *user_id;
	int person;
};

struct people {
	struct pool *pool;
	struct people_sighting *sighting;
	int n_sightings;
	struct people_change *change;
	int n_changes;
	struct people_handle *handle;
	int n_handles;
	struct people_id *id;
	int n_ids;
	int n_persons;
	struct people_person *person; /* private */
	const char **portfolio;	      /* private */
	int n_portfolios;
	int64_t *made; /* conversations that people_rows created */
	int n_made;
	struct customer_memo *memo; /* which people_rows drops; NULL none */
	/* Two sightings of one message, which is in one conversation: the other
	 * may be empty, and then people_rows deletes it.  NULL none. */
	const struct people_sighting *twice[2];
};

struct people *people_new(struct pool *);

/* Add what is not there yet.  people_add_handle answers the handle's index;
 * OTHER: a second spelling of the same account, or NULL. */
int people_add_handle(
    struct people *, const char *value, int is_parent, const char *other);
void people_add_sighting(struct people *, const struct people_sighting *);
void people_add_change(struct people *, const struct people_change *);

/* Its index, -1 when it was never added. */
int people_find_handle(const struct people *, const char *value, int is_parent);
int people_find_id(const struct people *, const char *user_id);

/* Applies the rules, after all facts were added; the functions below answer
 * from the result. */
void people_solve(struct people *);

/* The index that stands for a person: equal when two indexes are one person. */
int people_same(const struct people *, int person);
/* people_has_id: PERSON has a user id.  people_is_known: that, or an announced
 * change was theirs. */
int people_is_known(const struct people *, int person);
int people_has_id(const struct people *, int person);
/* The person who made the change, -1 nobody. */
int people_mover(const struct people *, int change);

/* The person who has the handle AT a time, and the last one. */
int people_at(const struct people *, int handle, int64_t at);
int people_last(const struct people *, int handle);

/* The person of a message that shows SIGHTING AT a time. */
int people_of(
    const struct people *, const struct people_sighting *, int64_t at);

/* 1 when PERSON has ACCOUNT now. */
int people_holds(const struct people *, int person, const char *account);

#endif
