#ifndef PROCESS_SEND_SEND_PLAN_H
#define PROCESS_SEND_SEND_PLAN_H

#include <stdint.h>

struct send_request;
struct send;

/*
 * What may begin of each number, as a list at *PLAN, whose calls are owned by
 * the caller (send_request_free) also after -1: 0, or -1 when the database
 * failed.  Pauses may begin here, which the caller saves (rate_limit_save).
 */
int send_plan_requests(struct send *, int64_t now, struct send_request **plan);

#endif
