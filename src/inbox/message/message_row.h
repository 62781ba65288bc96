#ifndef INBOX_MESSAGE_MESSAGE_ROW_H
#define INBOX_MESSAGE_MESSAGE_ROW_H

#include <stddef.h>
#include <stdint.h>

#include "inbox/message/page/message_row_sql.h"
#include "inbox/message/wait_reason.h"

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
	int has_reactions; /* for message_row_rest: they were read */
	int64_t sent_by;   /* which member, 0 none */
	const char *sent_by_name;
	int64_t sent_at;
	int64_t edited_at;
	int64_t revoked_at;
	int64_t created_at;
	const char *original; /* JSON, before it was edited */
	const char *original_type;
	size_t bytes; /* of its long texts */
	int is_whole; /* for message_row_rest: what it quotes was read */
	/* For the caller (wait_reason_of_message). */
	struct wait_reason waiting;
};

/* The row at hand, of a statement that begins with MESSAGE_ROW; on PostgreSQL
 * of one of page/message_row_pgsql.h, which has the rest, too. */
void message_row_read(struct session *, struct db_rows *, struct pool *,
    struct message_list_row *);

/*
 * Reads the reactions of a message; which message it quotes, as it is now: also
 * one that came later, was edited or taken back, or stands in another
 * conversation of the number; and the name of a sender who is no member any
 * more.  0, -1.
 */
int message_row_rest(
    struct session *, struct pool *, struct message_list_row *);

/*
 * The rows of a statement with MAX + 1 of them, with what message_row_rest
 * reads, into OUT: MAX, or fewer from the one on that makes them larger than
 * BYTES_MAX.  How many, and whether there are *MORE; -1.  Ends the reader.
 */
int message_row_page(struct session *, struct pool *, struct db_rows *,
    struct message_list_row *out, int max, size_t bytes_max, int *more);

extern const struct statements message_row_statements;

#endif
