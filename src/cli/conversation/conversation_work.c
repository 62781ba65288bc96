/*
 * waspool conversation open, close, pending, snooze, note, assign, label,
 * unlabel.
 */
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/statements.h"

#include "session/session.h"

#include "inbox/conversation/activity.h"
#include "inbox/conversation/conversation.h"
#include "inbox/mark/mark_on.h"
#include "inbox/workspace/member_list.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/conversation/conversation_work.h"
#include "cli/output.h"
#include "cli/print.h"

static const struct statements conversation_work_statements = {
	.also = STATEMENTS(&activity_statements, &conversation_statements,
	    &mark_on_statements, &mark_statements, &member_list_statements),
};

const struct cli_option conversation_work_options[] = {
	CMD_WORKSPACE,
	{ 0 },
};

const struct cli_option conversation_work_assign_options[] = {
	{ "user", "EMAIL", "a member, or none" },
	{ "team", "NAME", "a team, or none" },
	CMD_WORKSPACE,
	{ 0 },
};

/* The session of conversation *ID, in a transaction. */
static struct session *
begin_work(struct cli *c, int64_t *id)
{
	struct session *m;

	*id = cli_number(c, c->args[0], "ID");
	m = cli_db_seal(c, &conversation_work_statements);
	cli_db_begin_member(m);
	if (cli_db_ok(c, conversation_has(m, *id)) == 0)
		cli_fail(EX_DATAERR,
		    "there is no conversation %lld in this workspace",
		    (long long)*id);
	return m;
}

/* Commits, and shows what it is now. */
static void
end_work(struct cli *c, struct session *m, int64_t id)
{
	const char *names[MARK_ON_LABELS_MAX];
	struct conversation now;
	struct output *s;
	size_t n = 0;

	cli_db_commit_member(m);
	if (cli_db_ok(c, conversation_get(m, c->pool, id, &now)) == 0)
		cli_fail(EX_DATAERR, "conversation %lld is gone by now",
		    (long long)id);
	for (; n < now.marks.n_labels && n < MARK_ON_LABELS_MAX; n++)
		names[n] = now.marks.labels[n].name;
	s = output_object(c);
	output_int(s, "id", id);
	output_text(s, "state", now.state);
	output_time(s, "snoozed_until",
	    text_is(now.state, "snoozed") ? now.aside_at : 0);
	output_text(s, "assigned_to", now.assigned_name);
	output_text(
	    s, "team", now.marks.team != NULL ? now.marks.team->name : NULL);
	output_texts(s, "labels", names, n);
	output_end(s);
}

static void
set_work_state(struct cli *c, const char *state, int64_t until)
{
	int64_t id;
	struct session *m = begin_work(c, &id);

	cli_db_ok(c, conversation_set_state(m, id, state, until, c->now));
	end_work(c, m, id);
}

void
conversation_work_open(struct cli *c)
{
	set_work_state(c, "open", 0);
}

void
conversation_work_close(struct cli *c)
{
	set_work_state(c, "closed", 0);
}

void
conversation_work_pending(struct cli *c)
{
	set_work_state(c, "pending", 0);
}

void
conversation_work_snooze(struct cli *c)
{
	int64_t until = 0;

	if (clock_parse(c->args[1], &until) == -1)
		cli_usage(c, "UNTIL is no time like 2026-01-30T12:00:00Z: '%s'",
		    c->args[1]);
	if (until <= c->now || until > c->now + CONVERSATION_SNOOZE_MAX)
		cli_usage(c, "UNTIL is not within the next 366 days: '%s'",
		    c->args[1]);
	set_work_state(c, "snoozed", until);
}

void
conversation_work_note(struct cli *c)
{
	const char *text = c->args[1];
	int64_t id, note = 0;
	struct session *m;

	if (text_fold(c->pool, text, 1) == NULL ||
	    !text_is_utf8(text, strlen(text)))
		cli_usage(c, "TEXT is empty, or no UTF-8");
	if (text_points(text) > ACTIVITY_TEXT_MAX)
		cli_usage(c, "TEXT is longer than 4,096 characters");
	m = begin_work(c, &id);
	if (cli_db_ok(c, activity_add_note(m, id, text, c->now, &note)) == 0)
		cli_fail(EX_DATAERR, "the conversation has 500 notes already");
	cli_db_commit_member(m);
	print_done(c, "note", note,
	    "Members see it in the activities of conversation %lld.",
	    (long long)id);
}

/* The team or label of that name; the program ends when there is none. */
static struct mark
find_named(struct cli *c, struct session *m, const char *kind, const char *name)
{
	struct mark mark = { 0 };
	int64_t id = 0;

	if (cli_db_ok(c, mark_find(m, kind, name, &id)) == 0)
		cli_fail(EX_DATAERR, "there is no %s '%s': waspool %s list",
		    kind, text_visible(c->pool, name), kind);
	cli_db_ok(c, mark_get(m, c->pool, kind, id, &mark));
	return mark;
}

static int64_t
find_member(struct cli *c, struct session *m, const char *email)
{
	int64_t id = 0;

	if (text_is(email, "none"))
		return 0;
	if (cli_db_ok(c, member_list_find(m, c->pool, email, &id)) == 0)
		cli_fail(EX_DATAERR, "no member has the address %s",
		    text_visible(c->pool, email));
	return id;
}

void
conversation_work_assign(struct cli *c)
{
	const char *email = cli_option(c, "user");
	const char *name = cli_option(c, "team");
	struct session *m;
	struct mark team;
	int64_t id;

	if (email == NULL && name == NULL)
		cli_usage(c, "say to whom: --user EMAIL, --team NAME, or none");
	m = begin_work(c, &id);
	if (email != NULL)
		cli_db_ok(c, conversation_assign(
				 m, id, find_member(c, m, email), c->now));
	if (text_is(name, "none"))
		cli_db_ok(c, mark_on_set_team(m, id, NULL, c->now));
	else if (name != NULL) {
		team = find_named(c, m, MARK_TEAM, name);
		cli_db_ok(c, mark_on_set_team(m, id, &team, c->now));
	}
	end_work(c, m, id);
}

void
conversation_work_label(struct cli *c)
{
	int64_t id;
	struct session *m = begin_work(c, &id);
	struct mark label = find_named(c, m, MARK_LABEL, c->args[1]);

	if (cli_db_ok(c, mark_on_add(m, id, &label, c->now)) == 0)
		cli_fail(EX_DATAERR, "the conversation has 50 labels already");
	end_work(c, m, id);
}

void
conversation_work_unlabel(struct cli *c)
{
	int64_t id;
	struct session *m = begin_work(c, &id);
	struct mark label = find_named(c, m, MARK_LABEL, c->args[1]);

	cli_db_ok(c, mark_on_remove(m, id, &label, c->now));
	end_work(c, m, id);
}
