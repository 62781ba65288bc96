#ifndef WHATSAPP_CUSTOMER_H
#define WHATSAPP_CUSTOMER_H

struct customer;
struct json;
struct pool;
struct event_list;

/*
 * Reads by which ids a delivery names a customer.  Since 2026 that is a phone
 * number, a user id (BSUID), both, or a user id in the place of the number
 * (docs/protocol.md §3.4).
 */

/* Reads contacts[] of VALUE into the list, for customer_join. */
void customer_read(struct event_list *, const struct json *value);

/*
 * Puts ID (a phone number or a user id) and USER_ID into the customer.  Either
 * may be NULL.  When both are user ids, USER_ID wins.
 */
void customer_add_id(struct event_list *, struct customer *, const char *id,
    const char *user_id);

/*
 * Adds what contacts[] says of this customer.  The contact is found by wa_id or
 * user_id, since the array is not in the order of the messages.  LONE: if
 * contacts[] has one element and all messages are of one customer, the two are
 * the same, even without a common id.
 */
void customer_join(struct event_list *, struct customer *, int lone);

/* The customer's account (digits), which the wamid of a message from or to them
 * encodes; in POOL, NULL when it encodes none. */
const char *customer_of_wamid(struct pool *, const char *wamid);

/* NAME, or in POOL as much of it as is kept: lists show a hundred names. */
const char *customer_name(struct pool *, const char *name);

/* 1 when the customer, or the group, has at least one id. */
int customer_is_known(const struct customer *);

#endif
