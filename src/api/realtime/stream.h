#ifndef API_REALTIME_STREAM_H
#define API_REALTIME_STREAM_H

#include <stdint.h>

#include "api/realtime/channel.h"

struct http_request;
struct connection_pool;
struct member;
struct change_poller;

/*
 * One event stream, from its first byte to its end; the answer's head is out
 * (http_begin).  Sends what comes after AFTER, LAST being the newest there is;
 * a comment every 15 s, so that both sides notice when the other is gone; and
 * ends within a minute when the member's token is not good any more.
 */
struct stream {
	const struct http_request *request;
	const struct member *who;
	struct connection_pool *connections;
	struct change_poller *watch;
	int64_t after, last;
	int resumed;		  /* 0: it begins with what comes now */
	struct follower follower; /* zeros; channel_let_go ends the stream */
};

/* Blocks; answers why it ended, a few words for the log. */
const char *stream_serve(struct stream *);

#endif
