#ifndef CLI_MESSAGE_SEND_QUEUE_H
#define CLI_MESSAGE_SEND_QUEUE_H

struct cli;
struct json_out;

/*
 * One message from the command line, on the way that every message goes: what
 * the arguments say becomes the body of a POST …/messages, is checked and
 * queued like that, and the processor sends it.
 */

/* A body of TYPE, open, with what every verb's options say. */
struct json_out *send_queue_begin(struct cli *, const char *type);

/*
 * Queues the body, waits for what becomes of it unless --no-wait, and shows
 * it.  Ends the program when the message is refused (EX_DATAERR by us,
 * EX_UNAVAILABLE by the provider) or still under way (EX_TEMPFAIL).
 */
void send_queue_message(struct cli *, struct json_out *body);

/* The seconds that it waits. */
#define SEND_QUEUE_WAIT 60

#endif
