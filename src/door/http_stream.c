/*
 * Answers that go on (http_stream.h).
 */
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>

#include <fcgiapp.h>

#include "door/http.h"
#include "door/http_io.h"
#include "door/http_stream.h"

int
http_begin(const struct http_request *request, const struct http_answer *answer)
{
	struct http_io *io = request->transport;

	io->goes_on = 1;
	http_io_head(io, answer);
	return http_write(request, "", 0);
}

int
http_write(const struct http_request *request, const char *s, size_t len)
{
	struct http_io *io = request->transport;

	if (io->fcgi == NULL)
		return fwrite(s, 1, len, stdout) == len && fflush(stdout) == 0
			   ? 0
			   : -1;
	/* libfcgi remembers an error: what comes after it fails too. */
	if (FCGX_PutStr(s, (int)len, io->fcgi->out) == -1 ||
	    FCGX_FFlush(io->fcgi->out) == -1)
		return -1;
	return 0;
}

int
http_listens(const struct http_request *request)
{
	const struct http_io *io = request->transport;
	struct pollfd peer = { .fd = 1, .events = POLLRDHUP };
	char byte;

	/* The web server sends nothing more; what can be read is its end, or
	 * an abort, which means the same. */
	if (io->fcgi != NULL)
		return recv(io->fcgi->ipcFd, &byte, 1,
			   MSG_PEEK | MSG_DONTWAIT) == -1 &&
		       (errno == EAGAIN || errno == EINTR);
	return poll(&peer, 1, 0) != 1 ||
	       (peer.revents & (POLLERR | POLLHUP | POLLRDHUP)) == 0;
}
