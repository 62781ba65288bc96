/*
 * /presence: at which conversation a member is, and whether he answers.  It is
 * kept in memory (presence.h) and said to the streams of the workspace
 * (channel.h) and to nobody else; nothing is written.
 */
#include <stddef.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"

#include "session/session.h"

#include "inbox/conversation/conversation.h"

#include "api/action.h"
#include "api/input.h"
#include "api/object/conversation_object.h"
#include "api/realtime/channel.h"
#include "api/realtime/presence.h"
#include "api/realtime/realtime_presence.h"
#include "api/reply.h"

static const char *const states[] = { [PRESENCE_AWAY] = "away",
	[PRESENCE_VIEWING] = "viewing",
	[PRESENCE_ANSWERING] = "answering",
	NULL };

/* TYPE: of an event, NULL: in a list. */
static void
put_presence(struct json_out *out, const struct presence *p, const char *type,
    int64_t now_ms)
{
	int64_t left = p->state == PRESENCE_AWAY ? 0 : p->until_ms - now_ms;

	json_open_object(out, NULL);
	if (type != NULL)
		json_put_text(out, "type", type);
	json_put_int(out, "conversation_id", p->conversation_id);
	conversation_object_put_person(out, "by", p->user_id, p->name);
	json_put_text(out, "state", states[p->state]);
	json_put_int(out, "expires_in", left > 0 ? (left + 999) / 1000 : 0);
	json_close(out);
}

/* Without an id: it is not repeated to who comes back. */
static void
tell(struct pool *pool, const struct presence *p, int64_t now_ms)
{
	struct json_out *out = json_new(pool);
	struct buf b = { .pool = pool };

	put_presence(out, p, "presence.updated", now_ms);
	buf_printf(
	    &b, "event: presence.updated\ndata: %s\n\n", json_end(out, NULL));
	channel_say(p->workspace_id, b.s, b.len);
}

static void
read_presence(struct action *a, struct presence *p)
{
	const char *state = NULL;
	enum input_found id =
	    input_id(a, "conversation_id", &p->conversation_id);

	if (id != INPUT_WRONG && (id != INPUT_THERE || p->conversation_id < 1))
		input_wrong(a, "conversation_id", "is needed");
	if (input_text(a, "state", &state) == INPUT_WRONG)
		return;
	for (int i = 0; states[i] != NULL; i++)
		if (text_is(state, states[i])) {
			p->state = (enum presence_state)i;
			return;
		}
	input_wrong(a, "state", "is not viewing, answering or away");
}

/* 1, 0 the workspace has it not, -1. */
static int
has_conversation(struct action *a, int64_t id)
{
	int rc = session_begin_read(a->session);

	if (rc == 0)
		rc = conversation_has(a->session, id);
	session_end_read(a->session);
	return rc;
}

static int
answer(struct action *a, const struct presence *p, enum presence_answer said,
    int64_t now_ms)
{
	struct json_out *out = json_new(a->pool);

	if (said == PRESENCE_TOO_OFTEN || said == PRESENCE_FULL) {
		reply_header(a, "Retry-After", "1");
		return reply_problem(a, REPLY_TOO_MANY_REQUESTS,
		    said == PRESENCE_FULL
			? "Too many are somewhere at this moment."
			: "You say where you are more often than five times a"
			  " second.");
	}
	if (said == PRESENCE_SAID)
		tell(a->pool, p, now_ms);
	put_presence(out, p, NULL, now_ms);
	return reply_json(a, 200, out);
}

int
realtime_presence_put(struct action *a)
{
	struct presence p = { .workspace_id = a->who.workspace_id,
		.user_id = a->who.user_id,
		.name = a->who.name };
	int64_t now_ms = clock_ticks_ms();
	int rc;

	read_presence(a, &p);
	if (a->wrong != NULL)
		return reply_wrong(a);
	rc = has_conversation(a, p.conversation_id);
	if (rc == -1)
		return -1;
	if (rc == 0) {
		input_wrong(a, "conversation_id", "is no conversation's");
		return reply_wrong(a);
	}
	return answer(a, &p, presence_put(&p, now_ms), now_ms);
}

int
realtime_presence_list(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	int64_t now_ms = clock_ticks_ms();
	struct presence *list;
	int n = presence_list(a->pool, a->who.workspace_id, now_ms, &list);

	reply_open_list(out);
	for (int i = 0; i < n; i++)
		put_presence(out, &list[i], NULL, now_ms);
	json_close(out);
	json_close(out);
	return reply_json(a, 200, out);
}

void
realtime_presence_left(const struct member *who)
{
	struct presence gone[PRESENCE_OF_MEMBER];
	int64_t now_ms = clock_ticks_ms();
	struct pool *pool;
	int n;

	if (channel_follows(who->workspace_id, who->user_id))
		return;
	n = presence_leave(who->workspace_id, who->user_id, now_ms, gone);
	if (n == 0)
		return;
	pool = pool_new();
	for (int i = 0; i < n; i++) {
		gone[i].name = who->name;
		tell(pool, &gone[i], now_ms);
	}
	pool_free(pool);
}
