#ifndef WHATSAPP_WHO_H
#define WHATSAPP_WHO_H

struct customer;
struct json;
struct pool;
struct split;

/*
 * Who somebody is.  Since 2026 a person may come with a phone number, with a
 * user id (BSUID), with both, or with a user id where the number should be
 * (docs/protocol.md §3.4).
 */

/* Reads contacts[] of VALUE into the split, for who_join. */
void	who_read(struct split *, const struct json *value);

/*
 * Puts ID, whichever of the two it is, and USER_ID into the customer.  NULL
 * says nothing; an explicit USER_ID wins over one found in ID.
 */
void	who_is(struct split *, struct customer *, const char *id,
	    const char *user_id);

/*
 * Adds what contacts[] says of this customer, found by wa_id or user_id (the
 * array is not in the order of the messages).  When LONE, a single contact
 * also is the single customer who wrote.
 */
void	who_join(struct split *, struct customer *, int lone);

/* The customer's account, as the wamid of a message to or from them holds it;
 * in POOL, NULL when it holds none. */
const char *who_of_wamid(struct pool *, const char *wamid);

/* 1 when there is something to know the customer, or the group, by. */
int	who_known(const struct customer *);

#endif
