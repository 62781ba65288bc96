#ifndef API_REALTIME_STREAM_LOOP_H
#define API_REALTIME_STREAM_LOOP_H

struct http_request;
struct stream;

/*
 * An event loop: one thread for all streams.  It waits for news of channels, of
 * connections, and for who is due.  Once the channels were stopped
 * (channel_stop) each stream ends.
 */
struct stream_loop;

/* NULL: it cannot begin (said in the log). */
struct stream_loop *stream_loop_begin(void);

/* When all streams have ended; NULL is harmless. */
void stream_loop_end(struct stream_loop *);

/* A stream that has begun is the loop's from here on, and so is its request:
 * the handler returns, touches neither any more, and answers nothing. */
void stream_loop_add(struct stream_loop *, struct stream *);

/* Of plain CGI, without a loop: blocks until it ends.  It is freed. */
void stream_loop_alone(struct stream *);

#endif
