#ifndef INBOX_TEMPLATE_TEMPLATE_REQUEST_H
#define INBOX_TEMPLATE_TEMPLATE_REQUEST_H

#include <stdint.h>

struct pool;
struct session;
struct statements;
struct template_define;

/*
 * What a member wants of the provider: in the caller's transaction, and then
 * the processor is to be woken.
 */

/* Are the files of T there, and of the right kind?  1; 0, and *FIELD is wrong,
 * in the *WORDS, in POOL; -1. */
int template_request_files(struct session *, struct pool *,
    const struct template_define *, const char **field, const char **words);

/* Template T of NUMBER_ID, which may have been refused before: 1 and its *ID; 0
 * there is one of that name and language, *ID; -1. */
int template_request_create(struct session *, int64_t number_id,
    const struct template_define *, int64_t now, int64_t *id);

/*
 * Template ID away.  The provider deletes by name, so that all languages go:
 * that has to be said (ALL).  1: it is asked for, and *OTHERS is NULL; or
 * nothing is, for there are *OTHERS (in POOL, "de, fr") and ALL is 0.  0: there
 * is no such template.  -1.
 */
int template_request_delete(struct session *, struct pool *, int64_t id,
    int all, int64_t now, const char **others);

extern const struct statements template_request_statements;

#endif
