#ifndef WHATSAPP_OUTGOING_H
#define WHATSAPP_OUTGOING_H

/*
 * A message of ours, from the API's body to the provider's request:
 * compose_read makes it, inbox/outbox stores it as the message that members
 * see, and send of provider.h writes it as JSON when it leaves.
 */
struct outgoing { /* texts in POOL, NULL none */
	/* as stored: text, image, …, interactive, template, reaction */
	const char *type;
	/* JSON, as stored: the provider's object for it; of a file also what
	 * is ours */
	const char *content;
	const char *reply_wamid; /* what it answers */
	const char *media_id;	 /* of its file, once that is uploaded */
};

#endif
