/*
 * The list of events while a delivery is read.  Each new event gets account,
 * number and time from the change that it is in.  Used by delivery.c and the
 * value_*.c.
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/event_list.h"

/* The year 2100: a later time is not believed. */
#define LAST 4102444800

/* From here on a time is taken as milliseconds: as seconds it would be the year
 * 33658. */
#define MILLISECONDS 1000000000000

int64_t
event_list_time(const struct json *element, const char *key, int64_t otherwise)
{
	int64_t at;

	if (!json_int(element, key, &at))
		return otherwise;
	if (at >= MILLISECONDS)
		at /= 1000;
	/* A time ahead of our clock is kept: our clock may be the wrong one. */
	return at <= 0 || at > LAST ? otherwise : at;
}

static void
grow_events(struct event_list *s)
{
	size_t cap = s->cap > 0 ? s->cap * 2 : 4;
	struct event *events = pool_alloc(s->pool, cap * sizeof(*events));

	if (s->n > 0)
		memcpy(events, s->events, s->n * sizeof(*events));
	s->events = events;
	s->cap = cap;
}

struct event *
event_list_add(
    struct event_list *s, enum event_kind kind, const struct json *element)
{
	struct event *e;

	if (s->n == DELIVERY_EVENTS_MAX) {
		s->too_many = 1;
		s->n--; /* the last one is overwritten; nobody gets them */
	}
	if (s->n == s->cap)
		grow_events(s);
	e = &s->events[s->n++];
	memset(e, 0, sizeof(*e));
	e->kind = kind;
	e->waba_id = s->waba_id;
	e->phone_number_id = s->phone_number_id;
	e->display_phone_number = s->display_phone_number;
	e->at = event_list_time(element, "timestamp", 0);
	e->timed = e->at != 0;
	if (!e->timed)
		e->at = s->at;
	return e;
}

struct event *
event_list_add_other(
    struct event_list *s, const char *field, const struct json *element)
{
	struct event *e = event_list_add(s, EVENT_NOTICE, element);

	e->field = field;
	e->raw = json_write(s->pool, element);
	return e;
}

/* The next digit of *S, which is behind it then; 0: there is none. */
static char
next_digit(const char **s)
{
	while (**s != '\0' && (**s < '0' || **s > '9'))
		++*s;
	return **s == '\0' ? '\0' : *(*s)++;
}

int
event_list_is_us(const struct event_list *s, const char *text)
{
	const char *ours = s->display_phone_number;
	int n = 0;

	if (ours == NULL || text == NULL)
		return 0;
	for (;; n++) {
		char digit = next_digit(&ours);

		if (digit != next_digit(&text))
			return 0;
		if (digit == '\0')
			return n > 0;
	}
}
