#ifndef DISPATCH_DISPATCH_RESULT_H
#define DISPATCH_DISPATCH_RESULT_H

#include <stdint.h>

#include "dispatch/dispatch_state.h"

/* Stores what came of the calls that are answered, and how far each endpoint
 * is, in a transaction of its own: 0, or -1 and they stay. */
int dispatch_result_store(struct dispatch *, int64_t now);

#endif
