/*
 * Runs a check in a process of its own.  The check writes its result into a
 * pipe, perhaps several times, and the last one counts; when it dies, the
 * reason is read from its stderr.  All run at once, and one that is not done in
 * time is killed.
 */
#include <sys/prctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/pool.h"

#include "cli/doctor/doctor.h"

#define TIME_MS	     8000
#define FINDINGS_MAX 4 /* shown in full; the others are counted */
#define CHECKS_MAX   64

struct child {
	pid_t pid;
	int out, err; /* -1: closed */
	struct buf said, died;
};

/* ---------------------------------------------------------- in the child */

void
doctor_tell(struct doctor *d)
{
	const char *says = d->says != NULL ? d->says : "nothing to say";
	struct buf b = { .pool = d->pool };
	size_t done = 0;

	buf_printf(&b, "%d", (int)d->state);
	buf_printf(&b, "%s", says);
	if (d->found > FINDINGS_MAX)
		buf_printf(&b, "; and %d more", d->found - FINDINGS_MAX);
	buf_put(&b, "", 1);
	buf_printf(&b, "%s", d->type != NULL ? d->type : "");
	buf_put(&b, "", 1);
	buf_end(&b);
	while (done < b.len) {
		ssize_t n = write(d->out, b.s + done, b.len - done);

		if (n == -1 && errno != EINTR)
			_exit(EX_IOERR);
		done += n > 0 ? (size_t)n : 0;
	}
}

/* Joins the commands of all findings, each once. */
static const char *
join_child(struct pool *pool, const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a != NULL ? a : b;
	if (strstr(a, b) != NULL)
		return a;
	return pool_printf(pool, "%s && %s", a, b);
}

void
doctor_say(struct doctor *d, enum doctor_state state, const char *type,
    const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (d->says == NULL || (d->state == DOCTOR_OK && state != DOCTOR_OK)) {
		d->says = pool_copy(d->pool, text);
		d->type = type;
		d->found = 1;
		d->state = state;
		return;
	}
	if (state == DOCTOR_OK)
		return;
	if (state > d->state)
		d->state = state;
	if (++d->found > FINDINGS_MAX)
		return;
	d->says = pool_printf(d->pool, "%s; %s", d->says, text);
	d->type = join_child(d->pool, d->type, type);
}

static void
work_child(
    const struct doctor_row *row, int whole, int64_t now, int out, int err)
{
	struct doctor d = { .pool = pool_new(),
		.now = now,
		.whole = whole,
		.name = row->name,
		.out = out };
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	dup2(nowhere, STDIN_FILENO);
	dup2(nowhere, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	row->check(&d);
	doctor_tell(&d);
	_exit(EX_OK);
}

/* --------------------------------------------------------- in the parent */

static int
begin_child(struct child *c, const struct doctor_row *row, struct pool *pool,
    int whole, int64_t now)
{
	int out[2], err[2];

	c->pid = -1;
	c->out = c->err = -1;
	c->said.pool = c->died.pool = pool;
	if (pipe2(out, O_CLOEXEC) == -1)
		return -1;
	if (pipe2(err, O_CLOEXEC) == -1) {
		close(out[0]);
		close(out[1]);
		return -1;
	}
	c->pid = fork();
	if (c->pid == 0)
		work_child(row, whole, now, out[1], err[1]);
	close(out[1]);
	close(err[1]);
	c->out = out[0];
	c->err = err[0];
	return c->pid == -1 ? -1 : 0;
}

static void
take_child(int *fd, struct buf *b)
{
	char piece[4096];
	ssize_t n = read(*fd, piece, sizeof(piece));

	if (n > 0) {
		buf_put(b, piece, (size_t)n);
	} else if (n == 0 || errno != EINTR) {
		close(*fd);
		*fd = -1;
	}
}

/* Reads what all checks write, until they end or the time is over. */
static void
listen_to(struct child *c, size_t n, int64_t end)
{
	struct pollfd p[2 * CHECKS_MAX];
	size_t open;

	do {
		int64_t left = end - clock_ticks_ms();

		open = 0;
		for (size_t i = 0; i < n; i++) {
			p[2 * i] = (struct pollfd){ c[i].out, POLLIN, 0 };
			p[2 * i + 1] = (struct pollfd){ c[i].err, POLLIN, 0 };
			open += c[i].out != -1 || c[i].err != -1;
		}
		if (open == 0 || left <= 0)
			break;
		if (poll(p, 2 * (nfds_t)n, left > 1000 ? 1000 : (int)left) <= 0)
			continue;
		for (size_t i = 0; i < n; i++) {
			if (p[2 * i].revents != 0)
				take_child(&c[i].out, &c[i].said);
			if (p[2 * i + 1].revents != 0)
				take_child(&c[i].err, &c[i].died);
		}
	} while (open > 0);
}

/* The last complete result of a check: 1; 0 there is none. */
static int
read_said(struct child *c, struct pool *pool, struct doctor_result *r)
{
	const char *s = c->said.s, *end = s + c->said.len;
	int found = 0;

	while (s != NULL && s < end) {
		const char *says = s + 1, *type, *stop;

		stop = memchr(says, '\0', (size_t)(end - says));
		if (stop == NULL)
			break;
		type = stop + 1;
		stop = memchr(type, '\0', (size_t)(end - type));
		if (stop == NULL)
			break;
		r->state = (enum doctor_state)(*s - '0');
		r->says = pool_copy(pool, says);
		r->type = *type != '\0' ? pool_copy(pool, type) : NULL;
		found = 1;
		s = stop + 1;
	}
	return found;
}

/* The message in its last log line, or that line. */
static const char *
last_words(struct child *c, struct pool *pool)
{
	char *s = buf_end(&c->died), *line, *msg, *to;

	while (c->died.len > 0 && s[c->died.len - 1] == '\n')
		s[--c->died.len] = '\0';
	line = strrchr(s, '\n');
	line = line != NULL ? line + 1 : s;
	msg = strstr(line, "msg=\"");
	if (msg == NULL)
		return *line != '\0' ? pool_copy(pool, line) : NULL;
	to = line = msg + strlen("msg=\"");
	for (const char *from = line; *from != '\0' && *from != '"'; from++) {
		if (*from == '\\' && from[1] != '\0')
			from++;
		*to++ = *from;
	}
	*to = '\0';
	return pool_copy(pool, line);
}

static void
end(struct child *c, struct pool *pool, int late, struct doctor_result *r)
{
	int status = 0, told = read_said(c, pool, r);
	const char *words = last_words(c, pool);

	/* Kills a check; one that hangs on a dead disk cannot be killed, so
	 * it is not waited for. */
	if (late && c->pid != -1) {
		kill(c->pid, SIGKILL);
		waitpid(c->pid, &status, WNOHANG);
	} else if (c->pid != -1) {
		waitpid(c->pid, &status, 0);
	}
	if (c->out != -1)
		close(c->out);
	if (c->err != -1)
		close(c->err);
	if (told && (late || (WIFEXITED(status) && WEXITSTATUS(status) == 0)))
		return;
	if (told && r->state == DOCTOR_FAIL && words != NULL &&
	    WIFEXITED(status) && WEXITSTATUS(status) == EX_UNAVAILABLE) {
		r->says = pool_printf(pool, "%s: %s", r->says, words);
		return;
	}
	r->state = DOCTOR_UNKNOWN;
	r->type = NULL;
	if (c->pid == -1)
		r->says = "could not look: no process or pipe can be made";
	else if (late)
		r->says = pool_printf(pool,
		    "could not look: not done in %d s (a disk or a peer hangs)",
		    TIME_MS / 1000);
	else if (WIFSIGNALED(status))
		r->says = pool_printf(pool,
		    "could not look: ended by signal %d", WTERMSIG(status));
	else
		r->says = pool_printf(pool, "could not look: %s",
		    words != NULL ? words : "no reason is known");
}

void
doctor_run(struct pool *pool, const struct doctor_row *rows, size_t n,
    int whole, int64_t now, struct doctor_result *out)
{
	int64_t until = whole ? INT64_MAX : clock_ticks_ms() + TIME_MS;
	struct child child[CHECKS_MAX] = { 0 };

	if (n > CHECKS_MAX)
		n = CHECKS_MAX;
	fflush(NULL);
	for (size_t i = 0; i < n; i++)
		begin_child(&child[i], &rows[i], pool, whole, now);
	listen_to(child, n, until);
	for (size_t i = 0; i < n; i++)
		end(&child[i], pool, child[i].out != -1 || child[i].err != -1,
		    &out[i]);
}
