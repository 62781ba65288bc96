/*
 * A member's connection on PostgreSQL: whom it serves, what it is told when,
 * and how often it waits for an answer.  That hostile SQL finds nothing of
 * others is seen by tests/e2e/test_pg_isolation.py.
 */
#include "unit.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"

#include "session/session.h"
#include "session/session_db.h"
#include "session/ticket.h"

#include "inbox/conversation/conversation.h"
#include "inbox/message/message_list.h"
#include "inbox/message/message_row.h"

#include "api/resource/route_table.h"

#include "pg/pg_server.h"

#define LONG_MS 60000

static struct pg_server *server;
static struct db *owner;
static struct pool *pool;
static int64_t now; /* the server has a clock, too */

static const char people[] =
    "INSERT INTO workspaces(id, name, created_at, second_factor) VALUES"
    " (1, 'Shop', 1, 0), (2, 'Other', 1, 0);"
    "INSERT INTO users VALUES (1, 'ann@shop.example', 'Ann', 1),"
    " (2, 'bob@shop.example', 'Bob', 1), (3, 'zoe@x.example', 'Zoe', 1);"
    "INSERT INTO workspace_members VALUES (1, 1, 'owner', 1),"
    " (1, 2, 'agent', 1), (2, 3, 'owner', 1);"
    "INSERT INTO numbers(id, workspace_id, phone_number_id, created_at) VALUES"
    " (1, 1, '100', 1), (2, 2, '200', 1);"
    "INSERT INTO conversations(id, workspace_id, number_id, phone, created_at,"
    " updated_at) VALUES (1, 1, 1, '+1', 1, 1), (2, 2, 2, '+2', 1, 1);"
    "INSERT INTO api_tokens(id, workspace_id, user_id, hash, name, created_at)"
    " VALUES (1, 1, 1, sha256('ann'), 't', 1), (2, 1, 2, sha256('bob'), 't', "
    "1),"
    " (3, 2, 3, sha256('zoe'), 't', 1);"
    "SELECT setval('api_tokens_id_seq', 10);"
    "CREATE ROLE member_in LOGIN IN ROLE waspool_member;"
    "CREATE ROLE processor_in LOGIN IN ROLE waspool_processor;";

static int64_t
number(const char *sql)
{
	int64_t n = -1;

	assert_int_not_equal(db_get_int(owner, sql, DB_NONE, &n), -1);
	return n;
}

static void
change(const char *sql)
{
	assert_int_equal(db_script(owner, sql), 0);
}

/* In POOL. */
static const char *
target_of(const char *folder, const char *user)
{
	return pool_printf(
	    pool, "postgresql://%s@/postgres?host=%s", user, folder);
}

static struct session *
open_as(const char *user)
{
	struct session *s =
	    session_open(target_of(pg_server_folder(server), user), LONG_MS);

	assert_non_null(s);
	return s;
}

static int
begin(void **state)
{
	pool = pool_new();
	now = clock_now();
	*state = open_as("member_in");
	return 0;
}

static int
end(void **state)
{
	session_close(*state);
	pool_free(pool);
	change("DELETE FROM tickets; UPDATE api_tokens SET revoked_at = NULL,"
	       " expires_at = NULL, last_used_at = NULL;"
	       "UPDATE workspaces SET second_factor = 0");
	return 0;
}

static struct member
signed_in(struct session *s, const char *token)
{
	struct member who = { .token_id = 0 };

	assert_int_equal(session_sign_in(s, pool, token, now, &who), 1);
	return who;
}

/* ------------------------------------------------------------------- served */

static void
a_token_lets_in_to_one_workspace(void **state)
{
	struct session *s = *state;
	struct member who = signed_in(s, "bob");

	assert_int_equal(who.user_id, 2);
	assert_int_equal(who.workspace_id, 1);
	assert_int_equal(who.token_id, 2);
	assert_string_equal(who.email, "bob@shop.example");
	assert_string_equal(who.role, "agent");
	assert_string_equal(who.workspace, "Shop");
	assert_int_equal(who.by_session, 0);
	assert_int_equal(conversation_has(s, 1), 1);
	assert_int_equal(conversation_has(s, 2), 0);
	signed_in(s, "zoe");
	assert_int_equal(conversation_has(s, 1), 0);
	assert_int_equal(conversation_has(s, 2), 1);
	session_serve(s, 0, 0);
	assert_int_equal(conversation_has(s, 2), 0);
}

static void
no_other_word_lets_in(void **state)
{
	static const char *const words[] = { "", "Ann", "ann ", "context.",
		"context.token.1.0.00", "\xff" };
	struct session *s = *state;
	struct member who;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		signed_in(s, "ann");
		assert_int_equal(
		    session_sign_in(s, pool, words[i], now, &who), 0);
		assert_int_equal(conversation_has(s, 1), 0);
	}
	change("UPDATE api_tokens SET revoked_at = 1 WHERE id = 1");
	assert_int_equal(session_sign_in(s, pool, "ann", now, &who), 0);
	change(
	    "UPDATE api_tokens SET expires_at = extract(epoch FROM now()) - 1"
	    " WHERE id = 2");
	assert_int_equal(session_sign_in(s, pool, "bob", now - 9, &who), 0);
	change(
	    "UPDATE api_tokens SET expires_at = extract(epoch FROM now()) + 9"
	    " WHERE id = 3");
	assert_int_equal(session_sign_in(s, pool, "zoe", now + 10, &who), 0);
	assert_int_equal(session_sign_in(s, pool, "zoe", now, &who), 1);
}

/* What the database signed is for itself: no client sends it. */
static void
a_pass_lets_back_in_and_signs_nobody_in(void **state)
{
	struct session *s = *state;
	struct member who = signed_in(s, "ann"), back;
	const char *pass = session_pass(s, pool, now + 60);

	assert_non_null(pass);
	assert_int_equal(session_sign_in(s, pool, pass, now, &back), 0);
	who.secret = pass;
	assert_int_equal(session_return(s, pool, &who, now, &back), 1);
	assert_int_equal(back.user_id, 1);
	assert_int_equal(conversation_has(s, 1), 1);
	who.secret = NULL;
	assert_int_equal(session_return(s, pool, &who, now, &back), 0);
	assert_int_equal(conversation_has(s, 1), 0);
}

static void
what_was_revoked_lets_nobody_see_more(void **state)
{
	struct session *s = *state;
	struct member who = signed_in(s, "ann"), back;

	assert_int_equal(conversation_has(s, 1), 1);
	change("UPDATE api_tokens SET revoked_at = 1 WHERE id = 1");
	assert_int_equal(conversation_has(s, 1), 0);
	assert_int_equal(session_return(s, pool, &who, now, &back), 0);
}

static void
a_ticket_lets_in_once(void **state)
{
	struct session *s = *state;
	struct member who, back;
	int64_t until;
	const char *ticket;

	signed_in(s, "ann");
	assert_int_equal(session_begin(s), 0);
	ticket = ticket_create(s, pool, now, &until);
	assert_non_null(ticket);
	assert_int_equal(session_commit(s), 0);
	session_serve(s, 0, 0);
	assert_int_equal(session_use_ticket(s, pool, "wt_x", now, &who), 0);
	assert_int_equal(session_use_ticket(s, pool, ticket, until, &who), 0);
	assert_int_equal(session_use_ticket(s, pool, ticket, now, &who), 1);
	assert_int_equal(who.user_id, 1);
	assert_int_equal(conversation_has(s, 1), 1);
	assert_int_equal(session_use_ticket(s, pool, ticket, now, &back), 0);
	assert_int_equal(conversation_has(s, 1), 0);
	/* On another connection he comes back by what it said. */
	assert_int_equal(session_return(s, pool, &who, now, &back), 1);
	session_serve(s, 0, 0);
	session_serve_member(s, &who);
	assert_int_equal(conversation_has(s, 1), 1);
}

static void
a_browser_without_a_second_factor_does_not_come_back(void **state)
{
	struct session *s = *state;
	struct member who, back;

	change("INSERT INTO api_tokens(id, workspace_id, user_id, hash, name,"
	       " created_at, kind, expires_at) VALUES (9, 1, 1, sha256('c'),"
	       " 't', 1, 'session', extract(epoch FROM now()) + 60)");
	who = signed_in(s, "c");
	assert_int_equal(who.by_session, 1);
	assert_int_equal(who.needs_factor, 0);
	/* It was used, so it lives on. */
	assert_int_equal(
	    number("SELECT expires_at FROM api_tokens WHERE id = 9"),
	    now + SESSION_IDLE);
	change("UPDATE workspaces SET second_factor = 1 WHERE id = 1");
	assert_int_equal(session_return(s, pool, &who, now, &back), 0);
	assert_int_equal(conversation_has(s, 1), 0);
	assert_int_equal(signed_in(s, "c").needs_factor, 1);
	change("DELETE FROM api_tokens WHERE id = 9");
}

static void
last_use_is_kept_to_the_hour(void **state)
{
	static const char used[] =
	    "SELECT last_used_at FROM api_tokens WHERE id = 1";
	struct session *s = *state;
	struct member who;

	assert_int_equal(session_begin_cached(s, now), 0);
	signed_in(s, "ann");
	assert_int_equal(conversation_has(s, 1), 1);
	session_end_read(s);
	assert_int_equal(number(used), now - now % 3600);
	change("UPDATE api_tokens SET last_used_at = last_used_at + 1"
	       " WHERE id = 1");
	signed_in(s, "ann");
	assert_int_equal(number(used), now - now % 3600 + 1);
	assert_int_equal(session_sign_in(s, pool, "ann", now + 3600, &who), 1);
	assert_int_equal(number(used), now - now % 3600 + 3600);
}

static void
who_works_for_all_serves_any_workspace_and_a_member_none(void **state)
{
	struct session *all = open_as("processor_in"), *s = *state;

	session_serve(s, 1, 1);
	assert_int_equal(conversation_has(s, 1), -1);
	session_serve(s, 0, 0);
	session_serve(all, 1, 0);
	assert_int_equal(conversation_has(all, 1), 1);
	assert_int_equal(conversation_has(all, 2), 0);
	/* Within a transaction, too. */
	assert_int_equal(session_begin_read(all), 0);
	assert_int_equal(conversation_has(all, 1), 1);
	session_serve(all, 2, 3);
	assert_int_equal(conversation_has(all, 1), 0);
	assert_int_equal(conversation_has(all, 2), 1);
	session_serve(all, 0, 0);
	assert_int_equal(conversation_has(all, 2), 0);
	session_end_read(all);
	session_serve(all, 1, 2);
	assert_int_equal(session_begin(all), 0);
	assert_int_equal(conversation_set_state(all, 1, "closed", 0, now), 0);
	assert_int_equal(session_commit(all), 0);
	assert_int_equal(
	    number("SELECT COUNT(*) FROM conversations WHERE id = 1"
		   " AND status = 'archived'"),
	    1);
	session_close(all);
}

static void
what_is_taken_back_does_not_take_whom_it_serves(void **state)
{
	struct session *s = *state;
	struct member zoe;

	signed_in(s, "zoe");
	zoe = signed_in(s, "zoe");
	signed_in(s, "ann");
	assert_int_equal(session_begin(s), 0);
	assert_int_equal(session_savepoint(s), 0);
	session_serve_member(s, &zoe);
	assert_int_equal(conversation_has(s, 2), 1);
	session_rollback_savepoint(s);
	assert_int_equal(conversation_has(s, 2), 1);
	assert_int_equal(conversation_has(s, 1), 0);
	session_rollback(s);
}

static void
who_leaves_takes_his_tokens_along(void **state)
{
	struct session *s = *state;
	struct member who;

	change("INSERT INTO users VALUES (7, 'eve@shop.example', 'Eve', 1);"
	       "INSERT INTO workspace_members VALUES (1, 7, 'agent', 1);"
	       "INSERT INTO api_tokens(workspace_id, user_id, hash, name,"
	       " created_at) VALUES (1, 7, sha256('eve'), 't', 1)");
	for (int i = 0; i < 2; i++) {
		signed_in(s, i == 0 ? "bob" : "ann");
		assert_int_equal(session_begin(s), 0);
		assert_int_equal(session_remove_member(s, 7, now), 0);
		assert_int_equal(session_commit(s), 0);
		/* An agent may not. */
		assert_int_equal(
		    number("SELECT COUNT(*) FROM api_tokens WHERE user_id = 7"),
		    i == 0);
	}
	assert_int_equal(session_sign_in(s, pool, "eve", now, &who), 0);
}

/* ------------------------------------------------------------------ sealed */

/* What a program of a member's may still say to the server once it is sealed:
 * nothing that was not there when it began. */
static void
sealed_it_is_told_no_other_statement(void **state)
{
	static const char *const others[] = {
		"SELECT 1",
		"SELECT id FROM my_conversations",
		"SELECT set_config('waspool.token', 'zoe', false)",
		"SELECT pg_advisory_lock(2)",
		"UPDATE my_conversations SET is_read = 1 WHERE id = 1",
	};
	struct session *s = *state;
	struct db *db = session_db(s);

	assert_int_equal(session_seal(s, &route_statements), 0);
	signed_in(s, "ann");
	for (int within = 0; within < 2; within++) {
		if (within)
			assert_int_equal(session_begin_read(s), 0);
		for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
			assert_int_equal(db_run(db, others[i], DB_NONE), -1);
		assert_int_equal(db_script(db, others[0]), -1);
		assert_int_equal(conversation_has(s, 1), 1);
		assert_int_equal(conversation_has(s, 2), 0);
		session_end_read(s);
	}
	/* On another connection, too. */
	change("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
	       " WHERE usename = 'member_in'");
	assert_int_equal(conversation_has(s, 1), 1);
	assert_int_equal(db_run(db, others[2], DB_NONE), -1);
	assert_int_equal(conversation_has(s, 2), 0);
	signed_in(s, "zoe");
	assert_int_equal(session_begin(s), 0);
	assert_int_equal(conversation_set_state(s, 2, "closed", 0, now), 0);
	assert_int_equal(conversation_set_state(s, 1, "open", 0, now), 0);
	assert_int_equal(session_commit(s), 0);
	assert_int_equal(
	    number("SELECT COUNT(*) FROM conversations WHERE id = 2"
		   " AND status = 'archived'"),
	    1);
}

static void
who_only_reads_has_nothing_to_write_with(void **state)
{
	struct session *s = *state;

	assert_int_equal(session_seal_reader(s, &route_statements), 0);
	signed_in(s, "ann");
	assert_int_equal(conversation_has(s, 1), 1);
	assert_int_equal(session_begin(s), 0);
	assert_int_equal(conversation_mark_unread(s, 1, now), -1);
	session_rollback(s);
}

/* ------------------------------------------------------------------ lost */

static void
a_connection_that_was_cut_serves_the_same_member(void **state)
{
	static const char cut[] =
	    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
	    " WHERE usename = 'member_in'";
	struct session *s = *state;

	signed_in(s, "ann");
	change(cut);
	assert_int_equal(conversation_has(s, 1), 1);
	assert_int_equal(conversation_has(s, 2), 0);
	/* A transaction that has seen nothing begins anew. */
	assert_int_equal(session_begin_read(s), 0);
	change(cut);
	assert_int_equal(conversation_has(s, 1), 1);
	assert_int_equal(conversation_has(s, 2), 0);
	change(cut);
	assert_int_equal(conversation_has(s, 1), -1);
	assert_int_equal(session_error(s), DB_BUSY);
	session_end_read(s);
	assert_int_equal(conversation_has(s, 1), 1);
	assert_int_equal(session_begin(s), 0);
	change(cut);
	assert_int_equal(conversation_has(s, 1), -1);
	session_rollback(s);
	assert_int_equal(session_begin(s), 0);
	assert_int_equal(conversation_has(s, 1), 1);
	session_rollback(s);
}

/* ------------------------------------------------------------- round trips */

/* Between a client and the server: how often the client spoke and waits for an
 * answer. */
struct relay {
	char folder[64], path[96];
	int listening, client, server;
	pthread_t thread;
	atomic_int n;
};

static int
unix_socket(const char *path, struct sockaddr_un *address)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	assert_true(strlen(path) < sizeof(address->sun_path));
	strcpy(address->sun_path, path);
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

/* All that is there, from one to the other: 0 at its end; 2 when nobody waits
 * for its answer. */
static int
pass_on(int from, int to)
{
	static const char later[] = "Q\0\0\0\rROLLBACK";
	char bytes[65536];
	ssize_t n = read(from, bytes, sizeof(bytes));

	if (n <= 0 || send(to, bytes, (size_t)n, MSG_NOSIGNAL) != n)
		return 0;
	return memcmp(bytes, later, sizeof(later)) == 0 ? 2 : 1;
}

static void *
run_relay(void *arg)
{
	struct relay *r = arg;
	struct sockaddr_un to;
	char path[96];
	int heard = 1, rc;

	r->client = accept(r->listening, NULL, NULL);
	snprintf(
	    path, sizeof(path), "%s/.s.PGSQL.5432", pg_server_folder(server));
	r->server = unix_socket(path, &to);
	if (connect(r->server, (struct sockaddr *)&to, sizeof(to)) == -1)
		return NULL;
	for (;;) {
		struct pollfd fd[] = { { r->client, POLLIN, 0 },
			{ r->server, POLLIN, 0 } };

		if (poll(fd, 2, -1) == -1)
			break;
		if (fd[1].revents != 0) {
			heard = 1;
			if (!pass_on(r->server, r->client))
				break;
		}
		if (fd[0].revents != 0) {
			rc = pass_on(r->client, r->server);
			if (rc == 0)
				break;
			r->n += heard && rc == 1;
			heard = 0;
		}
	}
	close(r->client);
	close(r->server);
	return NULL;
}

static void
begin_relay(struct relay *r)
{
	struct sockaddr_un at;

	memset(r, 0, sizeof(*r));
	strcpy(r->folder, "/tmp/waspool-relay-XXXXXX");
	assert_non_null(mkdtemp(r->folder));
	snprintf(r->path, sizeof(r->path), "%s/.s.PGSQL.5432", r->folder);
	r->listening = unix_socket(r->path, &at);
	assert_int_equal(
	    bind(r->listening, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(r->listening, 1), 0);
	assert_int_equal(pthread_create(&r->thread, NULL, run_relay, r), 0);
}

static void
end_relay(struct relay *r)
{
	pthread_join(r->thread, NULL);
	close(r->listening);
	unlink(r->path);
	rmdir(r->folder);
}

/* … since it was asked last. */
static int
round_trips(struct relay *r)
{
	int n = r->n;

	r->n = 0;
	return n;
}

static void
a_request_waits_for_as_few_answers_as_can_be(void **state)
{
	struct relay relay;
	struct session *s;
	struct member who;

	(void)state;
	signed_in(*state, "ann"); /* notes that it was used */
	begin_relay(&relay);
	s = session_open(target_of(relay.folder, "member_in"), LONG_MS);
	assert_non_null(s);
	/* What it reads with is prepared. */
	assert_int_equal(conversation_has(s, 1), 0);
	for (int i = 0; i < 2; i++) {
		/* GET: signs in, and reads in the same transaction. */
		round_trips(&relay);
		assert_int_equal(session_begin_cached(s, now), 0);
		assert_int_equal(round_trips(&relay), 0);
		assert_int_equal(session_sign_in(s, pool, "ann", now, &who), 1);
		assert_int_equal(round_trips(&relay), 1);
		assert_int_equal(conversation_has(s, 1), 1);
		assert_int_equal(round_trips(&relay), 1);
		assert_int_equal(conversation_has(s, 1), 1);
		assert_int_equal(round_trips(&relay), 1);
		session_end_read(s);
		session_serve(s, 0, 0);
	}
	/* A deadline costs none, either. */
	assert_int_equal(session_begin_read(s), 0);
	session_serve_member(s, &who);
	db_deadline(session_db(s), clock_ticks_ms() + LONG_MS);
	assert_int_equal(conversation_has(s, 1), 1);
	db_deadline(session_db(s), 0);
	assert_int_equal(conversation_has(s, 1), 1);
	session_end_read(s);
	assert_int_equal(round_trips(&relay), 2);
	/* POST: signs in; begins, serves and locks; writes; commits. */
	assert_int_equal(session_sign_in(s, pool, "ann", now, &who), 1);
	assert_int_equal(session_begin(s), 0);
	assert_int_equal(conversation_has(s, 1), 1);
	assert_int_equal(session_commit(s), 0);
	assert_int_equal(round_trips(&relay), 4);
	session_close(s);
	end_relay(&relay);
}

/* ------------------------------------------------------------------ threads */

static const char thread[] =
    "INSERT INTO messages(workspace_id, conversation_id, number_id, wamid,"
    " direction, source, type, content, preview, status, sent_at, created_at)"
    " SELECT 1, 1, 1, CASE n WHEN 2 THEN NULL ELSE 'w' || n END, 'inbound',"
    "  'live', 'text', '', '', 'received', n, 1"
    " FROM generate_series(1, 40) AS n;"
    "INSERT INTO reactions(workspace_id, number_id, target_wamid, sender,"
    " emoji, at, wamid) SELECT 1, 1, 'w' || n, 'from ' || k, 'e' || k,"
    "  k, 'r' FROM generate_series(1, 40) AS n"
    " CROSS JOIN generate_series(1, 9) AS k WHERE k <= n / 4;"
    "INSERT INTO reactions(workspace_id, number_id, target_wamid, sender,"
    " emoji, at, wamid) VALUES (1, 1, 'w1', 'taken back', '', 1, 'r'),"
    " (2, 2, 'w1', 'elsewhere', 'x', 1, 'r')";

static int
read_thread(struct session *s, struct message_list_row *page, int *more)
{
	static const struct message_list_place top = { INT64_MAX, INT64_MAX };

	return message_list_read(s, pool, 1, top, page, 50, more);
}

/* One message to the server, with all that is known before. */
static void
a_page_has_the_reactions_to_all_its_messages(void **state)
{
	struct message_list_row page[50];
	struct relay relay;
	struct session *s;
	int more;

	(void)state;
	change(thread);
	begin_relay(&relay);
	s = session_open(target_of(relay.folder, "member_in"), LONG_MS);
	assert_non_null(s);
	for (int i = 0; i < 3; i++) {
		int first = i == 2;

		/* From the second on all is prepared. */
		if (i == 1)
			signed_in(s, "ann");
		round_trips(&relay);
		assert_int_equal(session_begin_read(s), 0);
		conversation_prefetch_has(s, 1);
		message_list_prefetch(s, 1, MESSAGE_LIST_END, 50);
		assert_int_equal(conversation_has(s, 1), i != 0);
		assert_int_equal(read_thread(s, page, &more), i == 0 ? 0 : 40);
		session_end_read(s);
		if (first)
			assert_int_equal(round_trips(&relay), 1);
		assert_int_equal(more, 0);
		if (i == 1)
			read_thread(s, page, &more);
	}
	for (int i = 0; i < 40; i++) {
		size_t n = (size_t)(40 - i) / 4;

		assert_int_equal(page[i].n_reactions, n > 9 ? 9 : n);
		for (size_t k = 0; k < page[i].n_reactions; k++) {
			assert_int_equal(page[i].reactions[k].at, k + 1);
			assert_string_equal(page[i].reactions[k].from,
			    pool_printf(pool, "from %zu", k + 1));
		}
	}
	session_close(s);
	end_relay(&relay);
	change("DELETE FROM messages; DELETE FROM reactions");
}

/* Of the row, whatever its wamids are; and who sent it and has left. */
static void
a_message_says_what_it_quotes(void **state)
{
	static const char quotes[] =
	    "INSERT INTO former_members(workspace_id, user_id, name, left_at)"
	    " VALUES (1, 3, 'Zoe', 1);"
	    "UPDATE messages SET context = '{\"wamid\":\"w7\",\"from\":\"+1\"}'"
	    " WHERE wamid = 'w40';"
	    "UPDATE messages SET context = '{\"forwarded\":true}'"
	    " WHERE wamid = 'w39';"
	    "UPDATE messages SET context = '{\"wamid\":\"none\"}', sent_by = 3"
	    " WHERE wamid = 'w38';"
	    /* Not as we write it. */
	    "UPDATE messages SET context = '{\"x\":{\"wamid\":\"w8\"},'"
	    " || ' \"wamid\" : \"w\\u0039\"}' WHERE wamid = 'w37';"
	    "UPDATE messages SET context = "
	    "'{\"wamid\":\"w8\",\"wamid\":\"w9\"}'"
	    " WHERE wamid = 'w36';"
	    "INSERT INTO reactions(workspace_id, number_id, target_wamid,"
	    " sender, emoji, at, wamid) VALUES (1, 1, 'w40',"
	    " 'a \"b\" \\ ' || chr(10) || 'c', 'é' || chr(10), 7, 'r')";
	static const struct {
		int i;
		const char *wamid;
	} quoted[] = { { 0, "w7" }, { 1, NULL }, { 2, NULL }, { 3, "w9" },
		{ 4, "w9" }, { 5, NULL } };
	struct session *s = *state;
	struct message_list_row page[50], one;
	int more;

	change(thread);
	change(quotes);
	signed_in(s, "ann");
	assert_int_equal(read_thread(s, page, &more), 40);
	for (size_t i = 0; i < sizeof(quoted) / sizeof(quoted[0]); i++) {
		const struct message_list_row *m = &page[quoted[i].i];

		assert_int_equal(m->quoted_id,
		    quoted[i].wamid == NULL
			? 0
			: number(pool_printf(pool,
			      "SELECT id FROM messages WHERE wamid = '%s'",
			      quoted[i].wamid)));
		assert_int_equal(
		    m->quoted_conversation_id, quoted[i].wamid != NULL);
		assert_int_equal(message_list_get(s, pool, m->id, &one), 1);
		assert_int_equal(one.quoted_id, m->quoted_id);
		assert_int_equal(one.n_reactions, m->n_reactions);
	}
	assert_string_equal(page[2].sent_by_name, "Zoe");
	assert_string_equal(page[0].reactions[0].from, "a \"b\" \\ \nc");
	assert_string_equal(page[0].reactions[0].emoji, "é\n");
	change("DELETE FROM messages; DELETE FROM reactions;"
	       "DELETE FROM former_members");
}

static int
run(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const char *srcdir = getenv("srcdir");
	const struct CMUnitTest tests[] = {
		TEST(a_token_lets_in_to_one_workspace),
		TEST(no_other_word_lets_in),
		TEST(a_pass_lets_back_in_and_signs_nobody_in),
		TEST(what_was_revoked_lets_nobody_see_more),
		TEST(a_ticket_lets_in_once),
		TEST(a_browser_without_a_second_factor_does_not_come_back),
		TEST(last_use_is_kept_to_the_hour),
		TEST(who_works_for_all_serves_any_workspace_and_a_member_none),
		TEST(what_is_taken_back_does_not_take_whom_it_serves),
		TEST(who_leaves_takes_his_tokens_along),
		TEST(sealed_it_is_told_no_other_statement),
		TEST(who_only_reads_has_nothing_to_write_with),
		TEST(a_connection_that_was_cut_serves_the_same_member),
		TEST(a_page_has_the_reactions_to_all_its_messages),
		TEST(a_message_says_what_it_quotes),
		TEST(a_request_waits_for_as_few_answers_as_can_be),
	};
	int rc;

	log_open("test", LOG_LEVEL_WARN);
	digest_open();
	pool = pool_new();
	owner = db_open(
	    target_of(pg_server_folder(server), "waspool"), DB_WRITE, LONG_MS);
	assert_non_null(owner);
	assert_int_equal(
	    pg_server_lay_schema(owner, srcdir != NULL ? srcdir : "."), 0);
	change(people);
	pool_free(pool);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	db_close(owner);
	return rc;
}

int
main(void)
{
	return pg_server_serve(&server, run);
}
