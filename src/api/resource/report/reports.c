/*
 * GET /reports/days, /reports/members and /reports/numbers.
 */
#include <inttypes.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/fcgi/http.h"
#include "lib/json/json.h"
#include "lib/zone/zone.h"

#include "inbox/contact/files/csv.h"
#include "inbox/conversation/list/conversation_list.h"
#include "inbox/hours/workspace_setting.h"
#include "inbox/mark/mark.h"
#include "inbox/mark/team_member.h"
#include "inbox/report/report.h"

#include "api/input.h"
#include "api/reply.h"
#include "api/resource/report/reports.h"

/* 1; 0 a problem was replied. */
static int
read_date(struct action *a, const char *name, int64_t *day)
{
	const char *s = input_param(a, name);

	if (s == NULL || zone_date_parse(s, day) == 0)
		return 1;
	return input_bad(a, name, "is no date, as 2026-03-29");
}

/* The days: without "to" until today, without "from" REPORT_DAYS of them. */
static int
read_days(struct action *a, struct report_ask *ask)
{
	ask->to = zone_day(ask->zone, a->now);
	if (!read_date(a, "to", &ask->to))
		return 0;
	ask->from = ask->to - REPORT_DAYS + 1;
	if (!read_date(a, "from", &ask->from))
		return 0;
	if (ask->from > ask->to)
		return input_bad(a, "from", "is later than \"to\"");
	if (ask->to - ask->from >= REPORT_DAYS_MAX)
		return input_bad(
		    a, "from", "is more than 366 days before \"to\"");
	return 1;
}

/* The members of a team: 1; 0 a problem was replied; -1. */
static int
read_team_of(struct action *a, struct report_ask *ask)
{
	const char *word = input_param(a, "team");
	struct team_member *members = NULL;
	struct mark team;
	long long id = 0;
	int64_t *users;
	int rc = 0;

	if (word == NULL)
		return 1;
	if (text_int(word, &id) == 0 && id > 0)
		rc = mark_get(a->session, a->pool, MARK_TEAM, id, &team);
	if (rc == 0)
		return input_bad(a, "team", "is no id of a team");
	if (rc == 1)
		rc = team_member_list(a->session, a->pool, id, &members);
	if (rc == -1)
		return -1;
	users = pool_room(a->pool, sizeof(*users) * ((size_t)rc + 1));
	for (int i = 0; i < rc; i++)
		users[i] = members[i].user_id;
	ask->users = users;
	ask->n_users = rc;
	return 1;
}

/* 1; 0 a problem was replied; -1. */
static int
read_ask(struct action *a, struct report_ask *ask, int *csv)
{
	const char *number = input_param(a, "number");
	const char *format = input_param(a, "format");
	int rc;

	*csv = text_is(format, "csv");
	if (format != NULL && !*csv && !text_is(format, "json"))
		return input_bad(a, "format", "is neither json nor csv");
	if (!read_days(a, ask))
		return 0;
	rc = read_team_of(a, ask);
	if (rc != 1)
		return rc;
	if (number == NULL)
		return 1;
	rc = conversation_list_number(a->session, number, &ask->number_id);
	return rc != 0 ? rc
		       : input_bad(a, "number",
			     "is no phone_number_id of the workspace");
}

static void
put_seconds(struct json_out *out, const char *key, int64_t seconds)
{
	if (seconds == -1)
		json_put_null(out, key);
	else
		json_put_int(out, key, seconds);
}

static void
put_counts(struct json_out *out, const struct report_sum *s)
{
	json_put_int(out, "received", s->received);
	json_put_int(out, "sent", s->sent);
	json_put_int(out, "automatic", s->automatic);
	json_put_int(out, "conversations_started", s->started);
	json_put_int(out, "conversations_closed", s->closed);
	json_put_int(out, "first_answers", s->answers);
	put_seconds(out, "first_answer_median", s->median);
	put_seconds(out, "first_answer_p90", s->p90);
}

static void
put_date(struct json_out *out, const char *key, int64_t day)
{
	char text[ZONE_DATE_TEXT];

	zone_date_write(text, day);
	json_put_text(out, key, text);
}

static void
put_sum(struct json_out *out, const struct report_sum *s, enum report_by by)
{
	json_open_object(out, NULL);
	if (by == REPORT_BY_DAY)
		put_date(out, "date", s->key);
	if (by == REPORT_BY_MEMBER) {
		json_put_id(out, "user_id", s->key);
		json_put_text(out, "name", s->name);
	}
	if (by == REPORT_BY_NUMBER) {
		json_put_id(out, "number_id", s->key);
		json_put_text(out, "phone_number_id", s->number);
	}
	put_counts(out, s);
	json_close(out);
}

static int
reply_sums(struct action *a, const struct report_ask *ask,
    const struct report *report, const char *time_zone)
{
	struct json_out *out = json_new(a->pool);

	json_open_object(out, NULL);
	put_date(out, "from", ask->from);
	put_date(out, "to", ask->to);
	json_put_text(out, "time_zone", time_zone);
	json_open_array(out, "data");
	for (int i = 0; i < report->n; i++)
		put_sum(out, &report->sums[i], ask->by);
	json_close(out);
	json_open_object(out, "total");
	put_counts(out, &report->total);
	json_close(out);
	json_close(out);
	return reply_json(a, 200, out);
}

/* ------------------------------------------------------------------ CSV */

static void
put_cell_number(struct buf *b, int64_t n)
{
	if (n != -1)
		buf_text(b, pool_printf(b->pool, "%" PRId64, n));
}

static void
put_line(struct buf *b, const struct report_sum *s, enum report_by by)
{
	const int64_t counts[] = { s->received, s->sent, s->automatic,
		s->started, s->closed, s->answers, s->median, s->p90 };
	char date[ZONE_DATE_TEXT];

	zone_date_write(date, s->key);
	if (by == REPORT_BY_DAY)
		buf_text(b, date);
	else {
		put_cell_number(b, s->key == 0 ? -1 : s->key);
		buf_char(b, ',');
		csv_put_cell(b, by == REPORT_BY_MEMBER ? s->name : s->number);
	}
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		buf_char(b, ',');
		put_cell_number(b, counts[i]);
	}
	buf_char(b, '\n');
}

static int
reply_csv(
    struct action *a, const struct report_ask *ask, const struct report *report)
{
	static const char *const keys[] = { [REPORT_BY_DAY] = "date",
		[REPORT_BY_MEMBER] = "user_id,name",
		[REPORT_BY_NUMBER] = "number_id,phone_number_id" };
	struct buf b = { .pool = a->pool };

	buf_text(&b, keys[ask->by]);
	buf_text(&b, ",received,sent,automatic,conversations_started,"
		     "conversations_closed,first_answers,first_answer_median,"
		     "first_answer_p90\n");
	for (int i = 0; i < report->n; i++)
		put_line(&b, &report->sums[i], ask->by);
	reply_header(
	    a, "Content-Disposition", "attachment; filename=\"report.csv\"");
	a->answer->status = 200;
	a->answer->type = "text/csv";
	a->answer->body_len = b.len;
	a->answer->body = buf_end(&b);
	return 0;
}

/* ------------------------------------------------------------------ all */

static int
reply_report(struct action *a, struct report_ask *ask, const char *time_zone)
{
	struct report report;
	int csv, rc = read_ask(a, ask, &csv);

	if (rc != 1)
		return rc;
	rc = report_read(a->session, a->pool, ask, &report);
	if (rc == -1)
		return -1;
	if (rc == 0)
		return input_bad(a, "from",
		    "is too long ago for what was said since then: ask for "
		    "fewer days");
	return csv ? reply_csv(a, ask, &report)
		   : reply_sums(a, ask, &report, time_zone);
}

static int
report_by(struct action *a, enum report_by by)
{
	struct report_ask ask = { .by = by };
	struct workspace_setting s;
	struct zone *zone;
	int rc;

	if (workspace_setting_read(a->session, a->pool, &s) == -1)
		return -1;
	zone = workspace_setting_zone(&s);
	if (zone == NULL)
		return reply_problem(a, REPLY_UNAVAILABLE,
		    "The database of time zones (tzdata) is missing.");
	ask.zone = zone;
	rc = reply_report(a, &ask, s.time_zone);
	zone_close(zone);
	return rc;
}

int
reports_days(struct action *a)
{
	return report_by(a, REPORT_BY_DAY);
}

int
reports_members(struct action *a)
{
	return report_by(a, REPORT_BY_MEMBER);
}

int
reports_numbers(struct action *a)
{
	return report_by(a, REPORT_BY_NUMBER);
}
