#ifndef INBOX_OUTBOX_SUBMIT_CONTENT_H
#define INBOX_OUTBOX_SUBMIT_CONTENT_H

struct compose;
struct pool;

/*
 * What is stored of a message that a member sends, once it is known what it
 * leads to.  Everything in POOL.
 */

/* context: {"wamid":…}, NULL when it answers nothing. */
const char *submit_context(struct pool *, const char *wamid);

/*
 * Completes content and preview: a reaction says what it is on, as a
 * customer's does; an uploaded document without a name gets FILENAME (the
 * upload's, may be NULL), since customers see it.
 */
void submit_complete(struct pool *, struct compose *,
    const char *reaction_wamid, const char *filename);

#endif
