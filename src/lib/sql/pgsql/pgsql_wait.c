/*
 * Waiting for PostgreSQL.  libpq would wait for ever for a server that is
 * stopped or a network that swallows all, and neither its connect_timeout nor
 * the system's keepalives notice that; so it works without blocking, and every
 * wait is a poll(2) that ends.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"

#include "lib/sql/pgsql/pgsql_handle.h"

/* So much later than the server, which is to notice a deadline itself. */
#define GRACE_MS 5000

int64_t
pgsql_wait_until(const struct pgsql *pg, int extra_ms)
{
	int64_t until = clock_ticks_ms() + pg->answer_ms + extra_ms;
	int64_t deadline = pg->db.deadline_ms;

	if (deadline != 0 && deadline + GRACE_MS < until)
		return deadline + GRACE_MS;
	return until;
}

int
pgsql_wait_socket(PGconn *conn, short events, int64_t until_ms)
{
	struct pollfd fd = { .fd = PQsocket(conn), .events = events };

	/* Without a socket libpq has something to say. */
	while (fd.fd != -1) {
		int64_t left = until_ms - clock_ticks_ms();
		int n = poll(&fd, 1, left > 0 ? (int)left : 0);

		if (n > 0 || (n == -1 && errno != EINTR))
			return 0;
		if (left <= 0)
			return -1;
	}
	return 0;
}

/* Until libpq has a whole answer, or knows that none comes: 0; -1, and the
 * connection is dropped. */
static int
wait_whole(struct pgsql *pg, int64_t until_ms)
{
	for (;;) {
		int unsent = PQflush(pg->conn);
		short events = unsent == 1 ? POLLIN | POLLOUT : POLLIN;

		/* Also when the server has said why it goes, and gone. */
		if (unsent != 1 && !PQisBusy(pg->conn))
			return 0;
		if (unsent == -1) {
			pgsql_fail_result(pg, NULL);
			pgsql_link_drop(pg);
			return -1;
		}
		if (pgsql_wait_socket(pg->conn, events, until_ms) == -1) {
			pgsql_link_drop(pg);
			return pgsql_fail_own(pg,
			    pg->db.deadline_ms != 0 ? DB_DEADLINE : DB_BUSY,
			    "no answer in time: the connection is given up");
		}
		if (PQconsumeInput(pg->conn) == 0 && PQsocket(pg->conn) != -1) {
			pgsql_fail_result(pg, NULL);
			pgsql_link_drop(pg);
			return -1;
		}
	}
}

/* Also what was not run, since it stood behind what failed. */
static int
has_failed(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK;
}

/* One to which libpq would answer for ever. */
static int
is_copy(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_COPY_IN || status == PGRES_COPY_OUT ||
	       status == PGRES_COPY_BOTH;
}

/* NEXT ends all answers.  Of several statements in one message each has an end
 * of its own, and those behind one that failed were not run. */
static int
is_end(struct pgsql *pg, PGresult *next)
{
	if (next == NULL)
		return PQpipelineStatus(pg->conn) == PQ_PIPELINE_OFF ||
		       PQstatus(pg->conn) != CONNECTION_OK;
	if (PQresultStatus(next) != PGRES_PIPELINE_SYNC)
		return 0;
	PQclear(next);
	PQexitPipelineMode(pg->conn);
	return 1;
}

/* Of all answers the last N, and the first failure. */
struct pgsql_answers {
	PGresult **last;
	int n;
	PGresult *failed;
};

static void
keep_answer(struct pgsql_answers *kept, PGresult *next)
{
	if (next != NULL && has_failed(next)) {
		if (kept->failed == NULL)
			kept->failed = next;
		else
			PQclear(next);
		next = NULL;
	}
	PQclear(kept->last[0]);
	memmove(kept->last, kept->last + 1,
	    sizeof(kept->last[0]) * (size_t)(kept->n - 1));
	kept->last[kept->n - 1] = next;
}

static int
collect(struct pgsql *pg, int64_t until_ms, struct pgsql_answers *kept)
{
	PGresult *next;

	while (wait_whole(pg, until_ms) == 0) {
		next = PQgetResult(pg->conn);
		if (is_end(pg, next))
			return 0;
		if (next == NULL)
			continue;
		if (is_copy(next)) {
			PQclear(next);
			pgsql_link_drop(pg);
			return pgsql_fail_own(
			    pg, DB_BROKEN, "COPY is not spoken here");
		}
		keep_answer(kept, next);
	}
	return -1;
}

static int
is_whole(const struct pgsql_answers *kept)
{
	for (int i = 0; i < kept->n; i++)
		if (kept->last[i] == NULL)
			return 0;
	return kept->failed == NULL;
}

int
pgsql_wait_answers(
    struct pgsql *pg, int sent, int64_t until_ms, PGresult **answers, int n)
{
	struct pgsql_answers kept = { answers, n, NULL };
	int rc;

	memset(answers, 0, sizeof(answers[0]) * (size_t)n);
	if (!sent) {
		rc = pgsql_fail_result(pg, NULL);
		/* Half a message. */
		if (PQpipelineStatus(pg->conn) != PQ_PIPELINE_OFF)
			pgsql_link_drop(pg);
	} else if ((rc = collect(pg, until_ms, &kept)) == 0 && !is_whole(&kept))
		rc = pgsql_fail_result(pg, kept.failed);
	if (pg->conn != NULL && PQstatus(pg->conn) != CONNECTION_OK)
		pgsql_link_drop(pg);
	PQclear(kept.failed);
	return rc;
}

int
pgsql_wait_answer(
    struct pgsql *pg, int sent, int64_t until_ms, PGresult **answer)
{
	PGresult *last;
	int rc = pgsql_wait_answers(pg, sent, until_ms, &last, 1);

	if (rc == 0 && answer != NULL)
		*answer = last;
	else
		PQclear(last);
	return rc;
}

int
pgsql_wait_say(
    struct pgsql *pg, const char *sql, int extra_ms, PGresult **answer)
{
	int64_t until = pgsql_wait_until(pg, extra_ms);

	if (pg->conn == NULL)
		return pgsql_fail_own(pg, DB_BUSY, "the connection is lost");
	return pgsql_wait_answer(pg, PQsendQuery(pg->conn, sql), until, answer);
}

void
pgsql_wait_later(struct pgsql *pg)
{
	if (pg->unsaid || PQtransactionStatus(pg->conn) == PQTRANS_IDLE)
		return;
	if (PQsendQuery(pg->conn, "ROLLBACK"))
		pg->end_ms = pgsql_wait_until(pg, 0);
	else
		pgsql_link_drop(pg);
}

void
pgsql_wait_rest(struct pgsql *pg)
{
	int64_t until = pg->end_ms;

	pg->end_ms = 0;
	/* It must not stay open. */
	if (until != 0 && pg->conn != NULL &&
	    pgsql_wait_answer(pg, 1, until, NULL) == -1)
		pgsql_link_drop(pg);
}
