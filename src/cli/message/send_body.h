#ifndef CLI_MESSAGE_SEND_BODY_H
#define CLI_MESSAGE_SEND_BODY_H

struct cli;

/*
 * The verbs of send: each writes the body that a client of the API would POST,
 * from arguments and options, and calls send_queue_message.
 */
void send_text(struct cli *);
void send_media(struct cli *); /* the verb's name is its type */
void send_template(struct cli *);
void send_buttons(struct cli *);
void send_list(struct cli *);
void send_location(struct cli *);
void send_reaction(struct cli *);

#endif
