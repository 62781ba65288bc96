#ifndef INBOX_CONVERSATION_LISTING_H
#define INBOX_CONVERSATION_LISTING_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct desk_conversation;
struct pool;

/*
 * Lists of conversations, newest message first, through a member connection.
 * Each filter alone reads an index from its end (a search looks at all it
 * finds); together, the most selective one leads and the others are
 * checked on the way.  Conversations without a message are in no list.
 */
#define LISTING_TAGS_MAX 10
#define LISTING_ANY (-1)

struct listing_place {		/* where a conversation stands in a list */
	int64_t		 last_message_at;
	int64_t		 id;
};

struct listing_filter {
	const char	*status;	/* active, archived; NULL any */
	int		 unread;	/* 1, 0, LISTING_ANY */
	int64_t		 assigned_to;	/* a user, 0 nobody, LISTING_ANY */
	int		 linked;	/* to a contact: 1, 0, LISTING_ANY */
	int		 window;	/* open 1, closed 0, LISTING_ANY */
	int64_t		 number_id;	/* 0 any */
	int64_t		 tags[LISTING_TAGS_MAX]; /* all of them, each once */
	int		 n_tags;
	const char	*q;		/* search.h; NULL any */
	int64_t		 now;		/* for the window */
	struct listing_place after;	/* LISTING_TOP to begin */
};

#define LISTING_TOP ((struct listing_place) { INT64_MAX, INT64_MAX })

/* At most MAX of them that come after filter->after, their texts in POOL: how
 * many, or -1. */
int	listing_read(struct db *, struct pool *, const struct listing_filter *,
	    struct desk_conversation *, int max);

/* Our number by the provider's name for it: 1 and *ID, 0, -1. */
int	listing_number(struct db *, const char *phone_number_id, int64_t *id);

const char *const *listing_sql(size_t *n);

#endif
