#ifndef WHATSAPP_VALUE_H
#define WHATSAPP_VALUE_H

struct json;
struct event_list;

/*
 * Readers of the arrays in the provider's "value": each function reads one
 * element and appends its events to the list.  An element that is not as it
 * should be becomes a notice; its neighbours are read all the same.
 */
void value_message(struct event_list *, const struct json *); /* messages */
void value_echo(struct event_list *, const struct json *); /* message_echoes */
void value_status(struct event_list *, const struct json *);  /* statuses */
void value_history(struct event_list *, const struct json *); /* history */
void value_identity(
    struct event_list *, const struct json *);		    /* user_id_update */
void value_error(struct event_list *, const struct json *); /* errors */
void value_call(struct event_list *, const struct json *);  /* calls */
void value_group(struct event_list *, const struct json *); /* groups */
void value_preference(
    struct event_list *, const struct json *); /* user_preferences */
void value_phone_book(
    struct event_list *, const struct json *);		     /* state_sync */
void value_notice(struct event_list *, const struct json *); /* others */

/* One message of value_history; THREAD: the customer it is with, or NULL. */
void value_past(struct event_list *, const struct json *, const char *thread);

#endif
