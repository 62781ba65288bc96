/*
 * /broadcasts: one template to many customers.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "whatsapp/compose/field/composed.h"

#include "inbox/broadcast/broadcast.h"
#include "inbox/broadcast/broadcast_check.h"
#include "inbox/broadcast/broadcast_recipient.h"
#include "inbox/contact/contact.h"
#include "inbox/mark/mark.h"
#include "inbox/workspace/number_choose.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/idempotency.h"
#include "api/input.h"
#include "api/object/broadcast_object.h"
#include "api/reply.h"
#include "api/resource/broadcast/broadcast_recipients.h"
#include "api/resource/broadcast/broadcasts.h"

const struct statements broadcasts_statements = {
	.also = STATEMENTS(&broadcast_statements,
	    &broadcast_recipient_statements, &broadcast_check_statements,
	    &contact_statements, &contact_tag_statements, &mark_statements,
	    &number_choose_statements),
};

int
broadcasts_list(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	struct broadcast *page;
	struct cursor_page p;
	int n;

	if (!cursor_page_read(a, &p, INT64_MAX))
		return 0;
	page = pool_room(a->pool, sizeof(*page) * ((size_t)p.limit + 1));
	n = broadcast_list(a->session, a->pool, p.after, page, p.limit + 1);
	if (n == -1)
		return -1;
	n = cursor_page_cut(a, &p, n, n > p.limit ? page[p.limit - 1].id : 0);
	reply_open_list(out);
	for (int i = 0; i < n; i++)
		broadcast_object_put(out, &page[i]);
	json_close(out);
	return reply_list(a, out, p.next);
}

static int
reply_broadcast(struct action *a, int status, int64_t id)
{
	struct json_out *out = json_new(a->pool);
	struct broadcast b;
	int rc = broadcast_get(a->session, a->pool, id, &b);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	broadcast_object_put(out, &b);
	return reply_json(a, status, out);
}

int
broadcasts_get(struct action *a)
{
	return reply_broadcast(a, 200, a->id);
}

/* ------------------------------------------------------------------ create */

/* The number and the template: 0, -1. */
static int
read_template_of(struct action *a, struct broadcast *b)
{
	const char *said = NULL, *why = NULL;
	struct compose_wrong *wrong = NULL;
	int rc = 0;

	if (input_text(a, "phone_number_id", &said) == INPUT_WRONG)
		return 0;
	rc = number_choose(a->session, a->pool, said,
	    a->config != NULL ? a->config->phone_number_id : NULL,
	    &b->number_id, &why);
	if (rc == 0)
		input_wrong(a, "phone_number_id", why);
	if (rc != 1)
		return rc;
	rc = broadcast_check(a->session, a->pool, b->number_id,
	    json_get(a->body, "template"), &b->template, &wrong);
	for (; wrong != NULL; wrong = wrong->next)
		input_wrong(a, wrong->field, wrong->message);
	return rc == -1 ? -1 : 0;
}

/* The tag, which is there: 0, -1. */
static int
read_tag_of(struct action *a, struct broadcast *b)
{
	const char *name = NULL;
	int rc;

	if (input_text(a, "tag", &name) != INPUT_THERE)
		return 0;
	rc = contact_tag_id(a->session, name, &b->tag_id);
	if (rc == 0)
		input_wrong(a, "tag", "is no tag of this workspace");
	return rc == -1 ? -1 : 0;
}

/* The label, which is there: 0, -1. */
static int
read_label_of(struct action *a, struct broadcast *b)
{
	const char *name = NULL;
	int rc;

	if (input_text(a, "label", &name) != INPUT_THERE)
		return 0;
	rc = mark_find(a->session, MARK_LABEL, name, &b->label_id);
	if (rc == 0)
		input_wrong(a, "label", "is no label of this workspace");
	return rc == -1 ? -1 : 0;
}

static void
read_pace(struct action *a, struct broadcast *b)
{
	const char *at = NULL;

	b->per_minute = BROADCAST_PER_MINUTE;
	if (input_id(a, "per_minute", &b->per_minute) == INPUT_THERE &&
	    (b->per_minute < 1 || b->per_minute > BROADCAST_PER_MINUTE_MAX))
		input_wrong(a, "per_minute", "is not from 1 to 4,800");
	if (input_text(a, "start_at", &at) != INPUT_THERE)
		return;
	if (clock_parse(at, &b->start_at) == -1)
		input_wrong(
		    a, "start_at", "is no time like 2026-01-30T12:00:00Z");
	else if (b->start_at <= a->now ||
		 b->start_at > a->now + BROADCAST_AHEAD_MAX)
		input_wrong(a, "start_at", "is not within the next 90 days");
}

int
broadcasts_create(struct action *a)
{
	struct broadcast b = { 0 };
	const char *location, **who;
	int64_t id = 0;
	int n;

	input_name(a, "name", BROADCAST_NAME_MAX, &b.name);
	read_pace(a, &b);
	n = broadcast_recipients_read(a, &who);
	if (n == -1 || read_template_of(a, &b) == -1 ||
	    read_tag_of(a, &b) == -1 || read_label_of(a, &b) == -1)
		return -1;
	if (a->wrong != NULL)
		return reply_wrong(a);
	if (broadcast_create(a->session, &b, a->now, &id) != 1 ||
	    broadcast_recipients_put(a, id, who, n) == -1)
		return -1;
	location = pool_printf(a->pool, "/api/v1/broadcasts/%" PRId64, id);
	reply_header(a, "Location", location);
	if (reply_broadcast(a, 201, id) == -1)
		return -1;
	return idempotency_after(a, location);
}

/* ------------------------------------------------------------------- state */

/* What is in one of STATES is changed by CHANGE, already WANTED stays as it is,
 * else 409. */
static int
change_broadcast(struct action *a, const char *const *states,
    const char *const *wanted, int (*change)(struct action *))
{
	struct broadcast b;
	int rc = broadcast_get(a->session, a->pool, a->id, &b);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	if (text_among(b.state, states)) {
		if (change(a) == -1)
			return -1;
		a->wake = 1;
	} else if (!text_among(b.state, wanted)) {
		return reply_problem(a, REPLY_CONFLICT,
		    pool_printf(a->pool, "The broadcast is %s.", b.state));
	}
	return reply_broadcast(a, 200, a->id);
}

static int
start(struct action *a)
{
	return broadcast_start(a->session, a->id, a->now);
}

static int
pause_it(struct action *a)
{
	return broadcast_pause(a->session, a->id, NULL);
}

static int
stop(struct action *a)
{
	return broadcast_stop(a->session, a->id, a->now);
}

static const char *const under_way[] = { "counting", "running", NULL };
static const char *const resting[] = { "draft", "paused", NULL };

int
broadcasts_start(struct action *a)
{
	return change_broadcast(a, resting, under_way, start);
}

int
broadcasts_pause(struct action *a)
{
	static const char *const wanted[] = { "paused", NULL };

	return change_broadcast(a, under_way, wanted, pause_it);
}

int
broadcasts_stop(struct action *a)
{
	static const char *const open[] = { "draft", "counting", "running",
		"paused", NULL };
	static const char *const wanted[] = { "stopped", NULL };

	return change_broadcast(a, open, wanted, stop);
}
