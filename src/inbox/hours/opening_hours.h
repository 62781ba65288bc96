#ifndef INBOX_HOURS_OPENING_HOURS_H
#define INBOX_HOURS_OPENING_HOURS_H

#include <stdint.h>

struct json;
struct pool;
struct zone;

/*
 * When a workspace is open, by the clock on the wall in its time zone:
 *
 *   {"weekdays": [{"day": "monday", "from": "09:00", "to": "17:30"}, …],
 *    "dates": [{"date": "2026-12-25"},
 *              {"date": "2026-12-24", "from": "09:00", "to": "12:00"}, …]}
 *
 * Several spans of a day may be given.  One whose "to" is not later than its
 * "from" ends on the next day; "24:00" is midnight at a day's end.  Of a date
 * that is named only what is said of it counts: without times it is closed.  A
 * span belongs to the day on which it begins.
 */
#define OPENING_WEEKDAYS_MAX 56
#define OPENING_DATES_MAX    400

struct opening_span {
	int64_t day;  /* 0 Monday … 6; of dates the day's number (zone.h) */
	int from, to; /* minutes, to may be tomorrow's; from -1: closed */
};

struct opening_hours {
	int n_weekdays, n_dates;
	struct opening_span weekdays[OPENING_WEEKDAYS_MAX];
	struct opening_span dates[OPENING_DATES_MAX];
};

/* Reads VALUE: NULL; or which part of it is wrong and how, "weekdays[2].from is
 * no time, 09:30", in POOL. */
const char *opening_hours_read(
    struct pool *, const struct json *value, struct opening_hours *);

/*
 * How it is at NOW: open or closed; since when (closed only), and until when it
 * stays so.  What is further off than OPENING_LOOK days is not looked at:
 * since is then so long ago, until is 0.
 */
#define OPENING_LOOK 60

struct opening_state {
	int open;
	int64_t since;
	int64_t until;
};

void opening_hours_look(const struct opening_hours *, const struct zone *,
    int64_t now, struct opening_state *);

#endif
