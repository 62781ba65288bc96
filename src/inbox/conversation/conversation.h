#ifndef INBOX_CONVERSATION_CONVERSATION_H
#define INBOX_CONVERSATION_CONVERSATION_H

#include <stddef.h>
#include <stdint.h>

#include "inbox/mark/mark_on.h"
#include "inbox/message_columns.h"

struct block_state;
struct db_rows;
struct pool;
struct session;
struct statements;

/*
 * A conversation as members see it, and what they do with it.  Functions that
 * write need the caller's transaction: 0, also when nothing has to change or
 * the conversation is not the workspace's; or -1.
 */
struct conversation_last { /* its last message; all 0 and NULL: none */
	int64_t id;
	const char *type;
	const char *direction;
	const char *source; /* message_columns.h */
	const char *status;
	const char *sender;  /* who in a group */
	const char *context; /* JSON with the sender's name, in a group */
	const char *call;    /* content of a call, JSON */
	int64_t sent_by;     /* which member, 0 none */
	const char *sent_by_name;
};

struct conversation { /* texts in POOL, NULL none; times 0 none */
	int64_t id;
	const char *phone;
	const char *user_id;
	const char *group_id;	     /* of a group's conversation */
	int64_t number_id;	     /* ours */
	const char *phone_number_id; /* the provider's id of it */
	/* what they call themselves; else phone_book_name, or a stand-in */
	const char *profile_name;
	const char *phone_book_name; /* what our phone's address book says */
	const char *username;	     /* of WhatsApp, without @ */
	const char *marketing;	     /* stopped, allowed; NULL not known */
	int64_t marketing_at;
	const char *marketing_source; /* user_preferences, refused */
	const char *status;	      /* active, archived */
	const char
	    *state; /* open; of an archived one closed, pending, snoozed */
	int64_t aside_at;	  /* snoozed: until then; pending: since then */
	int64_t unanswered_since; /* 0: nobody waits for an answer */
	int is_read;
	int64_t unread_count;
	int64_t last_customer_message_at;
	int64_t window_ends; /* or ended, 0 never opened */
	int64_t last_message_at;
	const char *preview;
	struct conversation_last last;
	int64_t contact_id; /* 0 none */
	const char *contact_name;
	const char *contact_phone;
	const char *tag_ids; /* of the contact: " 3  7 " */
	const char **tags;   /* their names, sorted */
	size_t n_tags;
	int64_t assigned_to; /* 0 nobody */
	const char *assigned_name;
	const char *mark_ids; /* " 3  7 " */
	struct conversation_marks marks;
	int64_t created_at;
	int64_t updated_at;
	int64_t blocked;		 /* as in the table */
	const struct block_state *block; /* NULL: nobody asked for it */
	/* of a list: only id and last_message_at are here, for what to show of
	 * it is in the session's cache (session_cache.h) */
	int is_cached;
};

/* What conversation_has, and conversation_get_row asks: in advance
 * (db_prefetch). */
void conversation_prefetch_has(struct session *, int64_t id);
void conversation_prefetch_row(struct session *, int64_t id);

/* 1 when the workspace has it, 0, -1. */
int conversation_has(struct session *, int64_t id);

/* 1, 0 there is none, -1. */
int conversation_get(
    struct session *, struct pool *, int64_t id, struct conversation *);

/*
 * For reading many.  A statement of another module over my_conversations c has
 * CONVERSATION_COLUMNS, of what CONVERSATION_CONTACT and CONVERSATION_LAST join
 * to it, and conversation_read_row() reads its row;
 * conversation_get_row() is conversation_get() without names.
 * conversation_name_all() then looks up what N rows point to: the names of
 * number, member and tags, team and labels, and the block.
 */
#define CONVERSATION_COLUMNS                                                   \
	" c.last_message_at, c.id," CONVERSATION_OTHER_COLUMNS("c")
#define CONVERSATION_OTHER_COLUMNS(C)                                          \
	" " C ".phone, " C ".user_id, " C ".number_id, " C ".profile_name, " C \
	".status, " C ".is_read, " C ".unread_count, " C                       \
	".last_customer_message_at, " C ".last_message_preview, k.id, k.name," \
	" k.phone, " C ".assigned_to, " C ".created_at, " C ".updated_at, " C  \
	".window_ends, k.tag_ids, l.id, l.type, l.direction, l.status,"        \
	" l.sender, l.sent_by, " MESSAGE_SOURCE(                               \
	    "l.") ", " C ".group_id,"                                          \
		  " CASE WHEN l.sender IS NOT NULL THEN l.context END"         \
		  ", " C ".username, " C ".blocked, " C ".marketing, " C       \
		  ".marketing_at, " C ".marketing_source, " C ".state, " C     \
		  ".aside_at, " C ".unanswered_since, " C                      \
		  ".phone_book_name, " C                                       \
		  ".mark_ids, CASE WHEN l.type = 'call' THEN l.content END"
#define CONVERSATION_CONTACT " LEFT JOIN my_contacts k ON k.id = c.contact_id"
#define CONVERSATION_LAST(C)                                                   \
	" LEFT JOIN my_messages l ON l.id = " C ".last_message_id"

void conversation_read_row(
    struct db_rows *, struct pool *, struct conversation *);
int conversation_get_row(
    struct session *, struct pool *, int64_t id, struct conversation *);
int conversation_name_all(
    struct session *, struct pool *, struct conversation *, int n);

int conversation_mark_read(struct session *, int64_t id, int64_t now);
int conversation_mark_unread(struct session *, int64_t id, int64_t now);

/*
 * STATE: open, closed; pending, until the customer writes; snoozed, also until
 * UNTIL, which counts with it alone.  What is closed waits for no answer.
 */
#define CONVERSATION_SNOOZE_MAX (366 * INT64_C(86400)) /* from now on */

int conversation_set_state(struct session *, int64_t id, const char *state,
    int64_t until, int64_t now);

/*
 * Links it to a contact as a person's decision: nothing automatic changes the
 * link any more.  CONTACT_ID 0 unlinks.  The caller has checked that the
 * contact is the workspace's.
 */
int conversation_link(
    struct session *, int64_t id, int64_t contact_id, int64_t now);
/* USER_ID 0 is nobody. */
int conversation_assign(
    struct session *, int64_t id, int64_t user_id, int64_t now);

struct conversation_stats {
	int64_t total;
	int64_t unread;
	int64_t archived;
	int64_t window_closed;
	int64_t unanswered; /* these three: CONVERSATION_COUNT_MAX at most */
	int64_t pending;
	int64_t snoozed;
};
#define CONVERSATION_COUNT_MAX 10000

int conversation_stats(
    struct session *, int64_t now, struct conversation_stats *);

/* The 24 h window after the customer's last message, in seconds. */
#define CONVERSATION_WINDOW 86400

extern const struct statements conversation_statements;

#endif
