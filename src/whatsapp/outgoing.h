#ifndef WHATSAPP_OUTGOING_H
#define WHATSAPP_OUTGOING_H

/*
 * A message that we send.  compose_read makes it from the body of the API,
 * inbox/outbox stores it as the message that members see, and send of
 * provider.h writes the request's JSON when it leaves.
 */
struct outgoing { /* texts in POOL, NULL none */
	/* as stored: text, image, …, interactive, template, reaction */
	const char *type;
	/* JSON, as stored: the provider's object for the type; for a file also
	 * members that are ours and not sent */
	const char *content;
	const char *reply_wamid; /* the message that this one answers */
	const char *media_id;	 /* of its file, once that is uploaded */
	const char *filename;	 /* of that file */
};

#endif
