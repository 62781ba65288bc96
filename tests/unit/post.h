#ifndef TESTS_UNIT_POST_H
#define TESTS_UNIT_POST_H

/*
 * What the member of a fixture_begin_members queues to be sent, each in a
 * transaction of its own, that is rolled back unless it was queued.
 */
#include "fixture.h"

#include "whatsapp/compose/compose.h"

#include "inbox/conversation/conversation.h"
#include "inbox/outbox/submit.h"

/* "It does.", and the template "hello" in English. */
extern const struct compose post_text, post_template;

/* To conversation ID at NOW. */
enum submit_result post_at(struct fixture *, int64_t id, const struct compose *,
    int64_t now, struct submission *);

/* To a phone, at FIXTURE_NOW. */
enum submit_result post_to(struct fixture *, const struct submit_to *,
    const struct compose *, struct submission *);

/* Message ID once more. */
enum submit_result post_retry(
    struct fixture *, int64_t id, int64_t now, struct submission *);

#endif
