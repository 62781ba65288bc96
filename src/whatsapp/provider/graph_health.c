/*
 * What the provider's API answers about a number.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/provider/graph_health.h"

/* A text of bounded length; NULL none. */
static const char *
bounded_text(const struct json *o, const char *key)
{
	const char *s = json_text(o, key);

	return s != NULL && *s != '\0' &&
		       text_points(s) <= GRAPH_HEALTH_TEXT_MAX
		   ? s
		   : NULL;
}

static const char *
either_text(const char *s, const char *other)
{
	return s != NULL ? s : other;
}

static void
put_problem(
    struct json_out *out, const struct json *entity, const struct json *e)
{
	int64_t code = 0;

	json_int(e, "error_code", &code);
	json_open_object(out, NULL);
	json_put_text(out, "of", bounded_text(entity, "entity_type"));
	json_put_id(out, "code", code);
	json_put_text(out, "text", bounded_text(e, "error_description"));
	json_put_text(out, "solution", bounded_text(e, "possible_solution"));
	json_close(out);
}

/* Of the number, its account and its business; not of the app that asks. */
static void
put_problems(struct json_out *out, const struct json *health)
{
	const struct json *entity = json_first(json_get(health, "entities"));
	int n = 0;

	json_open_array(out, "problems");
	for (; entity != NULL; entity = json_next(entity)) {
		const struct json *e = json_first(json_get(entity, "errors"));

		if (text_is(json_text(entity, "entity_type"), "APP"))
			continue;
		for (; e != NULL && n < GRAPH_HEALTH_PROBLEMS_MAX;
		     e = json_next(e), n++)
			put_problem(out, entity, e);
	}
	json_close(out);
}

const char *
graph_health_write(struct pool *pool, const struct json *body)
{
	static const char *const known[] = { "quality_rating", "verified_name",
		"name_status", "status", "throughput", "messaging_limit_tier",
		"health_status", "id" };
	const struct json *health = json_get(body, "health_status");
	struct json_out *out = json_new(pool);
	int says = 0;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		says |= json_get(body, known[i]) != NULL;
	if (!says)
		return NULL;
	json_open_object(out, NULL);
	json_put_text(
	    out, "quality_rating", bounded_text(body, "quality_rating"));
	json_put_text(out, "messaging_limit",
	    either_text(bounded_text(body, "messaging_limit_tier"),
		bounded_text(
		    body, "whatsapp_business_manager_messaging_limit")));
	json_put_text(
	    out, "verified_name", bounded_text(body, "verified_name"));
	json_put_text(out, "name_status", bounded_text(body, "name_status"));
	json_put_text(out, "status", bounded_text(body, "status"));
	json_put_text(out, "throughput",
	    bounded_text(json_get(body, "throughput"), "level"));
	json_put_text(
	    out, "can_send", bounded_text(health, "can_send_message"));
	put_problems(out, health);
	json_close(out);
	return json_end(out, NULL);
}
