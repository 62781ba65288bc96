/*
 * Bodies of FastCGI requests, as they come (body.h).
 */
#include <sys/mman.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/fcgi/body.h"
#include "lib/fcgi/record.h"

#define PIECE_LEN (16 * 1024) /* written to a file at a time */

void
body_begin(struct fcgi_body *b, int fd, unsigned id, long long length,
    unsigned char *raw, size_t len, size_t room)
{
	*b = (struct fcgi_body){
		.fd = fd,
		.id = id,
		.length = length,
		.raw = raw,
		.len = len,
		.room = room,
		.file = -1,
	};
	if (length <= 0)
		b->state = BODY_WHOLE;
}

void
body_end(struct fcgi_body *b)
{
	if (b->mapped > 0)
		munmap(b->s, b->mapped);
	if (b->file != -1)
		close(b->file);
	b->s = NULL;
	b->mapped = 0;
	b->file = -1;
}

void
body_to_memory(struct fcgi_body *b, struct pool *pool)
{
	size_t len = (size_t)b->length + 1;

	if (pool != NULL) {
		b->s = pool_alloc(pool, len);
		return;
	}
	/* What does not come is not touched, and costs nothing; what came is
	 * given back at once, which free() would keep. */
	b->s = mmap(NULL, len, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (b->s == MAP_FAILED)
		die(EX_OSERR, "out of memory");
	b->mapped = len;
}

int
body_to_file(struct fcgi_body *b, const char *dir)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/.body-XXXXXX", dir);

	if (n > 0 && (size_t)n < sizeof(path))
		b->file = mkostemp(path, O_CLOEXEC);
	else
		errno = ENAMETOOLONG;
	if (b->file != -1 &&
	    (unlink(path) == -1 || disk_reserve(b->file, b->length) == -1)) {
		int why = errno;

		close(b->file);
		b->file = -1;
		errno = why;
	}
	if (b->file == -1)
		log_warn("a body of %lld bytes cannot be kept in %s: %s",
		    b->length, dir, strerror(errno));
	return b->file == -1 ? -1 : 0;
}

/* ------------------------------------------------------ from the connection */

/* recv without waiting: how many, 0: nothing now, or it broke. */
static size_t
receive(struct fcgi_body *b, void *s, size_t len)
{
	ssize_t n;

	if (b->enough)
		return 0;
	do
		n = recv(b->fd, s, len, MSG_DONTWAIT);
	while (n == -1 && errno == EINTR);
	if (n == 0 || (n == -1 && errno != EAGAIN))
		b->state = BODY_BROKEN;
	return n > 0 ? (size_t)n : 0;
}

/* More of it into RAW, whose beginning was looked at: 1, 0: nothing now. */
static int
refill(struct fcgi_body *b)
{
	size_t n;

	memmove(b->raw, b->raw + b->at, b->len - b->at);
	b->len -= b->at;
	b->at = 0;
	n = receive(b, b->raw + b->len, b->room - b->len);
	b->len += n;
	return n > 0;
}

static void
skip_padding(struct fcgi_body *b)
{
	size_t n = b->len - b->at < b->padding ? b->len - b->at : b->padding;

	b->at += n;
	b->padding -= n;
}

/* Goes on to the contents of a record: 1 when there are any, 0: not now. */
static int
find_content(struct fcgi_body *b)
{
	struct record r;

	while (b->content == 0 && b->state == BODY_COMING) {
		skip_padding(b);
		if (b->padding > 0 || b->len - b->at < RECORD_LEN) {
			if (!refill(b))
				return 0;
			continue;
		}
		if (record_read(b->raw + b->at, &r) == -1 ||
		    r.type != RECORD_STDIN || r.id != b->id) {
			b->state = BODY_BROKEN;
			return 0;
		}
		b->at += RECORD_LEN;
		b->content = r.content_len;
		b->padding = r.padding_len;
		if (r.content_len == 0)
			b->state = BODY_WHOLE;
	}
	return b->content > 0 && b->state == BODY_COMING;
}

/* Up to LEN bytes of contents: how many, 0: nothing now. */
static size_t
take(struct fcgi_body *b, char *s, size_t len)
{
	size_t n = b->len - b->at;

	if (!find_content(b))
		return 0;
	n = b->len - b->at;
	if (len > b->content)
		len = b->content;
	if (n == 0) {
		n = receive(b, s, len);
	} else {
		n = n < len ? n : len;
		memcpy(s, b->raw + b->at, n);
		b->at += n;
	}
	b->content -= n;
	return n;
}

/* ------------------------------------------------------------ where it goes */

static size_t
take_to_memory(struct fcgi_body *b, size_t len)
{
	return take(b, b->s + b->got, len);
}

static size_t
take_to_file(struct fcgi_body *b, size_t len)
{
	char piece[PIECE_LEN];
	size_t n = take(b, piece, len < sizeof(piece) ? len : sizeof(piece));
	size_t done = 0;

	while (done < n) {
		ssize_t w = write(b->file, piece + done, n - done);

		if (w == -1 && errno != EINTR) {
			log_warn("a body cannot be kept: %s", strerror(errno));
			b->state = BODY_BROKEN;
			return 0;
		}
		done += w > 0 ? (size_t)w : 0;
	}
	return n;
}

enum body_state
body_pull(struct fcgi_body *b, size_t max)
{
	size_t n = 1, done = 0;

	while (b->state == BODY_COMING && n > 0) {
		unsigned long long left =
		    (unsigned long long)(b->length - b->got);
		size_t len = (size_t)left;

		/* What was received must not stay here: nobody is told of it
		 * again.  Only more of it is for the next time. */
		b->enough = done >= max;
		if (!b->enough && left > max - done)
			len = max - done;

		n = b->file != -1 ? take_to_file(b, len)
				  : take_to_memory(b, len);
		b->got += (long long)n;
		done += n;
		if (b->got == b->length)
			b->state = BODY_WHOLE;
	}
	b->enough = 0;
	return b->state;
}

size_t
body_read(struct fcgi_body *b, char *s, size_t len)
{
	unsigned long long left = (unsigned long long)(b->got - b->given);
	size_t done = 0;

	if (left < len)
		len = (size_t)left;
	if (b->s != NULL && len > 0) {
		memcpy(s, b->s + b->given, len);
		done = len;
	}
	while (b->file != -1 && done < len) {
		ssize_t n = pread(b->file, s + done, len - done,
		    (off_t)(b->given + (long long)done));

		if (n == 0 || (n == -1 && errno != EINTR)) {
			log_warn("a body cannot be read again: %s",
			    n == 0 ? "it is shorter" : strerror(errno));
			break;
		}
		done += n > 0 ? (size_t)n : 0;
	}
	b->given += (long long)done;
	return done;
}
