#ifndef INBOX_OUTBOX_SUBMIT_CONTENT_H
#define INBOX_OUTBOX_SUBMIT_CONTENT_H

struct compose;
struct pool;

/*
 * Completes what is stored of a message that a member sends, after its reply,
 * its reaction and its upload were looked up.  Everything in POOL.
 */

/* The column context, {"wamid":…}; NULL when it is no reply. */
const char *submit_context(struct pool *, const char *wamid);

/*
 * Completes content and preview: a reaction gets the wamid of its message, as
 * in a customer's reaction; an uploaded document without a name gets FILENAME
 * (the upload's, may be NULL), since the customer sees it.
 */
void submit_complete(struct pool *, struct compose *,
    const char *reaction_wamid, const char *filename);

#endif
