/*
 * POST /conversations/{id}/messages, /messages, /messages/{id}/retry.
 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/pool.h"

#include "whatsapp/compose/compose.h"
#include "whatsapp/phone.h"

#include "inbox/outbox/submit.h"
#include "inbox/own/draft.h"

#include "api/action.h"
#include "api/idempotency.h"
#include "api/input.h"
#include "api/reply.h"
#include "api/resource/message_send.h"
#include "api/resource/messages.h"
#include "api/resource/own/drafts.h"

#define USER_ID_MAX 200
#define RETRY_AFTER "60" /* seconds */

static int
queued(struct action *a, const struct submission *post)
{
	const char *location =
	    pool_printf(a->pool, "/api/v1/messages/%" PRId64, post->message_id);

	if (messages_reply(a, 202, post->message_id) == -1)
		return -1;
	reply_header(a, "Location", location);
	a->wake = 1;
	return idempotency_after(a, location);
}

static int
closed(struct action *a, const struct submission *post)
{
	const char *detail = "The customer has not written yet: only a"
			     " template can be sent.";

	if (post->closed_at != 0)
		detail = pool_printf(a->pool,
		    "The window closed at %s, 24"
		    " hours after the customer's last message: only a template"
		    " can be sent.",
		    clock_text(a->pool, post->closed_at));
	return reply_problem(a, REPLY_WINDOW_CLOSED, detail);
}

static int
answer(
    struct action *a, enum submit_result result, const struct submission *post)
{
	switch (result) {
	case SUBMIT_QUEUED:
		return queued(a, post);
	case SUBMIT_NOT_FOUND:
		return reply_not_found(a);
	case SUBMIT_CLOSED:
		return closed(a, post);
	case SUBMIT_WRONG:
		input_wrong(a, post->field, post->why);
		return reply_wrong(a);
	case SUBMIT_UNREACHABLE:
		return reply_problem(a, REPLY_UNREACHABLE, post->why);
	case SUBMIT_BLOCKED:
		return reply_problem(a, REPLY_BLOCKED, post->why);
	case SUBMIT_STOPPED:
		return reply_problem(a, REPLY_MARKETING_STOPPED, post->why);
	case SUBMIT_CONFLICT:
		return reply_problem(a, REPLY_CONFLICT, post->why);
	case SUBMIT_FULL:
		reply_header(a, "Retry-After", RETRY_AFTER);
		return reply_problem(a, REPLY_QUEUE_FULL, post->why);
	default:
		return -1;
	}
}

static void
read_message(struct action *a, struct compose *c)
{
	struct compose_wrong *wrong = NULL;

	if (compose_read(a->pool, a->body, c, &wrong) == 0)
		return;
	for (; wrong != NULL; wrong = wrong->next)
		input_wrong(a, wrong->field, wrong->message);
}

int
message_send_to_conversation(struct action *a)
{
	int64_t draft = drafts_sent_version(a);
	enum submit_result result;
	struct compose c = { 0 };
	struct submission post;

	read_message(a, &c);
	if (a->wrong != NULL)
		return reply_wrong(a);
	result = submit_to_conversation(
	    a->session, a->pool, a->id, &c, a->now, &post);
	/* One that has changed meanwhile stays: it is another text. */
	if (result == SUBMIT_QUEUED && draft > 0 &&
	    draft_delete(a->session, a->id, draft) == DRAFT_FAILED)
		return -1;
	return answer(a, result, &post);
}

/* A user id: what the provider calls a customer who shows no number. */
static int
is_user_id(const char *s)
{
	size_t len = strlen(s);

	if (len < 1 || len > USER_ID_MAX)
		return 0;
	for (; *s != '\0'; s++)
		if (*s < '!' || *s > '~')
			return 0;
	return 1;
}

static void
read_recipient(struct action *a, struct submit_to *to)
{
	const char *phone = NULL, *user_id = NULL;
	enum input_found by_phone = input_text(a, "to", &phone);
	enum input_found by_id = input_text(a, "user_id", &user_id);

	if (by_phone == INPUT_THERE) {
		to->phone = phone_e164(a->pool, phone, 1);
		if (to->phone == NULL)
			input_wrong(a, "to",
			    pool_printf(a->pool,
				"is not an international phone number (+ and"
				" 7 to 15 digits): %s",
				phone_why(a->pool, phone)));
	}
	if (by_id == INPUT_THERE) {
		to->user_id = user_id;
		if (!is_user_id(user_id))
			input_wrong(a, "user_id",
			    "is not 1 to 200 visible"
			    " characters");
	}
	if (by_phone == INPUT_THERE && by_id == INPUT_THERE)
		input_wrong(a, "user_id", "must not be given together with to");
	else if (by_phone != INPUT_THERE && by_id != INPUT_THERE &&
		 by_phone != INPUT_WRONG && by_id != INPUT_WRONG)
		input_wrong(a, "to", "is needed, unless user_id is given");
}

int
message_send_to_customer(struct action *a)
{
	struct submit_to to = { 0 };
	enum submit_result result;
	struct compose c = { 0 };
	struct submission post;

	read_recipient(a, &to);
	input_text(a, "phone_number_id", &to.phone_number_id);
	if (a->config != NULL)
		to.default_number_id = a->config->phone_number_id;
	read_message(a, &c);
	if (a->wrong != NULL)
		return reply_wrong(a);
	result = submit_to_phone(a->session, a->pool, &to, &c, a->now, &post);
	return answer(a, result, &post);
}

int
message_send_again(struct action *a)
{
	struct submission post;
	enum submit_result result =
	    submit_retry(a->session, a->pool, a->id, a->now, &post);

	return answer(a, result, &post);
}
