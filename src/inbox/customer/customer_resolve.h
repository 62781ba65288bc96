#ifndef INBOX_CUSTOMER_CUSTOMER_RESOLVE_H
#define INBOX_CUSTOMER_CUSTOMER_RESOLVE_H

#include <stdint.h>

struct customer;
struct db;
struct number_key;
struct pool;
struct statements;

/*
 * A conversation is all that one of our numbers and one customer said to each
 * other.  Who is one customer follows from all that was ever shown and
 * announced of user ids and accounts (inbox/customer/people.h), each at its own
 * time; so events may come in any order.
 *
 * A conversation can be there before its first message (last_message_at 0):
 * the provider announced a customer's change of number, or a member is about
 * to write.  Lists do not show it.
 */

struct customer_place { /* where a message stands, and why */
	int64_t conversation_id;
	int64_t sighting_id;	/* 0: a group's */
	const char *shown_name; /* messages.shown_name */
};

extern const struct statements customer_resolve_statements;

/*
 * The conversation of a CUSTOMER (whatsapp/event.h, with all members) with
 * NUMBER, made when there is none; two become one, or one is parted, when need
 * be.  What is new of the customer is written down, and the contact with that
 * phone is linked.  What CUSTOMER becomes is left out where it is so already.
 * In the caller's transaction.  1; 0 when CUSTOMER names nobody; -1.
 */
int customer_resolve(struct db *, struct pool *, const struct number_key *,
    struct customer *, int64_t now, struct customer_place *);

/*
 * Message WAMID came twice and showed two different sightings: what one lacks
 * (account, user id) is what the other has.  0, or -1.
 */
int customer_same(struct db *, struct pool *, const struct number_key *,
    const char *wamid, int64_t sighting_id, int64_t other_id, int64_t at,
    int64_t now);

/*
 * The provider says whom a message of conversation ID, sent at NOW, reached:
 * account WA_ID, user id USER_ID (NULL not said), under what was DIALLED
 * (digits).  *SIGHTING_ID is what that shows, 0 nothing.  0, or -1.
 */
int customer_reached(struct db *, struct pool *, const struct number_key *,
    int64_t id, const char *dialled, const char *wa_id, const char *user_id,
    int64_t now, int64_t *sighting_id);

#endif
