#ifndef TESTS_UNIT_OFFICE_H
#define TESTS_UNIT_OFFICE_H

/*
 * An inbox with two workspaces for tests of what members see and do: ids of
 * the first are below 100, of the second from 100 on.  office_open() makes it
 * anew, with a member connection; nobody is served.
 *
 * Workspace 1: Ann (user 1, token "ann") and Bob (2), contacts 1 and 2, tags
 * 1 vip and 2 late, conversations 1 to 4, messages.  Workspace 100: Zoe (100,
 * token "zoe"), contact 100, tag 100, conversation 100, messages with SECRET.
 */
#include "unit.h"

#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"

#include "inbox/inbox.h"

#include "session/session.h"

#define NOW 1769774400		/* 2026-01-30T12:00:00Z */

struct office {
	char		*dir;
	char		*path;
	struct db	*all;		/* sees everything */
	struct session *member;
	struct db	*db;		/* the member's handle */
	struct pool	*pool;
};

static const char office_rows[] =
"INSERT INTO workspaces VALUES (1, 'Shop', 1), (100, 'Other', 1);"
"INSERT INTO users VALUES (1, 'ann@shop.example', 'Ann', 1),"
" (2, 'bob@shop.example', 'Bob', 1), (100, 'zoe@other.example', 'Zoe', 1);"
"INSERT INTO workspace_members VALUES (1, 1, 'owner', 1), (1, 2, 'agent', 1),"
" (100, 100, 'owner', 1);"
"INSERT INTO numbers(id, workspace_id, phone_number_id, created_at)"
" VALUES (1, 1, '1001', 1), (100, 100, '2001', 1);"
"INSERT INTO contacts(id, workspace_id, phone, name, email, created_at,"
" updated_at) VALUES"
" (1, 1, '+16505551234', 'Sheena Nelson', NULL, 1, 1),"
" (2, 1, '+4915112345678', 'Jörg Groß', 'joerg@example.org', 1, 1),"
" (100, 100, '+4915112345678', 'Jörg SECRET', 'secret@example.org', 1, 1);"
"INSERT INTO tags VALUES (1, 1, 'vip', 1), (2, 1, 'late', 1),"
" (100, 100, 'vip', 1);"
"INSERT INTO contact_tags VALUES (1, 1, 1), (1, 1, 2), (1, 2, 1),"
" (100, 100, 100);"
"INSERT INTO conversations(id, workspace_id, number_id, phone, profile_name,"
" contact_id, created_at, updated_at) VALUES"
" (1, 1, 1, '+16505551234', 'Sheena', 1, 1, 1),"
" (2, 1, 1, '+4915112345678', 'Jörg', 2, 1, 1),"
" (3, 1, 1, '+442071234567', 'Ünal', NULL, 1, 1),"
" (4, 1, 1, '+442079999999', 'Nobody', NULL, 1, 1),"
" (100, 100, 100, '+442071234567', 'SECRET name', 100, 1, 1);"
"INSERT INTO identities(workspace_id, number_id, kind, value, conversation_id, created_at) VALUES (1, 1, 'wa_id', '16505551234', 1, 1),"
" (1, 1, 'wa_id', '4915112345678', 2, 1),"
" (1, 1, 'wa_id', '442071234567', 3, 1),"
" (100, 100, 'wa_id', '442071234567', 100, 1);"
"INSERT INTO messages(id, workspace_id, conversation_id, number_id, wamid,"
" direction, source, type, content, preview, text, status, counts_unread,"
" opens_window, sent_at, created_at) VALUES"
" (1, 1, 1, 1, 'w1', 'inbound', 'live', 'text', '{\"body\":\"Old hello\"}',"
"  'Old hello', 'Old hello', 'received', 1, 1, 1769600000, 1),"
" (2, 1, 1, 1, 'w2', 'inbound', 'live', 'text', '{\"body\":\"Colour?\"}',"
"  'Colour?', 'Does it come in another colour?', 'received', 1, 1,"
"  1769774300, 1),"
" (3, 1, 2, 1, 'w3', 'inbound', 'live', 'image', '{\"id\":\"9\"}',"
"  'Photo', 'Photo of my crème brûlée', 'received', 1, 1, 1769700000, 1),"
" (4, 1, 3, 1, 'w4', 'outbound', 'echo', 'text', '{\"body\":\"Bonjour\"}',"
"  'Bonjour', 'Bonjour', 'delivered', 0, 0, 1769500000, 1),"
" (100, 100, 100, 100, 'w1', 'inbound', 'live', 'text',"
"  '{\"body\":\"SECRET colour\"}', 'SECRET colour', 'SECRET colour',"
"  'received', 1, 1, 1769774350, 1);"
"INSERT INTO media(id, workspace_id, message_id, number_id, state, due_at,"
" created_at) VALUES (1, 1, 3, 1, 'pending', 1, 1),"
" (100, 100, 100, 100, 'stored', 1, 1);"
"INSERT INTO reactions VALUES (1, 1, 'w2', 'business', '👍', 5, 'r1'),"
" (1, 1, 'w1', 'customer', '', 5, 'r2'),"
" (100, 100, 'w1', 'customer', '👎', 5, 'r3');"
"INSERT INTO idempotency_keys VALUES (100, 100, 'k', x'00', 201, NULL,"
" 'SECRET', 1);"
"INSERT INTO outbox(workspace_id, number_id, conversation_id, message_id,"
" kind, request, state, due_at, created_at)"
" VALUES (100, 100, 100, 100, 'message', 'SECRET', 'queued', 1, 1);";

static const char office_token[] =
	"INSERT INTO api_tokens(id, workspace_id, user_id, hash, name,"
	" created_at, expires_at, revoked_at)"
	" VALUES ($1, $2, $3, $4, 'test', 1, $5, $6)";

static inline void
office_add_token(struct office *o, int64_t id, int64_t workspace_id,
    int64_t user_id, const char *text, int64_t expires_at, int64_t revoked_at)
{
	unsigned char hash[DIGEST_LEN];

	digest_sha256(text, strlen(text), hash);
	assert_int_equal(0, db_run(o->all, office_token, DB_ARGS(db_int(id),
	    db_int(workspace_id), db_int(user_id),
	    db_blob(hash, sizeof(hash)), db_id(expires_at),
	    db_id(revoked_at))));
}

static inline struct office *
office_open(void)
{
	struct office *o = calloc(1, sizeof(*o));

	o->dir = unit_dir();
	o->path = unit_path(o->dir, "inbox.db");
	o->pool = pool_new();
	assert_int_equal(1, inbox_create(o->path));
	o->all = inbox_open(o->path, DB_WRITE, 1000);
	assert_non_null(o->all);
	db_strict();
	assert_int_equal(0, db_script(o->all, office_rows));
	office_add_token(o, 1, 1, 1, "ann", 0, 0);
	office_add_token(o, 2, 100, 100, "zoe", NOW + 10, 0);
	office_add_token(o, 3, 1, 2, "revoked", 0, NOW - 1);
	o->member = session_open(o->path, 1000);
	assert_non_null(o->member);
	o->db = session_handle(o->member);
	return o;
}

static inline void
office_close(struct office *o)
{
	session_close(o->member);
	db_close(o->all);
	pool_free(o->pool);
	free(o->path);
	unit_clear(o->dir);
	free(o);
}

/* For cmocka: each test its own office, served as Ann. */
static inline int
office_setup(void **state)
{
	struct office *o = office_open();

	session_serve(o->member, 1, 1);
	*state = o;
	return 0;
}

static inline int
office_teardown(void **state)
{
	office_close(*state);
	return 0;
}

/* The one number that SQL answers, as one who sees everything. */
static inline int64_t
office_number(struct office *o, const char *sql)
{
	int64_t n = 0;

	assert_int_equal(1, db_get_int(o->all, sql, DB_NONE, &n));
	return n;
}

#endif
