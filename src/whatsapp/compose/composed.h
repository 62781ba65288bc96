#ifndef WHATSAPP_COMPOSE_COMPOSED_H
#define WHATSAPP_COMPOSE_COMPOSED_H

#include <stdint.h>

#include "whatsapp/outgoing.h"

/* What is wrong with a body. */
struct compose_wrong {
	const char *field;   /* of our API: "text.body" */
	const char *message; /* names the limit */
	struct compose_wrong *next;
};

/* What a body says; texts in POOL, NULL none. */
struct compose {
	/* all but what the fields below lead to: inbox/outbox/submit.c */
	struct outgoing message;
	const char *preview;
	const char *text; /* for the search */
	int template;	  /* may go outside the 24 h window */

	/* ours, for the caller to resolve */
	int64_t reply_to;    /* message id, 0 none */
	int64_t reaction_to; /* message id, 0 none */
	const char *emoji;   /* "" takes the reaction back */
	int64_t upload;	     /* of POST /media, 0 none */
};

#endif
