/*
 * waspool tail: shows changes of a workspace as they come.  It polls for those
 * after the last one, as realtime does, until a signal ends it.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <sysexits.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/contact/contact.h"
#include "inbox/conversation/conversation.h"
#include "inbox/message/message_list.h"
#include "inbox/workspace/change.h"

#include "session/session.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"

#define LOOK_EVERY_MS 200
#define TEXT_MAX      100 /* code points */

/* The customer of a conversation, as a person reads it. */
static const char *
whom(struct pool *p, const struct conversation *c)
{
	const char *s = c->phone != NULL ? c->phone : c->user_id;

	return s != NULL ? text_fold(p, s, TEXT_MAX) : "a group";
}

static const char *
of_conversation(struct session *m, struct pool *p, int64_t id, int *rc)
{
	struct conversation c;
	const char *preview;

	*rc = conversation_get(m, p, id, &c);
	if (*rc != 1)
		return "is gone";
	preview = c.preview != NULL ? text_fold(p, c.preview, TEXT_MAX) : "";
	return pool_printf(p, "%s, %s, %lld unread: %s", whom(p, &c), c.status,
	    (long long)c.unread_count, preview != NULL ? preview : "");
}

static const char *
of_message(struct session *m, struct pool *p, int64_t id, int *rc)
{
	struct conversation c = { 0 };
	struct message_list_row row;

	*rc = message_list_get(m, p, id, &row);
	if (*rc != 1)
		return "is gone";
	*rc = conversation_get(m, p, row.conversation_id, &c);
	return pool_printf(p, "%s, %s %s %s", whom(p, &c), row.direction,
	    text_fold(p, row.type, TEXT_MAX), row.status);
}

static const char *
of_contact(struct session *m, struct pool *p, int64_t id, int *rc)
{
	struct contact c;

	*rc = contact_get(m, p, id, &c);
	if (*rc != 1)
		return "is gone";
	return pool_printf(
	    p, "%s, %s", c.phone, text_fold(p, c.name, TEXT_MAX));
}

static void
print_json(struct pool *p, const struct change *change)
{
	struct json_out *out = json_new(p);

	json_open_object(out, NULL);
	json_put_int(out, "seq", change->seq);
	json_put_text(out, "type", change->type);
	json_put_int(out, "id", change->id);
	json_put_id(out, "conversation_id", change->conversation_id);
	json_close(out);
	puts(json_end(out, NULL));
}

static void
print(struct cli *c, struct session *m, struct pool *p,
    const struct change *change)
{
	const char *text;
	int rc = 0;

	if (c->json) {
		print_json(p, change);
		return;
	}
	if (text_begins(change->type, "message."))
		text = of_message(m, p, change->id, &rc);
	else if (text_begins(change->type, "conversation."))
		text = of_conversation(m, p, change->id, &rc);
	else if (text_begins(change->type, "contact."))
		text = of_contact(m, p, change->id, &rc);
	else
		text = "";
	if (rc == -1)
		cli_db_fail(session_error(m));
	printf("%" PRId64 "\t%s\t%" PRId64 "\t%s\n", change->seq, change->type,
	    change->id, text);
}

/* Shows the changes after *AFTER, and moves it: how many. */
static int
look_tail(struct cli *c, struct session *m, struct pool *p, int64_t *after)
{
	struct change changes[CMD_PAGE];
	int64_t first, last;
	int i, n;

	if (session_begin_read(m) != 0 || change_range(m, &first, &last) != 0)
		cli_db_fail(session_error(m));
	if (*after == -1)
		*after = last;
	if (!change_reaches(first, last, *after))
		cli_fail(EX_DATAERR,
		    "the changes after %lld are not there: those that are kept "
		    "begin after %lld and end with %lld",
		    (long long)*after, (long long)(first > 0 ? first - 1 : 0),
		    (long long)last);
	n = change_read(m, p, *after, changes, CMD_PAGE);
	if (n == -1)
		cli_db_fail(session_error(m));
	/* A member's own is his. */
	for (i = 0; i < n; i++)
		if (changes[i].type != NULL && changes[i].user_id == 0)
			print(c, m, p, &changes[i]);
	session_end_read(m);
	if (n > 0)
		*after = changes[n - 1].seq;
	return n;
}

static void
follow(struct cli *c)
{
	const char *s = cli_option(c, "after");
	struct session *m = cli_db_member(c);
	long long after = -1;
	int64_t at;

	if (s != NULL && (text_int(s, &after) != 0 || after < 0))
		cli_usage(c, "%s is not a seq", s);
	at = after;
	for (;;) {
		struct pool *p = pool_new();
		int n = look_tail(c, m, p, &at);

		pool_free(p);
		if (fflush(stdout) != 0)
			cli_fail(EX_IOERR, "nobody reads the output any more");
		if (n == 0)
			poll(NULL, 0, LOOK_EVERY_MS);
	}
}

static const struct cli_option follow_options[] = {
	CMD_WORKSPACE,
	{ "after", "SEQ",
	    "after this seq, not from now on; 0 is the beginning" },
	{ 0 },
};

const struct cli_verb cmd_tail[] = {
	{ "", "", 0, 0, "Shows changes of a workspace, until it is interrupted",
	    "A line for each change: seq, type, id, and what it is about.  "
	    "With\n"
	    "--json an object each, as GET /changes lists them.",
	    "waspool tail --after 0", follow_options, follow },
	{ 0 },
};
