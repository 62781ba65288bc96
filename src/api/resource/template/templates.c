/*
 * /templates: the provider's list of each number, as the processor read it
 * last; and what an admin wants to have there, or away.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "whatsapp/compose/field/composed.h"
#include "whatsapp/template/template_define.h"

#include "inbox/template/template_list.h"
#include "inbox/template/template_request.h"
#include "inbox/workspace/number_choose.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/idempotency.h"
#include "api/input.h"
#include "api/object/template_object.h"
#include "api/reply.h"
#include "api/resource/template/templates.h"

#define NUMBERS_MAX 100 /* whose lists are told of */

const struct statements templates_statements = {
	.also = STATEMENTS(&template_request_statements,
	    &template_list_statements, &number_choose_statements),
};

/* What is known of the lists: one element a number. */
static int
put_states(struct action *a, struct json_out *out)
{
	struct template_list_state state;
	int64_t after = 0;
	int rc = 1, n;

	json_open_array(out, "numbers");
	for (n = 0; n < NUMBERS_MAX; n++) {
		rc = template_list_state(a->session, a->pool, &after, &state);
		if (rc != 1)
			break;
		json_open_object(out, NULL);
		json_put_text(out, "phone_number_id", state.phone_number_id);
		json_put_time(out, "read_at", state.read_at);
		json_put_text(out, "error", state.error);
		json_close(out);
	}
	json_close(out);
	return rc == -1 ? -1 : 0;
}

int
templates_list(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	struct template *page;
	struct cursor_page p;
	int n;

	if (!cursor_page_read(a, &p, 0))
		return 0;
	page = pool_room(a->pool, sizeof(*page) * ((size_t)p.limit + 1));
	n = template_list(a->session, a->pool, p.after, page, p.limit + 1);
	if (n == -1)
		return -1;
	n = cursor_page_cut(a, &p, n, n > p.limit ? page[p.limit - 1].id : 0);
	reply_open_list(out);
	for (int i = 0; i < n; i++)
		template_object_put(a, out, &page[i]);
	json_close(out);
	if (put_states(a, out) == -1)
		return -1;
	return reply_list(a, out, p.next);
}

int
templates_sync(struct action *a)
{
	struct json_out *out = json_new(a->pool);

	if (template_refresh(a->session, a->now) == -1)
		return -1;
	a->wake = 1;
	json_open_object(out, NULL);
	if (put_states(a, out) == -1)
		return -1;
	json_close(out);
	return reply_json(a, 202, out);
}

static int
reply_template(struct action *a, int status, int64_t id)
{
	struct json_out *out = json_new(a->pool);
	struct template t;
	int rc = template_get(a->session, a->pool, id, &t);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	template_object_put(a, out, &t);
	return reply_json(a, status, out);
}

int
templates_get(struct action *a)
{
	return reply_template(a, 200, a->id);
}

static int
created(struct action *a, int64_t id)
{
	const char *location =
	    pool_printf(a->pool, "/api/v1/templates/%" PRId64, id);

	if (reply_template(a, 202, id) == -1)
		return -1;
	reply_header(a, "Location", location);
	a->wake = 1;
	return idempotency_after(a, location);
}

int
templates_create(struct action *a)
{
	const char *said = NULL, *why = NULL;
	struct compose_wrong *wrong = NULL;
	struct template_define t;
	int64_t number_id = 0, id = 0;
	int rc = 1;

	if (input_text(a, "phone_number_id", &said) != INPUT_WRONG)
		rc = number_choose(a->session, a->pool, said,
		    a->config != NULL ? a->config->phone_number_id : NULL,
		    &number_id, &why);
	if (rc == 0)
		input_wrong(a, "phone_number_id", why);
	template_define_read(a->pool, a->body, &t, &wrong);
	for (; wrong != NULL; wrong = wrong->next)
		input_wrong(a, wrong->field, wrong->message);
	if (rc == -1)
		return -1;
	if (a->wrong != NULL)
		return reply_wrong(a);
	rc = template_request_files(a->session, a->pool, &t, &said, &why);
	if (rc == 0) {
		input_wrong(a, said, why);
		return reply_wrong(a);
	}
	if (rc == -1)
		return -1;
	rc = template_request_create(a->session, number_id, &t, a->now, &id);
	if (rc == 0)
		return reply_conflict(a,
		    "There is a template of that name and language.",
		    "template_id", id);
	return rc == -1 ? -1 : created(a, id);
}

/* 1, 0 replied */
static int
read_all(struct action *a, int *all)
{
	const char *s = input_param(a, "languages");

	*all = text_is(s, "all");
	if (s != NULL && !*all)
		return input_bad(a, "languages", "can only be all");
	return 1;
}

int
templates_delete(struct action *a)
{
	const char *others = NULL;
	int all, rc;

	if (!read_all(a, &all))
		return 0;
	rc = template_request_delete(
	    a->session, a->pool, a->id, all, a->now, &others);
	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	if (others != NULL)
		return reply_problem(a, REPLY_CONFLICT,
		    pool_printf(a->pool,
			"The provider deletes a template in all its "
			"languages, and this one also has %s: say "
			"languages=all.",
			others));
	a->wake = 1;
	return reply_template(a, 202, a->id);
}
