#ifndef INBOX_OUTBOX_MARKETING_STOP_H
#define INBOX_OUTBOX_MARKETING_STOP_H

#include <stdint.h>

struct db;
struct pool;

/*
 * Why a message of TYPE with CONTENT (JSON) does not go from NUMBER_ID to a
 * customer who wants no marketing since STOPPED_AT (0: nobody said so): *WHY is
 * a sentence in POOL, or NULL when it goes.  A template of which no category is
 * known goes: the provider refuses it if need be.  STATEMENT selects the
 * category of the template of number $1 with name $2 and language $3.  0, or
 * -1.
 */
int marketing_stop(struct db *, const char *statement, struct pool *,
    int64_t number_id, const char *type, const char *content,
    int64_t stopped_at, const char **why);

#endif
