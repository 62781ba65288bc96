#ifndef WHATSAPP_CUSTOMER_H
#define WHATSAPP_CUSTOMER_H

struct customer;
struct json;
struct pool;
struct event_list;

/*
 * Who somebody is.  Since 2026 a person may come with a phone number, with a
 * user id (BSUID), with both, or with a user id where the number should be
 * (docs/protocol.md §3.4).
 */

/* Reads contacts[] of VALUE into the split, for customer_join. */
void customer_read(struct event_list *, const struct json *value);

/*
 * Puts ID, whichever of the two it is, and USER_ID into the customer.  NULL
 * says nothing; an explicit USER_ID wins over one found in ID.
 */
void customer_add_id(struct event_list *, struct customer *, const char *id,
    const char *user_id);

/*
 * Adds what contacts[] says of this customer, found by wa_id or user_id (the
 * array is not in the order of the messages).  When LONE, a single contact
 * also is the single customer who wrote.
 */
void customer_join(struct event_list *, struct customer *, int lone);

/* The customer's account, as the wamid of a message to or from them holds it;
 * in POOL, NULL when it holds none. */
const char *customer_of_wamid(struct pool *, const char *wamid);

/* 1 when there is something to know the customer, or the group, by. */
int customer_is_known(const struct customer *);

#endif
