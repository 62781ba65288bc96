#ifndef INBOX_MESSAGE_MESSAGE_ROW_H
#define INBOX_MESSAGE_MESSAGE_ROW_H

#include <stddef.h>
#include <stdint.h>

#include "inbox/message/wait_reason.h"
#include "inbox/message_columns.h"

struct db_rows;
struct pool;
struct session;
struct statements;

/*
 * A message as lists show it, and the reactions to it.
 */
struct message_list_reaction {
	const char *emoji;
	const char *from; /* customer, business; in a group its member */
	int64_t at;
};

struct message_list_row { /* texts in POOL, NULL none; times 0 none */
	int64_t id;
	int64_t conversation_id;
	int64_t number_id;
	const char *wamid;
	const char *direction;
	const char *type;
	const char *content; /* JSON */
	const char *status;
	const char *source;  /* message_columns.h */
	const char *context; /* JSON */
	/* The message that context names by its wamid, when it is here; 0. */
	int64_t quoted_id;
	int64_t quoted_conversation_id;
	const char *referral;	 /* JSON */
	const char *error;	 /* JSON */
	const char *sender;	 /* who in a group */
	const char *media_state; /* NULL: it has no file */
	int media_width;	 /* pixels; 0 not known */
	int media_height;
	struct message_list_reaction *reactions;
	size_t n_reactions;
	int64_t sent_by; /* which member, 0 none */
	const char *sent_by_name;
	int64_t sent_at;
	int64_t edited_at;
	int64_t revoked_at;
	int64_t created_at;
	const char *original; /* JSON, before it was edited */
	const char *original_type;
	int is_whole; /* for message_row_rest: what it quotes was read */
	/* For the caller (wait_reason_of_message). */
	struct wait_reason waiting;
};

/*
 * For who reads messages: MESSAGE_ROW(CONVERSATION) begins a statement (of
 * SQLite), whose rows message_row_read takes; CONVERSATION is the SQL of the
 * conversation to which they belong.  What stands in other rows is not among
 * them: message_row_rest reads it after that.  No index is asked for what most
 * messages have not: a text has no file, and a customer's no member.
 */
#define MESSAGE_ROW_MERGED_TO                                                  \
	"COALESCE((SELECT g.keep FROM my_merges g"                             \
	" WHERE g.gone = m.conversation_id), m.conversation_id)"

#define MESSAGE_ROW_MEMBER                                                     \
	"(SELECT u.name FROM my_members u WHERE u.id = m.sent_by)"

#define MESSAGE_ROW(CONVERSATION)                                              \
	MESSAGE_ROW_WITH(CONVERSATION, MESSAGE_ROW_MEMBER, "")

/* How a page of a conversation goes on, from a place ($2, $3). */
#define MESSAGE_ROW_OLDER                                                      \
	"WHERE m.conversation_id = $1 AND (m.sent_at, m.id) < ($2, $3)"        \
	" ORDER BY m.sent_at DESC, m.id DESC LIMIT $4"
#define MESSAGE_ROW_NEWER                                                      \
	"WHERE m.conversation_id = $1 AND (m.sent_at, m.id) > ($2, $3)"        \
	" ORDER BY m.sent_at, m.id LIMIT $4"
#define MESSAGE_ROW_FILES                                                      \
	"WHERE m.conversation_id = $1 AND (m.sent_at, m.id) < ($2, $3)"        \
	" AND (m.sent_at, m.id) >= ($4, $5)"                                   \
	" AND m.type IN ('image', 'video', 'audio', 'document')"               \
	" AND m.revoked_at IS NULL"                                            \
	" ORDER BY m.sent_at DESC, m.id DESC LIMIT $6"

#define MESSAGE_ROW_WITH(CONVERSATION, NAME, MORE)                             \
	"SELECT m.id, " CONVERSATION ", m.number_id, m.wamid,"                 \
	" m.direction, m.type, m.content, m.status, m.context, m.referral,"    \
	" m.error, m.sender, CASE m.type WHEN 'text' THEN NULL ELSE"           \
	" (SELECT f.state || COALESCE(' ' || f.width || ' ' || f.height, '')"  \
	" FROM my_media f WHERE f.message_id = m.id) END,"                     \
	" m.sent_by, CASE WHEN m.sent_by IS NOT NULL THEN " NAME " END,"       \
	" m.sent_at, m.edited_at, m.revoked_at, "                              \
	"m.created_at, " MESSAGE_SOURCE(                                       \
	    "m.") ", m.original, m.original_type" MORE " FROM my_messages m "

/* Of one handle's reader; where the engine is PostgreSQL, of a statement of
 * page/message_row_pgsql.c, which has the rest, too. */
void message_row_read(struct session *, struct db_rows *, struct pool *,
    struct message_list_row *);

/*
 * Reads the reactions of a message, whose size it adds to *BYTES; which
 * message it quotes, as it is now: also one that came later, was edited or
 * taken back, or stands in another conversation of the number; and the name of
 * a sender who is no member any more.  0, -1.
 */
int message_row_rest(
    struct session *, struct pool *, struct message_list_row *, size_t *bytes);

/*
 * The rows of a statement with MAX + 1 of them, with what message_row_rest
 * reads, into OUT: MAX, or fewer from the one on that makes them larger than
 * BYTES_MAX.  How many, and whether there are *MORE; -1.  Ends the reader.
 */
int message_row_page(struct session *, struct pool *, struct db_rows *,
    struct message_list_row *out, int max, size_t bytes_max, int *more);

extern const struct statements message_row_statements;

#endif
