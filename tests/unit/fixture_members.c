/*
 * Two workspaces and their people, for tests of what members see and do:
 * fixture_begin_members.  Ids of the second are from 100 on.
 */
#include "fixture.h"

#include "session/session.h"
#include "session/session_db.h"

static const char rows[] =
    "UPDATE numbers SET phone_number_id = '1001';"
    "INSERT INTO workspaces(id, name, created_at) VALUES (100, 'Other', 1);"
    "INSERT INTO users VALUES (1, 'ann@shop.example', 'Ann', 1),"
    " (2, 'bob@shop.example', 'Bob', 1), (100, 'zoe@other.example', 'Zoe', 1);"
    "INSERT INTO workspace_members VALUES (1, 1, 'owner', 1), (1, 2, 'agent', "
    "1),"
    " (100, 100, 'owner', 1);"
    "INSERT INTO numbers(id, workspace_id, phone_number_id, created_at)"
    " VALUES (100, 100, '2001', 1);"
    "INSERT INTO contacts(id, workspace_id, phone, name, email, created_at,"
    " updated_at) VALUES"
    " (1, 1, '+16505551234', 'Sheena Nelson', NULL, 1, 1),"
    " (2, 1, '+4915112345678', 'Jörg Groß', 'joerg@example.org', 1, 1),"
    " (100, 100, '+4915112345678', 'Jörg SECRET', 'secret@example.org', 1, 1);"
    "INSERT INTO tags VALUES (1, 1, 'vip', 1), (2, 1, 'late', 1),"
    " (100, 100, 'vip', 1);"
    "INSERT INTO contact_tags VALUES (1, 1, 1), (1, 1, 2), (1, 2, 1),"
    " (100, 100, 100);"
    "INSERT INTO conversations(id, workspace_id, number_id, phone, "
    "profile_name,"
    " contact_id, created_at, updated_at) VALUES"
    " (1, 1, 1, '+16505551234', 'Sheena', 1, 1, 1),"
    " (2, 1, 1, '+4915112345678', 'Jörg', 2, 1, 1),"
    " (3, 1, 1, '+442071234567', 'Ünal', NULL, 1, 1),"
    " (4, 1, 1, '+442079999999', 'Nobody', NULL, 1, 1),"
    " (100, 100, 100, '+442071234567', 'SECRET name', 100, 1, 1);"
    "INSERT INTO identities(workspace_id, number_id, kind, value, "
    "conversation_id, created_at) VALUES (1, 1, 'wa_id', '16505551234', 1, 1),"
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
    " kind, reason, state, due_at, created_at)"
    " VALUES (100, 100, 100, 100, 'message', 'SECRET', 'queued', 1, 1);";

int
fixture_begin_members(void **state)
{
	struct fixture *fx;

	fixture_begin(state);
	fx = *state;
	fixture_do(fx, rows);
	fixture_token(fx, 1, 1, 1, "ann", 0, 0);
	fixture_token(fx, 2, 100, 100, "zoe", FIXTURE_NOW + 10, 0);
	fixture_token(fx, 3, 1, 2, "revoked", 0, FIXTURE_NOW - 1);
	fixture_words(fx);
	fx->member = session_open(fx->path, 1000);
	assert_non_null(fx->member);
	fx->member_db = session_db(fx->member);
	db_strict(fx->member_db);
	session_serve(fx->member, 1, 1);
	return 0;
}
