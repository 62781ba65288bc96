#ifndef ACTION_GATE_H
#define ACTION_GATE_H

/*
 * How many come in: so many at all, so many of one address.  The machine's
 * own addresses (127.0.0.1, ::1) only count in all: behind another proxy on
 * this machine everybody has them.
 */
struct gate;
enum gate_answer { GATE_OPEN, GATE_FULL, GATE_ADDRESS_FULL };

struct gate *gate_new(int max, int per_address); /* owned */
void gate_free(struct gate *);

/* GATE_OPEN: who came in leaves again.  Safe from many threads. */
enum gate_answer gate_enter(struct gate *, const char *address);
void gate_leave(struct gate *, const char *address);

#endif
