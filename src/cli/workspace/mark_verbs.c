/*
 * What waspool team and waspool label do alike.
 */
#include <string.h>
#include <sysexits.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/statements.h"

#include "session/session.h"

#include "inbox/mark/mark.h"
#include "inbox/mark/team_member.h"
#include "inbox/workspace/member_list.h"

#include "cli/cli.h"
#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/print.h"
#include "cli/workspace/mark_verbs.h"

static const struct statements mark_verbs_statements = {
	.also = STATEMENTS(
	    &mark_statements, &team_member_statements, &member_list_statements),
};

static void
put_mark(
    struct cli *c, struct session *m, struct output *s, const struct mark *mark)
{
	struct team_member *members;
	const char *names[TEAM_MEMBER_MAX];
	int n;

	output_int(s, "id", mark->id);
	output_text(s, "name", mark->name);
	if (!text_is(mark->kind, MARK_TEAM)) {
		output_text(s, "color", mark->color);
		return;
	}
	n = cli_db_ok(c, team_member_list(m, c->pool, mark->id, &members));
	for (int i = 0; i < n; i++)
		names[i] = members[i].name;
	output_texts(s, "members", names, (size_t)n);
}

void
mark_verbs_list(struct cli *c, const char *kind)
{
	struct session *m = cli_db_seal(c, &mark_verbs_statements);
	struct output *s = output_list(c);
	struct mark page[MARK_LABELS_MAX];
	int n = cli_db_ok(
	    c, mark_list(m, c->pool, kind, "", page, MARK_LABELS_MAX));

	for (int i = 0; i < n; i++) {
		output_row(s);
		put_mark(c, m, s, &page[i]);
	}
	output_end(s);
}

static struct session *
begin_marks(struct cli *c)
{
	struct session *m = cli_db_seal(c, &mark_verbs_statements);

	cli_db_begin_member(m);
	return m;
}

struct mark
mark_verbs_begin(struct cli *c, const char *kind, struct session **m)
{
	struct mark mark = { 0 };
	int64_t id = 0;

	*m = begin_marks(c);
	if (cli_db_ok(c, mark_find(*m, kind, c->args[0], &id)) == 0)
		cli_fail(EX_DATAERR, "there is no %s '%s': waspool %s list",
		    kind, text_visible(c->pool, c->args[0]), kind);
	cli_db_ok(c, mark_get(*m, c->pool, kind, id, &mark));
	return mark;
}

void
mark_verbs_end(struct cli *c, struct session *m, const struct mark *mark)
{
	struct output *s;

	cli_db_commit_member(m);
	s = output_object(c);
	put_mark(c, m, s, mark);
	output_end(s);
}

/* What a person typed, and what nobody else has. */
static const char *
read_name(struct cli *c, const char *typed)
{
	const char *name = text_is_utf8(typed, strlen(typed))
			       ? text_fold(c->pool, typed, MARK_NAME_MAX + 1)
			       : NULL;

	if (name == NULL || text_points(name) > MARK_NAME_MAX)
		cli_usage(c, "NAME is empty, or longer than %d characters",
		    MARK_NAME_MAX);
	return name;
}

static void
refuse_taken(struct cli *c, struct session *m, const char *kind,
    const char *name, int64_t own_id)
{
	int64_t id = 0;

	if (cli_db_ok(c, mark_find(m, kind, name, &id)) == 1 && id != own_id)
		cli_fail(EX_DATAERR, "there is a %s of that name", kind);
}

static const char *
read_color(struct cli *c, const char *typed)
{
	const char *color = mark_color(c->pool, typed);

	if (color == NULL)
		cli_usage(c, "COLOR is no color like #2e7d32");
	return color;
}

void
mark_verbs_add(struct cli *c, const char *kind, const char *color)
{
	struct mark mark = { .kind = kind,
		.name = read_name(c, c->args[0]),
		.color = color != NULL ? read_color(c, color) : NULL };
	struct session *m = begin_marks(c);

	refuse_taken(c, m, kind, mark.name, 0);
	if (cli_db_ok(c, mark_create(m, kind, mark.name, mark.color, c->now,
			     &mark.id)) == 0)
		cli_fail(EX_DATAERR, "the workspace has as many %ss as it may",
		    kind);
	mark_verbs_end(c, m, &mark);
}

void
mark_verbs_change(
    struct cli *c, const char *kind, const char *name, const char *color)
{
	struct session *m;
	struct mark mark = mark_verbs_begin(c, kind, &m);

	if (name != NULL) {
		mark.name = read_name(c, name);
		refuse_taken(c, m, kind, mark.name, mark.id);
	}
	if (color != NULL)
		mark.color = *color != '\0' ? read_color(c, color) : NULL;
	cli_db_ok(c, mark_change(m, &mark));
	mark_verbs_end(c, m, &mark);
}

void
mark_verbs_delete(struct cli *c, const char *kind)
{
	struct session *m;
	struct mark mark = mark_verbs_begin(c, kind, &m);

	cli_db_ok(c, mark_delete(m, mark.id));
	cli_db_commit_member(m);
	cli_db_wake(c);
	print_done(c, "deleted", mark.id,
	    "No conversation has this %s any more.", kind);
}
