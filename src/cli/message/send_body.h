#ifndef CLI_MESSAGE_SEND_BODY_H
#define CLI_MESSAGE_SEND_BODY_H

struct cli;
struct json_out;

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

/* Of send_action.c. */
void send_cta_url(struct cli *);
void send_request(struct cli *); /* the verb's name is its type, with - */
void send_flow(struct cli *);
void send_product(struct cli *);
void send_product_list(struct cli *);
void send_catalog(struct cli *);
void send_json(struct cli *);

/* The first argument as body; header and footer from their options. */
void send_frame(struct cli *, struct json_out *body);

#endif
