#ifndef WHATSAPP_COMPOSE_FIELD_COMPOSED_H
#define WHATSAPP_COMPOSE_FIELD_COMPOSED_H

#include <stdint.h>

#include "whatsapp/outgoing.h"

/* One error of a body; the list holds all of them. */
struct compose_wrong {
	const char *field;   /* of our API: "text.body" */
	const char *message; /* names the limit */
	struct compose_wrong *next;
};

/* A body that was read; texts in POOL, NULL none. */
struct compose {
	/* inbox/outbox/submit.c adds reply_wamid and media_id, from the ids
	 * below */
	struct outgoing message;
	const char *preview;
	const char *text; /* for the search */
	int voice;	  /* a voice message */
	int template;	  /* may go outside the 24 h window */

	/* our own ids, for submit to look up */
	int64_t reply_to;	  /* message id, 0 none */
	int64_t reaction_to;	  /* message id, 0 none */
	const char *emoji;	  /* "" takes the reaction back */
	int64_t upload;		  /* of POST /media, 0 none; else: */
	const char *upload_as;	  /* image, …: what it is sent as */
	const char *upload_field; /* where it stands in the body */
};

#endif
