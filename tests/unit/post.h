#ifndef TESTS_UNIT_POST_H
#define TESTS_UNIT_POST_H

/* For tests of what is queued to be sent: in the office, at NOW. */
#include "office.h"

#include "whatsapp/compose/compose.h"

#include "inbox/conversation/conversation.h"
#include "inbox/outbox/submit.h"

static const struct compose text = {
	.type = "text",
	.content = "{\"body\":\"It does.\"}",
	.preview = "It does.",
	.text = "It does.",
};

static const struct compose template = {
	.type = "template",
	.content = "{\"name\":\"hello\",\"language\":{\"code\":\"en\"}}",
	.preview = "Template: hello",
	.template = 1,
};

static inline enum submit_result
post_at(struct office *o, int64_t id, const struct compose *c, int64_t now,
    struct submission *post)
{
	enum submit_result rc;

	assert_int_equal(0, db_begin(o->db));
	rc = submit_to_conversation(o->db, o->pool, id, c, now, post);
	if (rc == SUBMIT_QUEUED)
		assert_int_equal(0, db_commit(o->db));
	db_rollback(o->db);
	return rc;
}

static inline enum submit_result
post_to(struct office *o, const struct submit_to *to, const struct compose *c,
    struct submission *post)
{
	enum submit_result rc;

	assert_int_equal(0, db_begin(o->db));
	rc = submit_to_phone(o->db, o->pool, to, c, NOW, post);
	if (rc == SUBMIT_QUEUED)
		assert_int_equal(0, db_commit(o->db));
	db_rollback(o->db);
	return rc;
}

static inline enum submit_result
retry(struct office *o, int64_t id, int64_t now, struct submission *post)
{
	enum submit_result rc;

	assert_int_equal(0, db_begin(o->db));
	rc = submit_retry(o->db, o->pool, id, now, post);
	if (rc == SUBMIT_QUEUED)
		assert_int_equal(0, db_commit(o->db));
	db_rollback(o->db);
	return rc;
}

static inline void
run(struct office *o, const char *sql)
{
	assert_int_equal(0, db_script(o->all, sql));
}

#endif
