#ifndef INBOX_CUSTOMER_CUSTOMER_RESOLVE_H
#define INBOX_CUSTOMER_CUSTOMER_RESOLVE_H

#include <stdint.h>

struct customer;
struct customer_memo;
struct db;
struct number_key;
struct pool;
struct statements;

/*
 * A conversation is all that one of our numbers and one customer said to each
 * other.  Which ids are one customer follows from all sightings and announced
 * changes (inbox/customer/people.h), each with its own time; so events may come
 * in any order.
 *
 * A conversation may exist before its first message (last_message_at 0): the
 * provider announced a customer's change of number, or a member is about to
 * write.  Lists do not show it.
 */

struct customer_place { /* what a message is stored with */
	int64_t conversation_id;
	int64_t sighting_id;	/* 0: a group's */
	const char *shown_name; /* messages.shown_name */
};

extern const struct statements customer_resolve_statements;

/*
 * Finds the conversation of the customer (whatsapp/event.h, all members set)
 * with this number, or creates it.  A new fact is stored, and may merge two
 * conversations or split one; the contact with the phone is linked.  A new_…
 * member that equals the present one is set to NULL.  In the caller's
 * transaction.  1 and the place; 0 when the customer has no id; -1.
 *
 * MEMO (customer_memo.h) spares whom it knows the reading, and learns whom it
 * does not; NULL none.  The texts of the customer and POOL live as long as it.
 */
int customer_resolve(struct db *, struct pool *, const struct number_key *,
    struct customer *, struct customer_memo *memo, int64_t now,
    struct customer_place *);

/*
 * Message WAMID came twice with two different sightings, both of its one
 * customer: an account in one and a user id in the other belong together, and
 * a conversation that only this message would have been in is deleted.  0, or
 * -1.
 */
int customer_same(struct db *, struct pool *, const struct number_key *,
    const char *wamid, int64_t sighting_id, int64_t other_id, int64_t at,
    int64_t now);

/*
 * The customer of PLACE, who is known by a user id and hides the phone, has
 * given ACCOUNT (digits) when asked for it, AT a time.  It is theirs, unless
 * somebody else is known to have had it by then, or we had begun another
 * conversation with it: then a system message says so, and a member decides
 * (people_tell.h).  The memo must be dropped before.  Twice is as once: 0, or
 * -1.
 */
int customer_shared(struct db *, struct pool *, const struct number_key *,
    const struct customer_place *place, const char *account, int64_t at,
    int64_t now);

/*
 * Stores whom a message of conversation ID, sent at NOW to the digits DIALLED,
 * reached according to the provider: account WA_ID, user id USER_ID (NULL not
 * said).  *SIGHTING_ID: the sighting, 0 none.  0, or -1.
 */
int customer_reached(struct db *, struct pool *, const struct number_key *,
    int64_t id, const char *dialled, const char *wa_id, const char *user_id,
    int64_t now, int64_t *sighting_id);

#endif
