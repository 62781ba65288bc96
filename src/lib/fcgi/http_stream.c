/*
 * Answers that go on (http_stream.h).
 */
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>

#include "lib/fcgi/http.h"
#include "lib/fcgi/http_io.h"
#include "lib/fcgi/http_stream.h"

int
http_begin(const struct http_request *request, const struct http_answer *answer)
{
	struct http_io *io = request->transport;

	io->goes_on = 1;
	http_io_head(io, answer);
	return io->gone ? -1 : 0;
}

int
http_write(const struct http_request *request, const char *s, size_t len)
{
	return http_io_write(request->transport, s, len);
}

int
http_listens(const struct http_request *request)
{
	const struct http_io *io = request->transport;
	struct pollfd peer = { .fd = 1, .events = POLLRDHUP };
	char byte;

	/* The web server sends nothing more; what can be read is its end, or
	 * an abort, which means the same. */
	if (io->fd != -1)
		return recv(io->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == -1 &&
		       (errno == EAGAIN || errno == EINTR);
	return poll(&peer, 1, 0) != 1 ||
	       (peer.revents & (POLLERR | POLLHUP | POLLRDHUP)) == 0;
}
