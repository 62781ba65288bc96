/*
 * A delivery's way to events: whatever its bytes are, the events are bounded,
 * and what they hold can be stored and shown.
 */
#include "fuzz.h"

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/delivery.h"
#include "whatsapp/event.h"

#define NOW	    1769774400
#define YEAR_2100   4102444800
#define PREVIEW_MAX 100

static void
is_text(const char *s)
{
	must(s == NULL || (*s != '\0' && text_is_utf8(s, strlen(s))));
}

static void
is_json(struct pool *pool, const char *s, int object)
{
	const struct json *v;

	if (s == NULL)
		return;
	v = json_parse(pool, s, strlen(s), NULL);
	must(v != NULL);
	must(!object || json_type(v) == JSON_OBJECT);
}

static void
check_who(const struct event *ev)
{
	const struct customer *c = &ev->customer;
	const char *const texts[] = { c->wa_id, c->user_id, c->parent_user_id,
		c->username, c->profile_name, c->group_id,
		ev->customer.new_wa_id, ev->customer.new_user_id,
		ev->customer.new_parent_user_id, ev->phone_number_id,
		ev->waba_id, ev->display_phone_number };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		is_text(texts[i]);
	if (c->wa_id != NULL)
		must(c->wa_id[strspn(c->wa_id, "0123456789")] == '\0');
}

static void
check_message(struct pool *pool, const struct event *ev)
{
	is_text(ev->type);
	is_text(ev->media.id);
	is_text(ev->media.mime_type);
	is_text(ev->media.filename);
	is_json(pool, ev->content, 1);
	is_json(pool, ev->context, 1);
	is_json(pool, ev->referral, 0);
	is_json(pool, ev->error, 1);
	if (ev->kind != EVENT_MESSAGE && ev->kind != EVENT_EDIT)
		return;
	must(ev->type != NULL && ev->content != NULL && ev->preview != NULL);
	is_text(ev->preview);
	must(text_points(ev->preview) <= PREVIEW_MAX);
	must(strchr(ev->preview, '\n') == NULL);
	must(!ev->opens_window || (ev->inbound && ev->source == EVENT_LIVE));
	must(!ev->counts_unread || ev->source == EVENT_LIVE);
}

static void
check(struct pool *pool, const struct event *ev)
{
	must(ev->kind <= EVENT_PHONE_BOOK && ev->source <= EVENT_HISTORY);
	must(ev->at > 0 && ev->at <= YEAR_2100);
	check_who(ev);
	check_message(pool, ev);
	is_text(ev->wamid);
	is_text(ev->target_wamid);
	is_text(ev->emoji);
	is_text(ev->status);
	is_text(ev->participant);
	is_text(ev->callback);
	is_text(ev->field);
	is_json(pool, ev->raw, 0);
	if (ev->kind == EVENT_NOTICE)
		must(ev->field != NULL && ev->raw != NULL);
	if (ev->kind == EVENT_STATUS)
		must(ev->target_wamid != NULL && ev->status != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	struct event *events = NULL;
	const char *why = NULL;
	size_t n = 0;

	if (delivery_parse(
		pool, (const char *)data, size, NOW, &events, &n, &why) == 0) {
		must(n <= DELIVERY_EVENTS_MAX);
		must(n <= size); /* nothing comes of nothing */
		for (size_t i = 0; i < n; i++)
			check(pool, &events[i]);
	} else {
		must(why != NULL);
	}
	pool_free(pool);
	return 0;
}
