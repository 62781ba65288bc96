#ifndef DOOR_HTTP_READER_H
#define DOOR_HTTP_READER_H

#include <stdint.h>

/*
 * Around what reads from a peer in the middle of a request.  When it takes too
 * long the porter shuts the connection down, and what reads meets its end.
 * Too long is ten seconds, and a quarter of one without a byte while half of
 * all threads wait in the same way.
 */
struct http_reader {
	struct http_reader	*next;
	int64_t			 since_ms;
	int			 fd;
};

void	http_reader_begin(struct http_reader *, int fd);
void	http_reader_end(struct http_reader *);

/* The porter's part: how many read, and an end for those who wait too long. */
int	http_reader_look(int64_t now_ms, int threads);

#endif
