#ifndef TESTS_UNIT_OUTBOX_H
#define TESTS_UNIT_OUTBOX_H

/* A conversation (1) and messages of ours in the outbox, for rig.h's inbox. */
#include "rig.h"

#include "lib/sql/statements.h"

#include "inbox/outbox/outbox.h"
#include "inbox/outbox/outbox_list.h"

/* Conversation ID of number 1. */
static inline void
outbox_talk(struct rig *g, int id)
{
	rig_do(g, pool_printf(g->pool,
		      "INSERT INTO conversations(id, workspace_id, number_id,"
		      " phone, created_at, updated_at)"
		      " VALUES (%d, 1, 1, '+49%d', 1, 1);",
		      id, 1510000000 + id));
}

/* Message ID of ours in CONVERSATION, queued; its row has the same id. */
static inline void
outbox_say(struct rig *g, int id, int conversation)
{
	rig_do(g,
	    pool_printf(g->pool,
		"INSERT INTO messages(id, workspace_id, conversation_id,"
		" number_id, direction, source, type, content, preview, text,"
		" status, sent_at, created_at) VALUES (%d, 1, %d, 1,"
		" 'outbound', 'api', 'text', '{\"body\":\"x\"}', 'x', 'words',"
		" 'queued', %d, %d);"
		"INSERT INTO outbox(id, workspace_id, number_id,"
		" conversation_id, message_id, kind, request, state, due_at,"
		" created_at) VALUES (%d, 1, 1, %d, %d, 'message',"
		" '{\"type\":\"text\",\"text\":{\"body\":\"x\"}}', 'queued',"
		" %d, %d);",
		id, conversation, RIG_NOW, RIG_NOW, id, conversation, id,
		RIG_NOW, RIG_NOW));
}

/* "1 2 5": the rows of number 1 that may go. */
static inline const char *
outbox_ids(struct rig *g, int64_t now, struct outbox_row **rows)
{
	const char *ids = "";
	struct outbox_row *due;
	int n;

	assert_int_equal(outbox_due(g->db, g->pool, 1, now, 10, &due, &n), 0);
	for (int i = 0; i < n; i++)
		ids = pool_printf(g->pool, "%s%s%lld", ids, i > 0 ? " " : "",
		    (long long)due[i].id);
	if (rows != NULL)
		*rows = due;
	return ids;
}

/* The first due row, which is sending now. */
static inline struct outbox_row
outbox_leave(struct rig *g, int64_t now)
{
	struct outbox_row *rows;

	assert_string_not_equal(outbox_ids(g, now, &rows), "");
	assert_int_equal(db_begin(g->db), 0);
	assert_int_equal(outbox_sending(g->db, &rows[0], now), 1);
	assert_int_equal(db_commit(g->db), 0);
	return rows[0];
}

/* "done sent wamid.1 -": row, message, wamid, error. */
static inline const char *
outbox_state(struct rig *g, int id)
{
	return rig_text(
	    g, pool_printf(g->pool,
		   "SELECT o.state || ' ' || m.status || ' ' ||"
		   " COALESCE(m.wamid, '-') || ' ' || COALESCE(m.error, '-')"
		   " FROM outbox o JOIN messages m ON m.id = o.message_id"
		   " WHERE o.id = %d",
		   id));
}

/* rig_begin, and two conversations. */
static inline int
outbox_begin(void **state)
{
	rig_begin(state);
	outbox_talk(*state, 1);
	outbox_talk(*state, 2);
	assert_int_equal(db_prepare_all(((struct rig *)*state)->db, &outbox_list_statements), 0);
	return 0;
}

/* CALL in a transaction of its own, answering 0 or more. */
#define IN_TRANSACTION(g, call)                                                \
	do {                                                                   \
		assert_int_equal(db_begin((g)->db), 0);                        \
		assert_int_not_equal((call), -1);                              \
		assert_int_equal(db_commit((g)->db), 0);                       \
	} while (0)

/* The provider's answer. */
static const struct outbox_taken outbox_answer = {
	.wamid = "wamid.1", .input = "+491510000001", .wa_id = "491510000001"
};

/* A status with that callback data. */
static inline void
outbox_status(
    struct rig *g, const char *callback, const char *wamid, const char *word)
{
	struct event ev = rig_status(wamid, word, RIG_NOW);

	ev.callback = callback;
	assert_int_equal(rig_apply(g, &ev), 1);
}

#endif
