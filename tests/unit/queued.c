/*
 * Messages of ours in the outbox: queued.h.
 */
#include "queued.h"

#include "inbox/outbox/outbox_list.h"

void
queued_talk(struct fixture *fx, int id)
{
	fixture_do(
	    fx, pool_printf(fx->pool,
		    "INSERT INTO conversations(id, workspace_id, number_id,"
		    " phone, created_at, updated_at)"
		    " VALUES (%d, 1, 1, '+49%d', 1, 1);",
		    id, 1510000000 + id));
}

void
queued_say(struct fixture *fx, int id, int conversation)
{
	fixture_do(fx,
	    pool_printf(fx->pool,
		"INSERT INTO messages(id, workspace_id, conversation_id,"
		" number_id, direction, source, type, content, preview, text,"
		" status, sent_at, created_at) VALUES (%d, 1, %d, 1,"
		" 'outbound', 'api', 'text', '{\"body\":\"x\"}', 'x', 'words',"
		" 'queued', %d, %d);"
		"INSERT INTO outbox(id, workspace_id, number_id,"
		" conversation_id, message_id, kind, state, due_at,"
		" created_at) VALUES (%d, 1, 1, %d, %d, 'message',"
		" 'queued', %d, %d);",
		id, conversation, FIXTURE_NOW, FIXTURE_NOW, id, conversation,
		id, FIXTURE_NOW, FIXTURE_NOW));
}

const char *
queued_ids(struct fixture *fx, int64_t now, struct outbox_row **rows)
{
	const char *ids = "";
	struct outbox_row *due;
	int n;

	assert_int_equal(outbox_due(fx->db, fx->pool, 1, now, 10, &due, &n), 0);
	for (int i = 0; i < n; i++)
		ids = pool_printf(fx->pool, "%s%s%lld", ids, i > 0 ? " " : "",
		    (long long)due[i].id);
	if (rows != NULL)
		*rows = due;
	return ids;
}

struct outbox_row
queued_leave(struct fixture *fx, int64_t now)
{
	struct outbox_row *rows;

	assert_string_not_equal(queued_ids(fx, now, &rows), "");
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(outbox_sending(fx->db, &rows[0], now), 1);
	assert_int_equal(db_commit(fx->db), 0);
	return rows[0];
}

const char *
queued_state(struct fixture *fx, int id)
{
	return fixture_text(
	    fx, pool_printf(fx->pool,
		    "SELECT o.state || ' ' || m.status || ' ' ||"
		    " COALESCE(m.wamid, '-') || ' ' || COALESCE(m.error, '-')"
		    " FROM outbox o JOIN messages m ON m.id = o.message_id"
		    " WHERE o.id = %d",
		    id));
}

int
queued_begin(void **state)
{
	struct db *db;

	fixture_begin(state);
	queued_talk(*state, 1);
	queued_talk(*state, 2);
	db = ((struct fixture *)*state)->db;
	assert_int_equal(db_prepare_all(db, &outbox_list_statements), 0);
	assert_int_equal(db_prepare_all(db, &outbox_expire_statements), 0);
	return 0;
}

const struct outbox_taken queued_answer = {
	.wamid = "wamid.1", .input = "+491510000001", .wa_id = "491510000001"
};

void
queued_status(struct fixture *fx, const char *callback, const char *wamid,
    const char *word)
{
	struct event ev = fixture_status(wamid, word, FIXTURE_NOW);

	ev.callback = callback;
	assert_int_equal(fixture_apply(fx, &ev), 1);
}
