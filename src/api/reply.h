#ifndef API_REPLY_H
#define API_REPLY_H

#include <stdint.h>

struct action;
struct json_out;

/*
 * Answers: JSON, and problems as RFC 9457 has them.  docs/problems.md has a
 * line for each; its address is "https://waspool.dev/problems/" and its name.
 */
enum reply_problem {
	REPLY_NOT_JSON,		      /* 400 */
	REPLY_BAD_PARAMETER,	      /* 400 */
	REPLY_UNAUTHORIZED,	      /* 401 */
	REPLY_WRONG_CREDENTIALS,      /* 401 */
	REPLY_CODE_NEEDED,	      /* 401 */
	REPLY_FORBIDDEN,	      /* 403 */
	REPLY_SECOND_FACTOR,	      /* 403 */
	REPLY_NOT_FOUND,	      /* 404 */
	REPLY_METHOD_NOT_ALLOWED,     /* 405 */
	REPLY_NOT_ACCEPTABLE,	      /* 406 */
	REPLY_CONFLICT,		      /* 409 */
	REPLY_IDEMPOTENCY_CONFLICT,   /* 409 */
	REPLY_WINDOW_CLOSED,	      /* 409 */
	REPLY_UNREACHABLE,	      /* 409 */
	REPLY_BLOCKED,		      /* 409 */
	REPLY_MARKETING_STOPPED,      /* 409 */
	REPLY_MEDIA_PENDING,	      /* 409 */
	REPLY_MEDIA_MISSING,	      /* 409 */
	REPLY_DRAFT_CHANGED,	      /* 409 */
	REPLY_CHANGES_GONE,	      /* 410 */
	REPLY_TOO_LARGE,	      /* 413 */
	REPLY_UNSUPPORTED_MEDIA_TYPE, /* 415 */
	REPLY_BAD_FIELD,	      /* 422 */
	REPLY_TOO_MANY_TRIES,	      /* 429 */
	REPLY_TOO_MANY_STREAMS,	      /* 429 */
	REPLY_QUEUE_FULL,	      /* 429 */
	REPLY_TOO_MANY_UPLOADS,	      /* 429 */
	REPLY_TOO_MANY_SEARCHES,      /* 429 */
	REPLY_TOO_MANY_REQUESTS,      /* 429 */
	REPLY_INTERNAL,		      /* 500 */
	REPLY_UNAVAILABLE,	      /* 503 */
	REPLY_BUSY,		      /* 503 */
	REPLY_QUOTA_EXCEEDED	      /* 507 */
};

/* All answer 0, so that a handler can end with them. */
int reply_json(struct action *, int status, struct json_out *);
int reply_empty(struct action *); /* 204 */

/* DETAIL is for people, in POOL or constant.  Lists a->wrong as "errors". */
int reply_problem(struct action *, enum reply_problem, const char *detail);
/* With one member more: the object that is in the way. */
int reply_conflict(
    struct action *, const char *detail, const char *key, int64_t id);
/* 422 that lists a->wrong, which is not empty. */
int reply_wrong(struct action *);
int reply_not_found(struct action *);
/* 405: one can only ALLOW, a list with commas. */
int reply_only(struct action *, const char *allow);

void reply_header(struct action *, const char *name, const char *value);

/* Begins a list, and its "data", which the caller closes. */
void reply_open_list(struct json_out *);

/* The end of a list: "next_cursor", NULL when nothing follows. */
int reply_list(struct action *, struct json_out *, const char *cursor);

#endif
