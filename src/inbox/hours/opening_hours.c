/*
 * Opening hours: from JSON to spans, and from spans to instants.  A span's
 * times are those of the clock in the zone, so the day on which it is put
 * forward is an hour shorter for who is open all night, and 02:30 of that day
 * is when the clock moves (lib/zone).
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/zone/zone.h"

#include "inbox/hours/opening_hours.h"

#define DAY_MINUTES 1440

static const char *const weekday_names[] = { "monday", "tuesday", "wednesday",
	"thursday", "friday", "saturday", "sunday", NULL };

static int
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "09:30" in minutes, "24:00" too; -1 is none. */
static int
parse_minutes(const char *s)
{
	int hour, minute;

	if (s == NULL || strlen(s) != 5 || !is_digit(s[0]) || !is_digit(s[1]) ||
	    s[2] != ':' || !is_digit(s[3]) || !is_digit(s[4]))
		return -1;
	hour = (s[0] - '0') * 10 + s[1] - '0';
	minute = (s[3] - '0') * 10 + s[4] - '0';
	if (minute > 59 || hour * 60 + minute > DAY_MINUTES)
		return -1;
	return hour * 60 + minute;
}

/* Times of E: NULL, or what is wrong. */
static const char *
read_times(const struct json *e, struct opening_span *span)
{
	span->from = parse_minutes(json_text(e, "from"));
	span->to = parse_minutes(json_text(e, "to"));
	if (span->from == -1 || span->from == DAY_MINUTES)
		return ".from is no time, as 09:30";
	if (span->to == -1)
		return ".to is no time, as 18:00 or 24:00";
	if (span->to <= span->from)
		span->to += DAY_MINUTES;
	return NULL;
}

static const char *
read_weekday(const struct json *e, struct opening_span *span)
{
	const char *day = json_text(e, "day");

	for (span->day = 0; weekday_names[span->day] != NULL; span->day++)
		if (day != NULL && text_is(day, weekday_names[span->day]))
			return read_times(e, span);
	return ".day is not monday, tuesday, … or sunday";
}

static const char *
read_date(const struct json *e, struct opening_span *span)
{
	const char *date = json_text(e, "date");

	if (date == NULL || zone_date_parse(date, &span->day) == -1)
		return ".date is no date, as 2026-12-24";
	span->from = span->to = -1;
	return json_get(e, "from") == NULL && json_get(e, "to") == NULL
		   ? NULL
		   : read_times(e, span);
}

/* Are the members of E all among KEYS? */
static int
has_only(const struct json *e, const char *const *keys)
{
	for (const struct json *m = json_first(e); m != NULL;
	     m = json_next(m)) {
		int i = 0;

		while (keys[i] != NULL && !text_is(json_key(m), keys[i]))
			i++;
		if (keys[i] == NULL)
			return 0;
	}
	return 1;
}

/* A list of spans, of which each is read by READ. */
struct span_list {
	const char *key;
	const char *keys[4]; /* of an element */
	const char *(*read)(const struct json *, struct opening_span *);
	int max;
};

static const char *
read_list(struct pool *pool, const struct json *value,
    const struct span_list *list, struct opening_span *spans, int *n)
{
	const struct json *all = json_get(value, list->key);

	*n = 0;
	if (all == NULL)
		return NULL;
	if (json_type(all) != JSON_ARRAY)
		return pool_printf(pool, "%s is not a list", list->key);
	if (json_count(all) > (size_t)list->max)
		return pool_printf(
		    pool, "%s has more than %d entries", list->key, list->max);
	for (const struct json *e = json_first(all); e != NULL;
	     e = json_next(e)) {
		const char *why =
		    json_type(e) != JSON_OBJECT ? " is not an object"
		    : !has_only(e, list->keys)	? " has an unknown member"
						: list->read(e, &spans[*n]);

		if (why != NULL)
			return pool_printf(
			    pool, "%s[%d]%s", list->key, *n, why);
		(*n)++;
	}
	return NULL;
}

/* A date that is closed and open. */
static const char *
check_dates(struct pool *pool, const struct opening_hours *h)
{
	for (int i = 0; i < h->n_dates; i++)
		for (int k = 0; k < h->n_dates; k++)
			if (i != k && h->dates[i].from == -1 &&
			    h->dates[i].day == h->dates[k].day)
				return pool_printf(pool,
				    "dates[%d] is closed and named once more",
				    i);
	return NULL;
}

const char *
opening_hours_read(
    struct pool *pool, const struct json *value, struct opening_hours *h)
{
	static const struct span_list weekdays = { "weekdays",
		{ "day", "from", "to", NULL }, read_weekday,
		OPENING_WEEKDAYS_MAX };
	static const struct span_list dates = { "dates",
		{ "date", "from", "to", NULL }, read_date, OPENING_DATES_MAX };
	static const char *const keys[] = { "weekdays", "dates", NULL };
	const char *why;

	if (json_type(value) != JSON_OBJECT)
		return "is not an object";
	if (!has_only(value, keys))
		return "has a member that is neither weekdays nor dates";
	why = read_list(pool, value, &weekdays, h->weekdays, &h->n_weekdays);
	if (why == NULL)
		why = read_list(pool, value, &dates, h->dates, &h->n_dates);
	return why != NULL ? why : check_dates(pool, h);
}

/* ----------------------------------------------------------------- look */

/* Calls EACH for the spans that begin on DAY, as instants. */
typedef void span_call(int64_t from, int64_t to, void *arg);

static void
call_span(const struct opening_span *s, int64_t day, const struct zone *z,
    span_call *each, void *arg)
{
	int64_t midnight = day * ZONE_DAY;
	int64_t from = zone_instant(z, midnight + (int64_t)s->from * 60);
	int64_t to = zone_instant(z, midnight + (int64_t)s->to * 60);

	if (from < to)
		each(from, to, arg);
}

static void
each_of_day(const struct opening_hours *h, const struct zone *z, int64_t day,
    span_call *each, void *arg)
{
	int named = 0, weekday = zone_weekday(day);

	for (int i = 0; i < h->n_dates; i++) {
		if (h->dates[i].day != day)
			continue;
		named = 1;
		if (h->dates[i].from != -1)
			call_span(&h->dates[i], day, z, each, arg);
	}
	for (int i = 0; i < h->n_weekdays && !named; i++)
		if (h->weekdays[i].day == weekday)
			call_span(&h->weekdays[i], day, z, each, arg);
}

struct opening_look {
	int64_t at;   /* which instant is looked at */
	int64_t end;  /* of the spans around AT the last end; 0: none is */
	int64_t past; /* the last end before or at AT */
	int64_t next; /* the first begin behind AT */
};

static void
look_at_span(int64_t from, int64_t to, void *arg)
{
	struct opening_look *l = arg;

	if (from <= l->at && l->at < to && to > l->end)
		l->end = to;
	if (to <= l->at && to > l->past)
		l->past = to;
	if (from > l->at && (l->next == 0 || from < l->next))
		l->next = from;
}

/* The days around day DAY, BEFORE of them before it and BEHIND behind it. */
static void
look_around(const struct opening_hours *h, const struct zone *z, int64_t day,
    int before, int behind, struct opening_look *l)
{
	for (int64_t d = day - before; d <= day + behind; d++)
		each_of_day(h, z, d, look_at_span, l);
}

/* Until when it is open: spans that follow one another are one. */
static int64_t
open_until(const struct opening_hours *h, const struct zone *z, int64_t now)
{
	struct opening_look l = { .at = now };
	int64_t limit = now + OPENING_LOOK * (int64_t)ZONE_DAY;

	for (;;) {
		l.end = 0;
		look_around(h, z, zone_day(z, l.at), 2, 1, &l);
		if (l.end == 0)
			return l.at;
		if (l.end > limit)
			return 0;
		l.at = l.end;
	}
}

void
opening_hours_look(const struct opening_hours *h, const struct zone *z,
    int64_t now, struct opening_state *state)
{
	struct opening_look l = { .at = now };
	int64_t day = zone_day(z, now);

	look_around(h, z, day, 2, 1, &l);
	if (l.end != 0) {
		*state = (struct opening_state){ .open = 1,
			.until = open_until(h, z, now) };
		return;
	}
	if (l.past == 0 || l.next == 0)
		look_around(h, z, day, OPENING_LOOK, OPENING_LOOK, &l);
	*state = (struct opening_state){
		.since = l.past != 0 ? l.past
				     : now - OPENING_LOOK * (int64_t)ZONE_DAY,
		.until = l.next,
	};
}
