#ifndef INBOX_CONVERSATION_CONVERSATION_H
#define INBOX_CONVERSATION_CONVERSATION_H

#include <stddef.h>
#include <stdint.h>

struct db_rows;
struct pool;
struct session;
struct statements;

/*
 * A conversation as it lies for a member, and what a member does with
 * it.  What writes wants to be in
 * the caller's transaction, changes nothing when nothing is to change, and
 * changes nothing in conversations that are not the workspace's.  0, or -1.
 */
struct conversation { /* texts in POOL, NULL none; times 0 none */
	int64_t id;
	const char *phone;
	const char *user_id;
	int64_t number_id;	     /* ours */
	const char *phone_number_id; /* the provider's name for it */
	const char *profile_name;
	const char *status;
	int is_read;
	int64_t unread_count;
	int64_t last_customer_message_at;
	int64_t window_ends; /* or ended, 0 never opened */
	int64_t last_message_at;
	const char *preview;
	int64_t contact_id; /* 0 none */
	const char *contact_name;
	const char *contact_phone;
	const char *tag_ids; /* of the contact: " 3  7 " */
	const char **tags;   /* their names, sorted */
	size_t n_tags;
	int64_t assigned_to; /* 0 nobody */
	const char *assigned_name;
	int64_t created_at;
	int64_t updated_at;
};

/* 1, 0 there is none, -1. */
int conversation_get(
    struct session *, struct pool *, int64_t id, struct conversation *);

/*
 * For who reads many.  CONVERSATION_COLUMNS are what conversation_read_row()
 * takes of a statement of others, of my_conversations c; conversation_get_row()
 * is conversation_get() without names; conversation_name_all() then finds what
 * N rows point to: number, member and tags.
 */
#define CONVERSATION_COLUMNS                                                   \
	" c.last_message_at, c.id," CONVERSATION_OTHER_COLUMNS
#define CONVERSATION_OTHER_COLUMNS                                             \
	" c.phone, c.user_id, c.number_id, c.profile_name, c.status,"          \
	" c.is_read, c.unread_count, c.last_customer_message_at,"              \
	" c.last_message_preview, k.id, k.name, k.phone, c.assigned_to,"       \
	" c.created_at, c.updated_at, c.window_ends, k.tag_ids"
#define CONVERSATION_CONTACT " LEFT JOIN my_contacts k ON k.id = c.contact_id"

void conversation_read_row(
    struct db_rows *, struct pool *, struct conversation *);
int conversation_get_row(
    struct session *, struct pool *, int64_t id, struct conversation *);
int conversation_name_all(
    struct session *, struct pool *, struct conversation *, int n);

int conversation_mark_read(struct session *, int64_t id, int64_t now);
int conversation_mark_unread(struct session *, int64_t id, int64_t now);
/* STATUS: active, archived. */
int conversation_set_status(
    struct session *, int64_t id, const char *status, int64_t now);

/*
 * By hand, so that nothing links or unlinks it by itself any more.  CONTACT_ID
 * 0 unlinks; that it is the workspace's is for the caller to have looked at.
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
};
int conversation_stats(
    struct session *, int64_t now, struct conversation_stats *);

/* The 24 h window, from the customer's last message; 0 when there is none. */
#define CONVERSATION_WINDOW 86400

extern const struct statements conversation_statements;

#endif
