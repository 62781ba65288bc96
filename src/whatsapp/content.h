#ifndef WHATSAPP_CONTENT_H
#define WHATSAPP_CONTENT_H

struct event;
struct json;
struct pool;

/*
 * Reads the message object MESSAGE into the event: type, content, context,
 * referral, error, preview, text, media, and the target and emoji of a
 * reaction.  Customer and direction are in the event already.  When the type is
 * not known, or its object is missing, content is the whole message and the
 * type "unknown"; preview and text still name what it is called in there.
 */
void content_read(struct pool *, const struct json *message, struct event *);

/*
 * {"code","title","detail"} of the first of ERRORS, an array or one of its
 * elements; in POOL, NULL when there is none.
 */
char *content_error(struct pool *, const struct json *errors, int64_t *code);

/* 1 when the content of a message of TYPE is a file. */
int content_is_file(const char *type);

/* ASCII letters in lower case, or capitals, in POOL; NULL gives NULL. */
char *content_lower(struct pool *, const char *);
char *content_upper(struct pool *, const char *);

#endif
