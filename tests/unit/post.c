/*
 * What a member queues: post.h.  What is refused is rolled back.
 */
#include "post.h"

const struct compose post_text = {
	.message = { .type = "text", .content = "{\"body\":\"It does.\"}" },
	.preview = "It does.",
	.text = "It does.",
};

const struct compose post_template = {
	.message = { .type = "template",
	    .content = "{\"name\":\"hello\",\"language\":{\"code\":\"en\"}}" },
	.preview = "Template: hello",
	.template = 1,
};

enum submit_result
post_at(struct fixture *fx, int64_t id, const struct compose *c, int64_t now,
    struct submission *post)
{
	enum submit_result rc;

	assert_int_equal(db_begin(fx->member_db), 0);
	rc = submit_to_conversation(fx->member, fx->pool, id, c, now, post);
	if (rc == SUBMIT_QUEUED)
		assert_int_equal(db_commit(fx->member_db), 0);
	db_rollback(fx->member_db);
	return rc;
}

enum submit_result
post_to(struct fixture *fx, const struct submit_to *to, const struct compose *c,
    struct submission *post)
{
	enum submit_result rc;

	assert_int_equal(db_begin(fx->member_db), 0);
	rc = submit_to_phone(fx->member, fx->pool, to, c, FIXTURE_NOW, post);
	if (rc == SUBMIT_QUEUED)
		assert_int_equal(db_commit(fx->member_db), 0);
	db_rollback(fx->member_db);
	return rc;
}

enum submit_result
post_retry(struct fixture *fx, int64_t id, int64_t now, struct submission *post)
{
	enum submit_result rc;

	assert_int_equal(db_begin(fx->member_db), 0);
	rc = submit_retry(fx->member, fx->pool, id, now, post);
	if (rc == SUBMIT_QUEUED)
		assert_int_equal(db_commit(fx->member_db), 0);
	db_rollback(fx->member_db);
	return rc;
}
