#ifndef PROCESS_SEND_SEND_PLAN_H
#define PROCESS_SEND_SEND_PLAN_H

#include <stdint.h>

struct send_request;
struct send;

/*
 * Chooses the rows of each number that may be sent now: a list of requests at
 * *PLAN, owned by the caller (send_request_free), also after -1.  0, or -1 when
 * the database failed.  It may begin pauses, which the caller saves
 * (rate_limit_save).
 */
int send_plan_requests(struct send *, int64_t now, struct send_request **plan);

#endif
