#ifndef WHATSAPP_VALUE_H
#define WHATSAPP_VALUE_H

struct json;
struct event_list;

/*
 * The arrays that the provider's "value" may hold, one function for one
 * element.  Each appends what the element says to the split; an element that
 * is not what it should be becomes a notice, whatever stands beside it.
 */
void value_message(struct event_list *, const struct json *); /* messages */
void value_echo(struct event_list *, const struct json *); /* message_echoes */
void value_status(struct event_list *, const struct json *);  /* statuses */
void value_history(struct event_list *, const struct json *); /* history */
void value_identity(
    struct event_list *, const struct json *);		    /* user_id_update */
void value_error(struct event_list *, const struct json *); /* errors */
void value_call(struct event_list *, const struct json *);  /* calls */
void value_notice(struct event_list *, const struct json *); /* others */

/* A message of before, in the history with the customer THREAD (or NULL). */
void value_past(struct event_list *, const struct json *, const char *thread);

#endif
