#ifndef PROCESS_SEND_PLAN_H
#define PROCESS_SEND_PLAN_H

#include <stdint.h>

struct call;
struct send;

/*
 * What may begin of each number, as a list at *PLAN, whose calls are owned by
 * the caller (call_free) also after -1: 0, or -1 when the database failed.
 * Pauses may begin here, which the caller saves (pace_save).
 */
int plan_calls(struct send *, int64_t now, struct call **plan);

#endif
