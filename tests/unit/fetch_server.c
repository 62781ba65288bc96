/*
 * A small HTTP server: fetch_server.h.  It ends with its program.
 */
#include "fetch_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int fetch_server_port;
atomic_int fetch_server_requests, fetch_server_drops;
static int listener;
static atomic_int connections;

struct peer {
	int fd;
	int number;
	char got[65536]; /* head and body of a request */
	size_t len;
};

static void
answer(struct peer *p, const char *head, const char *body)
{
	char out[8192];
	int n = snprintf(out, sizeof(out),
	    "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", head, strlen(body),
	    body);

	if (send(p->fd, out, (size_t)n, MSG_NOSIGNAL) < 0)
		perror("send");
}

/* A whole request into GOT: 1, or 0 when the other side has gone. */
static int
take(struct peer *p)
{
	size_t want = 0;

	p->len = 0;
	do {
		ssize_t n = recv(
		    p->fd, p->got + p->len, sizeof(p->got) - 1 - p->len, 0);
		char *end, *length;

		if (n <= 0)
			return 0;
		p->len += (size_t)n;
		p->got[p->len] = '\0';
		end = strstr(p->got, "\r\n\r\n");
		length = strstr(p->got, "Content-Length: ");
		if (end != NULL)
			want = (size_t)(end + 4 - p->got) +
			       (length != NULL ? strtoul(length + 16, NULL, 10)
					       : 0);
	} while (want == 0 || p->len < want);
	return 1;
}

static int
asks(const struct peer *p, const char *path)
{
	const char *at = strchr(p->got, ' ');

	return at != NULL && strncmp(at + 1, path, strlen(path)) == 0 &&
	       at[1 + strlen(path)] == ' ';
}

static void
answer_later(struct peer *p)
{
	time_t at = time(NULL) + (asks(p, "/past") ? -90 : 90);
	char head[128];

	if (asks(p, "/later")) {
		answer(p, "429 Slow\r\nRetry-After: 120", "wait");
		return;
	}
	strftime(head, sizeof(head),
	    "503 Busy\r\nRetry-After: %a, %d %b %Y %H:%M:%S GMT", gmtime(&at));
	answer(p, head, "wait");
}

/* 1 when the connection goes on. */
static int
serve(struct peer *p)
{
	static const char half[] =
	    "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it";
	char body[4096];

	if (asks(p, "/drop")) {
		fetch_server_drops++;
		return 0;
	}
	if (asks(p, "/slow"))
		return recv(p->fd, body, 1, 0) > 0; /* until it hangs up */
	if (asks(p, "/half"))
		return send(p->fd, half, sizeof(half) - 1, MSG_NOSIGNAL) < 0;
	if (asks(p, "/redirect"))
		snprintf(body, sizeof(body),
		    "302 Found\r\nLocation: http://127.0.0.1:%d/who",
		    fetch_server_port);
	if (asks(p, "/redirect"))
		answer(p, body, "elsewhere");
	else if (asks(p, "/later") || asks(p, "/date") || asks(p, "/past"))
		answer_later(p);
	else if (asks(p, "/echo"))
		answer(p, "200 OK\r\nContent-Type: text/plain", p->got);
	else if (asks(p, "/missing"))
		answer(p, "404 None", "no such thing");
	else if (asks(p, "/long")) {
		memset(body, 'x', sizeof(body) - 1);
		body[sizeof(body) - 1] = '\0';
		answer(p, "200 OK", body);
	} else {
		snprintf(body, sizeof(body), "%d", p->number);
		answer(p, "200 OK", body);
	}
	return 1;
}

static void *
run_peer(void *arg)
{
	struct peer *p = arg;

	while (take(p)) {
		fetch_server_requests++;
		if (!serve(p))
			break;
	}
	close(p->fd);
	free(p);
	return NULL;
}

static void *
run_server(void *arg)
{
	pthread_t thread;

	(void)arg;
	for (;;) {
		struct peer *p = calloc(1, sizeof(*p));

		p->fd = accept(listener, NULL, NULL);
		p->number = ++connections;
		if (p->fd == -1 ||
		    pthread_create(&thread, NULL, run_peer, p) != 0) {
			free(p);
			return NULL;
		}
		pthread_detach(thread);
	}
}

int
fetch_server_listen(int *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&a, len) != 0 || listen(fd, 64) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) != 0)
		abort();
	*port = ntohs(a.sin_port);
	return fd;
}

void
fetch_server_start(void)
{
	pthread_t thread;

	listener = fetch_server_listen(&fetch_server_port);
	if (pthread_create(&thread, NULL, run_server, NULL) != 0)
		abort();
	pthread_detach(thread);
}
