#ifndef WHATSAPP_COMPOSE_COMPOSE_H
#define WHATSAPP_COMPOSE_COMPOSE_H

#include <stdint.h>

struct json;
struct pool;

/*
 * A message to be sent, from the words of our API to those of the provider.
 * Limits of docs/protocol.md §6.2 are checked here, before anything is queued.
 */
struct compose_wrong {
	const char	*field;		/* of our API: "text.body" */
	const char	*message;	/* names the limit */
	struct compose_wrong *next;
};

struct compose {			/* texts in POOL, NULL none */
	const char	*type;		/* as stored: text, image, …,
					 * interactive, template, reaction */
	const char	*content;	/* JSON, the provider's object for it */
	const char	*preview;
	const char	*text;		/* for the search */
	int		 template;	/* may go outside the 24 h window */

	/* ours, for the caller to resolve */
	int64_t		 reply_to;	/* message id, 0 none */
	int64_t		 reaction_to;	/* message id, 0 none */
	const char	*emoji;		/* "" takes the reaction back */
	int64_t		 upload;	/* of POST /media, 0 none */
};

/*
 * Reads BODY (an object of POST …/messages; "to" and what it does not know
 * are the caller's).  0; -1 and *WRONG lists what is wrong, in POOL.
 */
int	compose_read(struct pool *, const struct json *body, struct compose *,
	    struct compose_wrong **wrong);

/* The fields that a body may have, separated by blanks, for the caller. */
extern const char compose_fields[];

/*
 * The message as it is queued: JSON without recipient and callback, which send
 * of provider.h adds.  REPLY_WAMID and REACTION_WAMID are what reply_to and
 * reaction_to led to, MEDIA_ID replaces the content's id once a file has been
 * uploaded; NULL each.  In POOL.
 */
char	*compose_write(struct pool *, const char *type, const char *content,
	    const char *reply_wamid, const char *reaction_wamid,
	    const char *media_id);

/* Types and sizes of files that may be sent as TYPE (§6.5): NULL when it may,
 * else what is wrong, in POOL. */
const char *compose_check_file(struct pool *, const char *type,
	    const char *mime_type, int64_t size);
/* The message type for a file of MIME_TYPE: image, video, …, document. */
const char *compose_type_of(const char *mime_type);

#endif
