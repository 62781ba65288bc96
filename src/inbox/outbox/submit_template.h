#ifndef INBOX_OUTBOX_SUBMIT_TEMPLATE_H
#define INBOX_OUTBOX_SUBMIT_TEMPLATE_H

#include <stdint.h>

struct compose;
struct pool;
struct session;

/*
 * A template message against the list of NUMBER_ID's templates, where that is
 * known.  1: it fits, and C has the text that the customer reads as preview and
 * text, and in its content ("text", which is ours and is not sent).  0: it does
 * not, and *FIELD and *WHY (in POOL) say so.  -1: the database failed.
 */
int submit_template(struct session *, struct pool *, int64_t number_id,
    struct compose *, const char **field, const char **why);

#endif
