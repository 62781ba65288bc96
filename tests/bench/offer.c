/*
 * Offers POSTs at a rate, whatever becomes of them: an open loop.  A request
 * is due at its time; when all connections are busy another is opened, and its
 * latency counts from when it was due, so that a server which stalls is not
 * spared what came meanwhile.
 *
 *     offer PORT PATH RATE SECONDS FILE [HEADER...]
 *
 * A line of FILE is a header, a tab, a body; they are sent in turn, over and
 * over, on kept connections to 127.0.0.1.  Prints a line of JSON; "late" is
 * how late the client itself was, which is in the latency too.
 */
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "offer.h"

#define CONNECTIONS_MAX 2000
#define CONNECTIONS	16 /* that are open before it begins */
#define ANSWER_MAX	8192
#define REST_NS		10000000000LL /* how long the last may take */

struct connection {
	int fd, busy;
	int64_t due;
	size_t len;
	char answer[ANSWER_MAX + 1];
	struct connection *next; /* among the idle */
};

static struct connection *idle;
static struct offer_list list;
static double *took_ms, *late_ms;
static size_t n_sent, n_took, n_late, n_errors, n_busy, n_connections;
static struct sockaddr_in server = { .sin_family = AF_INET };
static int events_fd;

static void
fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void
dial(struct connection *c)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
	int one = 1;

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd == -1 ||
	    connect(c->fd, (struct sockaddr *)&server, sizeof(server)) == -1)
		fail("connect");
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (epoll_ctl(events_fd, EPOLL_CTL_ADD, c->fd, &event) == -1)
		fail("epoll_ctl");
}

static struct connection *
take(void)
{
	struct connection *c = idle;

	if (c == NULL) {
		if (n_connections == CONNECTIONS_MAX)
			return NULL;
		c = calloc(1, sizeof(*c));
		if (c == NULL)
			fail("calloc");
		c->fd = -1;
		n_connections++;
	} else {
		idle = c->next;
	}
	if (c->fd == -1)
		dial(c);
	return c;
}

static void
release(struct connection *c)
{
	n_busy -= (size_t)c->busy;
	c->busy = 0;
	c->next = idle;
	idle = c;
}

/* The server closed it; idle ones it closes some time, that is no error. */
static void
lost(struct connection *c)
{
	close(c->fd);
	c->fd = -1;
	if (c->busy) {
		n_errors++;
		release(c);
	}
}

/* One that is due, or nothing, while there is no connection for it. */
static int
offer(int64_t due)
{
	const struct offer_request *r = &list.request[n_sent % list.n];
	struct connection *c = take();

	if (c == NULL)
		return 0;
	c->due = due;
	c->len = 0;
	c->busy = 1;
	n_sent++;
	n_busy++;
	late_ms[n_late++] = (double)(now_ns() - due) / 1e6;
	if (send(c->fd, r->text, r->len, MSG_NOSIGNAL) != (ssize_t)r->len)
		lost(c);
	return 1;
}

/* 1 when the whole answer is there. */
static int
is_whole(const struct connection *c)
{
	const char *body = strstr(c->answer, "\r\n\r\n"), *length;

	if (body == NULL)
		return 0;
	length = strcasestr(c->answer, "\r\nContent-Length:");
	if (length != NULL && length < body)
		return c->len >= (size_t)(body + 4 - c->answer) +
				     strtoul(length + 17, NULL, 10);
	return c->len >= 5 &&
	       memcmp(c->answer + c->len - 5, "0\r\n\r\n", 5) == 0;
}

static void
hear(struct connection *c)
{
	ssize_t n = recv(c->fd, c->answer + c->len, ANSWER_MAX - c->len, 0);

	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0) {
		lost(c);
		return;
	}
	c->len += (size_t)n;
	c->answer[c->len] = '\0';
	if (!is_whole(c))
		return;
	if (strncmp(c->answer, "HTTP/1.1 2", 10) == 0)
		took_ms[n_took++] = (double)(now_ns() - c->due) / 1e6;
	else
		n_errors++;
	if (strcasestr(c->answer, "\r\nConnection: close") != NULL) {
		close(c->fd);
		c->fd = -1;
	}
	release(c);
}

static void
alarm_at(int fd, int64_t at)
{
	struct itimerspec when = { .it_value = { .tv_sec = at / 1000000000,
				       .tv_nsec = at % 1000000000 } };

	timerfd_settime(fd, TFD_TIMER_ABSTIME, &when, NULL);
}

/* TOTAL requests, PERIOD apart; returns how long that took, in ns. */
static int64_t
run(size_t total, double period)
{
	struct epoll_event events[64], tick = { .events = EPOLLIN };
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	int64_t began = now_ns() + 10000000, due = began, end = 0;
	uint64_t ticks;

	epoll_ctl(events_fd, EPOLL_CTL_ADD, timer, &tick);
	while (n_sent < total || n_busy > 0) {
		int64_t now = now_ns();
		int n;

		while (n_sent < total && due <= now && offer(due)) {
			due = began + (int64_t)(period * (double)n_sent);
			end = now;
		}
		if (n_sent == total && now > end + REST_NS)
			break;
		if (n_sent < total && due <= now) /* none is free: soon */
			alarm_at(timer, now + 1000000);
		else
			alarm_at(timer, n_sent < total ? due : end + REST_NS);
		n = epoll_wait(events_fd, events, 64, -1);
		for (int i = 0; i < n; i++)
			if (events[i].data.ptr != NULL)
				hear(events[i].data.ptr);
			else if (read(timer, &ticks, sizeof(ticks)) == -1 &&
				 errno != EAGAIN)
				fail("timer");
	}
	close(timer);
	n_errors += n_busy;
	return end - began;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
part(const double *ms, size_t n, double share)
{
	size_t i = (size_t)(share * (double)n);

	return n == 0 ? -1 : ms[i < n ? i : n - 1];
}

static void
report(double rate)
{
	qsort(took_ms, n_took, sizeof(*took_ms), compare);
	qsort(late_ms, n_late, sizeof(*late_ms), compare);
	printf("{\"n\":%zu,\"errors\":%zu,\"rate\":%.1f,\"p50_ms\":%.3f,"
	       "\"p99_ms\":%.3f,\"max_ms\":%.3f,\"late_p99_ms\":%.3f,"
	       "\"connections\":%zu}\n",
	    n_took, n_errors, rate, part(took_ms, n_took, 0.5),
	    part(took_ms, n_took, 0.99), part(took_ms, n_took, 1),
	    part(late_ms, n_late, 0.99), n_connections);
}

int
main(int argc, char **argv)
{
	struct connection *open_now[CONNECTIONS];
	double rate;
	size_t total;
	int64_t ns;

	if (argc < 6)
		return EXIT_FAILURE;
	rate = atof(argv[3]);
	total = (size_t)(rate * atof(argv[4]));
	offer_load(&list, argv[5], argv[2], argv + 6);
	took_ms = calloc(total + 1, sizeof(*took_ms));
	late_ms = calloc(total + 1, sizeof(*late_ms));
	server.sin_port = htons((uint16_t)atoi(argv[1]));
	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	events_fd = epoll_create1(EPOLL_CLOEXEC);
	prctl(PR_SET_TIMERSLACK, 1);
	for (int i = 0; i < CONNECTIONS; i++)
		open_now[i] = take();
	for (int i = 0; i < CONNECTIONS; i++)
		release(open_now[i]);
	ns = run(total, 1e9 / rate);
	report((double)n_sent / ((double)ns / 1e9));
	return n_errors == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
