/*
 * Finds the message that asked, for the answer to a form that does not name it.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/event.h"

#include "inbox/message/flow_answer.h"
#include "inbox/workspace/number.h"

enum { ASKED, N_SQL };

static const char *const flow_answer_sql[N_SQL] = {
	[ASKED] = "SELECT wamid, content FROM (SELECT wamid, content, type,"
		  " direction, sent_at, id FROM messages"
		  " WHERE workspace_id = $1 AND conversation_id = $2"
		  " AND sent_at BETWEEN $3 AND $4"
		  " ORDER BY sent_at DESC, id DESC LIMIT $5) AS near"
		  " WHERE type = 'interactive' AND direction = 'outbound'"
		  " AND wamid IS NOT NULL ORDER BY sent_at DESC, id DESC",
};

const struct statements flow_answer_statements = {
	.sql = flow_answer_sql,
	.n = N_SQL,
};

static const struct json *
parse_text(struct pool *p, const char *s)
{
	return s == NULL ? NULL : json_parse(p, s, strlen(s), NULL);
}

/* The token in the answer, which is JSON in a string; NULL none. */
static const char *
token_of(struct pool *p, const struct event *ev)
{
	const struct json *form;

	if (ev->content == NULL || strstr(ev->content, "flow_token") == NULL)
		return NULL;
	form = json_get(parse_text(p, ev->content), "nfm_reply");
	return json_text(
	    parse_text(p, json_text(form, "response_json")), "flow_token");
}

/* CONTEXT, which may be NULL, and the message that asked. */
static const char *
with_wamid(struct pool *p, const struct json *context, const char *wamid)
{
	struct json_out *o = json_new(p);
	const struct json *m;

	json_open_object(o, NULL);
	json_put_text(o, "wamid", wamid);
	for (m = json_first(context); m != NULL; m = json_next(m))
		json_put(o, json_key(m), m);
	json_close(o);
	return json_end(o, NULL);
}

int
flow_answer_context(struct db *db, struct pool *p, const struct number_key *key,
    int64_t conversation_id, const struct event *ev, const char **context)
{
	const char *token = token_of(p, ev), *wamid = NULL, *asked;
	const struct json *said = parse_text(p, ev->context), *m;
	struct db_rows *r;
	int rc;

	*context = ev->context;
	if (token == NULL || json_text(said, "wamid") != NULL)
		return 0;
	r = db_query(db, flow_answer_sql[ASKED],
	    DB_ARGS(db_int(key->workspace_id), db_int(conversation_id),
		db_int(ev->at - FLOW_ANSWER_AGE), db_int(ev->at),
		db_int(FLOW_ANSWER_LOOK)));
	while ((rc = db_next(r)) == 1 && wamid == NULL) {
		m = json_get(parse_text(p, db_col_text(r, 1)), "action");
		asked = json_text(json_get(m, "parameters"), "flow_token");
		if (text_is(asked, token))
			wamid = db_col_copy(r, p, 0);
	}
	db_end(r);
	if (wamid != NULL)
		*context = with_wamid(p, said, wamid);
	return rc == -1 ? -1 : 0;
}
