#ifndef INBOX_CANNED_REPLY_CANNED_REPLY_H
#define INBOX_CANNED_REPLY_CANNED_REPLY_H

#include <stdint.h>

struct pool;
struct session;
struct statements;

/* Texts that members put into their answers, for the members of a workspace. */
#define CANNED_REPLIES_MAX	  1000 /* of a workspace */
#define CANNED_REPLY_SHORTCUT_MAX 32   /* code points */
#define CANNED_REPLY_TEXT_MAX	  4096 /* code points: WhatsApp's limit */

struct canned_reply { /* texts in POOL */
	int64_t id;
	const char *shortcut;
	const char *key; /* of the shortcut: canned_reply_key */
	const char *text;
	int64_t created_at;
	int64_t updated_at;
};

/* Reply ID: 1, 0 none, -1. */
int canned_reply_get(
    struct session *, struct pool *, int64_t id, struct canned_reply *);

/* The reply with that key: 1 and its id, 0 none, -1. */
int canned_reply_find(struct session *, const char *key, int64_t *id);

/* At most MAX whose key begins with PREFIX ("": all) and is after AFTER, by
 * key: how many, -1. */
int canned_reply_list(struct session *, struct pool *, const char *prefix,
    const char *after, struct canned_reply *, int max);

/* Adds REPLY: 1 and *ID; 0 there are CANNED_REPLIES_MAX already; -1.  No other
 * has its key: ask canned_reply_find in the same transaction. */
int canned_reply_add(
    struct session *, const struct canned_reply *, int64_t now, int64_t *id);

/* Reply->id becomes REPLY; what changes nothing leaves updated_at: 0, -1. */
int canned_reply_change(
    struct session *, const struct canned_reply *, int64_t now);
int canned_reply_delete(struct session *, int64_t id);

extern const struct statements canned_reply_statements;

#endif
