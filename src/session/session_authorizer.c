/*
 * The authorizer (sqlite3_set_authorizer) of a member's session.
 *
 * While SQLite prepares a statement, it asks about each table, view and
 * function in the statement, and in the views and triggers that it reaches;
 * "within" is then that view or trigger.
 *
 * A statement itself may name temporary objects that begin with my_:
 * session.sql made them, and a member cannot make others.  Base tables are open
 * only within those views, their triggers, and the triggers of the file that
 * these set off.  SQLite also says "within" in some other cases: lib/sql
 * refuses such texts (sqlite_authorize).  No SQL of ours is made at run time.
 * Against injected SQL there is also the seal: a sealed connection takes no new
 * statement at all.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/sqlite.h"

#include "session/session_authorizer.h"

/* 1: this thread is signing a member in (session_authorizer_sign_in). */
static _Thread_local int signing_in;

static const char *const words_authorizer[] = { "contact_digits",
	"contact_words", "conversation_digits", "conversation_words",
	"message_words", NULL };

/* The functions that views, our statements and FTS5 use. */
static const char *const functions[] = { "coalesce", "count", "group_concat",
	"instr", "like", "lower", "match", "max", "min", "my_made",
	"my_missing", "my_token", "my_user", "my_workspace", "row_number",
	"substr", "sum", NULL };

/* And the file's triggers. */
static const char *const in_triggers[] = { "char", NULL };

static const char *const sign_in[] = { "api_tokens", "former_members",
	"tickets", "users", "workspace_members", "workspaces", NULL };

static int
among(const char *const *list, const char *name)
{
	for (; name != NULL && *list != NULL; list++)
		if (strcasecmp(*list, name) == 0)
			return 1;
	return 0;
}

/* A shadow table of FTS5: NAME_data, NAME_idx, … */
static int
is_shadow(const char *name)
{
	static const char *const parts[] = { "data", "idx", "docsize", "config",
		"content", NULL };
	char whole[64];

	for (int i = 0; words_authorizer[i] != NULL; i++)
		for (int k = 0; parts[k] != NULL; k++) {
			snprintf(whole, sizeof(whole), "%s_%s",
			    words_authorizer[i], parts[k]);
			if (text_is(whole, name))
				return 1;
		}
	return 0;
}

/* FTS5 reads its settings when a connection first uses it, before any statement
 * runs. */
static int
is_settings(const char *name)
{
	size_t len = name != NULL ? strlen(name) : 0;

	return len > 7 && strcmp(name + len - 7, "_config") == 0 &&
	       is_shadow(name);
}

/* What FTS5 itself uses: its shadow tables; and sqlite_master, since after a
 * change of schema it declares its table again, and SQLite asks as if a table
 * were created. */
static int
is_internal(const char *name)
{
	return is_shadow(name) || text_is(name, "sqlite_master");
}

static int
is_ours(const struct db_request *r)
{
	return r->temporary && r->object != NULL &&
	       strncasecmp(r->object, "my_", 3) == 0;
}

static int
may_read(const struct db_request *r)
{
	if (is_ours(r))
		return 1;
	if (r->within != NULL)
		return r->known;
	if (signing_in && among(sign_in, r->object))
		return 1;
	return is_settings(r->object) || (r->running && is_internal(r->object));
}

static int
may_write(const struct db_request *r)
{
	if (is_ours(r))
		return 1;
	if (r->within != NULL)
		return r->known;
	if (signing_in && text_is(r->object, "api_tokens"))
		return r->access != DB_ACCESS_INSERT;
	if (signing_in && text_is(r->object, "workspace_members"))
		return r->access == DB_ACCESS_DELETE;
	if (signing_in && text_is(r->object, "former_members"))
		return r->access != DB_ACCESS_DELETE;
	if (signing_in && text_is(r->object, "tickets"))
		return r->access == DB_ACCESS_DELETE;
	return r->running && is_internal(r->object);
}

int
session_authorizer(const struct db_request *r)
{
	switch (r->access) {
	case DB_ACCESS_SELECT:
	case DB_ACCESS_TRANSACTION:
		return 1;
	case DB_ACCESS_FUNCTION:
		return among(functions, r->object) ||
		       (r->known && among(in_triggers, r->object));
	case DB_ACCESS_READ:
		return may_read(r);
	case DB_ACCESS_INSERT:
	case DB_ACCESS_UPDATE:
	case DB_ACCESS_DELETE:
		return may_write(r);
	default:
		return 0;
	}
}

/* For a sealed connection.  While a statement runs, SQLite may prepare it again
 * by itself (after ANALYZE, say), and FTS5 prepares its own: these are judged,
 * all others refused. */
int
session_authorizer_prepared(const struct db_request *r)
{
	if (!r->running && r->access != DB_ACCESS_TRANSACTION)
		return 0;
	return session_authorizer(r);
}

void
session_authorizer_sign_in(int begin)
{
	signing_in = begin;
}
