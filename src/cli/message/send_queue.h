#ifndef CLI_MESSAGE_SEND_QUEUE_H
#define CLI_MESSAGE_SEND_QUEUE_H

struct cli;
struct json_out;

/*
 * Queues a message from the command line as the API does: the body of a POST
 * …/messages is checked and queued, and the processor sends it.
 */

/* Begins a body of TYPE, with the options that all verbs have. */
struct json_out *send_queue_begin(struct cli *, const char *type);

/*
 * Queues the body, waits for the result unless --no-wait, and shows it.  Ends
 * the program when the message is refused (EX_DATAERR by us, EX_UNAVAILABLE by
 * the provider), or was not sent in time (EX_TEMPFAIL).
 */
void send_queue_message(struct cli *, struct json_out *body);

/* Seconds that it waits. */
#define SEND_QUEUE_WAIT 60

#endif
