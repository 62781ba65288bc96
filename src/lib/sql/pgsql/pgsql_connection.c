/*
 * The connection to PostgreSQL: one host after the other until one answers,
 * each within a time of its own, which libpq's own list of hosts does not give
 * to a caller that does not block.  A connection that is lost comes back before
 * the next transaction, and its statements are prepared again.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/pgsql/pgsql_handle.h"

#define HOST_MS	    2000 /* without connect_timeout */
#define PARAMETERS  64	 /* of a connection; libpq knows 40 */
#define VERSION_MIN 150000

/*
 * What a list needs is in order in an index, and what is looked for is found by
 * one, as on SQLite; with its own choice the planner sorts it, or, while tables
 * are small, has plans that read all of them for each statement
 * (docs/postgresql.md).  A program that stops in a transaction holds locks of
 * writers.
 */
#define SETTINGS                                                               \
	"SET client_min_messages = warning;"                                   \
	"SET standard_conforming_strings = on;"                                \
	"SET search_path = public, pg_temp;"                                   \
	"SET plan_cache_mode = force_generic_plan;"                            \
	"SET jit = off;"                                                       \
	"SET enable_sort = off;"                                               \
	"SET enable_seqscan = off;"                                            \
	"SET enable_bitmapscan = off;"                                         \
	"SET enable_hashjoin = off;"                                           \
	"SET enable_mergejoin = off;"                                          \
	"SET statement_timeout = 0;"                                           \
	"SET idle_in_transaction_session_timeout = '5min';"

static const char *
value_of(const PQconninfoOption *options, const char *keyword)
{
	for (; options->keyword != NULL; options++)
		if (text_is(options->keyword, keyword) &&
		    options->val != NULL && options->val[0] != '\0')
			return options->val;
	return NULL;
}

/* Item I of LIST, between commas, or its only one, in POOL; NULL none. */
static const char *
item_of(struct pool *pool, const char *list, int i)
{
	const char *s = list;

	if (list == NULL || strchr(list, ',') == NULL)
		return list;
	while (i-- > 0 && s != NULL)
		s = (s = strchr(s, ',')) != NULL ? s + 1 : NULL;
	return s == NULL ? NULL : pool_text(pool, s, strcspn(s, ","));
}

static int
count_items(const char *list)
{
	int n = 1;

	for (; list != NULL && *list != '\0'; list++)
		n += *list == ',';
	return n;
}

int
pgsql_connection_parse(struct pgsql *pg, const char *target)
{
	const char *ports;
	char *why = NULL;

	pg->options = PQconninfoParse(target, &why);
	PQfreemem(why); /* it repeats what was given, a password, too */
	if (pg->options == NULL)
		return pgsql_fail_own(pg, DB_BROKEN,
		    "not an address such as "
		    "postgresql://waspool@host/waspool");
	pg->n_hosts = count_items(value_of(pg->options, "hostaddr"));
	if (pg->n_hosts == 1)
		pg->n_hosts = count_items(value_of(pg->options, "host"));
	/* libpq repeats it, and where @ was left out it is the password. */
	ports = value_of(pg->options, "port");
	if (ports != NULL && ports[strspn(ports, "0123456789,")] != '\0')
		return pgsql_fail_own(
		    pg, DB_BROKEN, "a port is no number, or there is no @");
	if (pg->n_hosts > PGSQL_HOSTS_MAX)
		return pgsql_fail_own(
		    pg, DB_BROKEN, "more than %d hosts", PGSQL_HOSTS_MAX);
	return 0;
}

char *
pgsql_connection_name(const char *target)
{
	PQconninfoOption *options = PQconninfoParse(target, NULL);
	struct pool *pool = pool_new();
	const char *host, *database;
	char *name;

	if (options == NULL) {
		pool_free(pool);
		return xstrdup("postgresql");
	}
	host = value_of(options, "host");
	if (host == NULL)
		host = value_of(options, "hostaddr");
	database = value_of(options, "dbname");
	name = xstrdup(pool_printf(pool, "postgresql://%s/%s",
	    host != NULL ? host : "", database != NULL ? database : ""));
	PQconninfoFree(options);
	pool_free(pool);
	return name;
}

/* ------------------------------------------------------------- connecting */

struct parameters {
	const char *name[PARAMETERS + 1], *value[PARAMETERS + 1];
	int n;
};

static void
add_parameter(struct parameters *p, const char *name, const char *value)
{
	if (value == NULL || p->n == PARAMETERS)
		return;
	p->name[p->n] = name;
	p->value[p->n++] = value;
	p->name[p->n] = p->value[p->n] = NULL;
}

static void
add_default(const struct pgsql *pg, struct parameters *p, const char *name,
    const char *value)
{
	if (value_of(pg->options, name) == NULL)
		add_parameter(p, name, value);
}

/* What was given, of several hosts the one, and what we want of it. */
static void
fill_parameters(
    const struct pgsql *pg, struct pool *pool, int host, struct parameters *p)
{
	static const char *const lists[] = { "host", "hostaddr", "port", NULL };

	for (const PQconninfoOption *o = pg->options; o->keyword != NULL; o++)
		if (text_among(o->keyword, lists))
			add_parameter(
			    p, o->keyword, item_of(pool, o->val, host));
		else if (!text_is(o->keyword, "client_encoding"))
			add_parameter(p, o->keyword, o->val);
	add_parameter(p, "client_encoding", "UTF8");
	add_default(pg, p, "fallback_application_name", "waspool");
	/* A standby takes no writes, and is no use to who writes. */
	if (pg->mode >= DB_WRITE)
		add_default(pg, p, "target_session_attrs", "read-write");
	add_default(pg, p, "keepalives_idle", "30");
	add_default(pg, p, "keepalives_interval", "10");
	add_default(pg, p, "keepalives_count", "3");
	add_default(
	    pg, p, "tcp_user_timeout", pool_printf(pool, "%d", pg->answer_ms));
}

static int
time_for_host(const struct pgsql *pg)
{
	const char *given = value_of(pg->options, "connect_timeout");
	long seconds = given != NULL ? strtol(given, NULL, 10) : 0;

	return seconds > 0 && seconds < 3600 ? (int)seconds * 1000 : HOST_MS;
}

/* Nobody reads what the server remarks; libpq would print it. */
static void
ignore_notice(void *arg, const PGresult *result)
{
	(void)arg;
	(void)result;
}

/* 0, or -1 and the reason. */
static int
poll_connection(struct pgsql *pg, int64_t until_ms)
{
	PostgresPollingStatusType status = PGRES_POLLING_WRITING;

	while (status == PGRES_POLLING_READING ||
	       status == PGRES_POLLING_WRITING) {
		if (pgsql_wait_socket(pg->conn,
			status == PGRES_POLLING_READING ? POLLIN : POLLOUT,
			until_ms) == -1)
			return pgsql_fail_own(pg, DB_BUSY, "%s",
			    "the server does not answer in time");
		status = PQconnectPoll(pg->conn);
	}
	return status == PGRES_POLLING_OK ? 0 : pgsql_fail_result(pg, NULL);
}

/* What no later try would change is said as such. */
static int
check_server(struct pgsql *pg)
{
	const char *encoding = PQparameterStatus(pg->conn, "server_encoding");

	if (PQserverVersion(pg->conn) < VERSION_MIN)
		return pgsql_fail_own(pg, DB_BROKEN,
		    "PostgreSQL %d is too old: it has to be 15 or newer",
		    PQserverVersion(pg->conn) / 10000);
	if (!text_is(encoding, "UTF8"))
		return pgsql_fail_own(pg, DB_BROKEN,
		    "the database has the encoding %s: make another one, "
		    "createdb --template=template0 --encoding=UTF8 "
		    "--lc-collate=C --lc-ctype=C.UTF-8 %s",
		    encoding, PQdb(pg->conn));
	return 0;
}

static int
settle_handle(struct pgsql *pg)
{
	struct pool *pool;
	const char *text;
	char lock[96];
	int rc;

	if (check_server(pg) == -1)
		return -1;
	pool = pool_new();
	text = pool_printf(pool,
	    SETTINGS
	    "SET default_transaction_read_only = %s; SET lock_timeout = %d",
	    pg->mode >= DB_WRITE ? "off" : "on", pg->wait_ms);
	rc = pgsql_wait_say(pg, text, 0, NULL);
	if (rc == 0)
		rc = pgsql_front_settle(pg);
	pool_free(pool);
	if (rc == -1 || !pg->unsettled)
		return rc;
	/* The commit whose answer was lost may still be under way, in a backend
	 * that does not know that we are gone.  It has our own lock: behind it
	 * what we read is how it ended. */
	snprintf(lock, sizeof(lock), "BEGIN; SELECT %s(%lld); ROLLBACK",
	    pg->guarded ? "lock_my_workspace" : "pg_advisory_xact_lock",
	    (long long)pg->own_lock);
	rc = pgsql_wait_say(pg, lock, pg->wait_ms, NULL);
	pg->unsettled = rc == -1;
	return rc;
}

static int
connect_to(struct pgsql *pg, int host)
{
	struct parameters p = { .n = 0 };
	struct pool *pool = pool_new();

	fill_parameters(pg, pool, host, &p);
	pg->conn = PQconnectStartParams(p.name, p.value, 0);
	pool_free(pool);
	if (pg->conn == NULL)
		die(EX_OSERR, "out of memory");
	PQsetNoticeReceiver(pg->conn, ignore_notice, NULL);
	if (PQstatus(pg->conn) == CONNECTION_BAD)
		pgsql_fail_result(pg, NULL);
	else if (poll_connection(pg, clock_ticks_ms() + time_for_host(pg)) ==
		 0) {
		PQsetnonblocking(pg->conn, 1);
		pg->host = host;
		if (settle_handle(pg) == 0)
			return 0;
	}
	pgsql_link_drop(pg);
	return -1;
}

static int
connect_to_any(struct pgsql *pg)
{
	struct pool *pool = pool_new();
	struct buf all = { .pool = pool };
	int first = pg->host; /* the one that answered last */
	int rc = -1;

	for (int i = 0; i < pg->n_hosts && rc == -1; i++) {
		rc = connect_to(pg, (first + i) % pg->n_hosts);
		buf_printf(&all, "%s%s", i > 0 ? "; " : "", pg->why);
	}
	/* What all hosts said is the reason. */
	snprintf(pg->why, sizeof(pg->why), "%s", buf_end(&all));
	pool_free(pool);
	if (rc == 0 && pg->made++ > 0)
		log_info("%s: connected again", pg->db.path);
	return rc;
}

/* A server that ended while nobody asked it anything has said so. */
static void
look_for_end(struct pgsql *pg)
{
	while (pg->conn != NULL && PQsocket(pg->conn) != -1 &&
	       pgsql_wait_socket(pg->conn, POLLIN, 0) == 0)
		if (PQconsumeInput(pg->conn) == 0)
			pgsql_link_drop(pg);
}

int
pgsql_connection_ready(struct pgsql *pg)
{
	pgsql_wait_rest(pg);
	if (pg->begun && !pg->unsaid && pgsql_link_is_lost(pg))
		return pgsql_fail_own(pg, DB_BUSY,
		    "the connection was lost within this transaction");
	if ((!pg->begun || pg->unsaid) && pg->leave)
		pgsql_link_drop(pg);
	if (!pg->begun || pg->unsaid)
		look_for_end(pg);
	if (!pgsql_link_is_lost(pg))
		return 0;
	pgsql_link_drop(pg);
	return connect_to_any(pg);
}
