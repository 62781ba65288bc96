#ifndef DISPATCH_DISPATCH_CALL_H
#define DISPATCH_DISPATCH_CALL_H

#include <stdint.h>

#include "dispatch/dispatch_state.h"

/*
 * Begins to post ITEM at NOW, with the object as the session sees it, in a
 * transaction that reads: 0; -1: the database failed.  What cannot be sent is
 * answered at once.
 */
int dispatch_call_begin(struct dispatch *, struct dispatch_hook *,
    const struct dispatch_item *, int64_t now);
void dispatch_call_free(struct dispatch_call *);

#endif
