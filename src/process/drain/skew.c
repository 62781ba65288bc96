/*
 * Clock skew: compares our clock with the provider's.
 */
#include <stddef.h>

#include "base/clock.h"
#include "base/log.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "process/drain/skew.h"

enum { GET, SET, N_SQL };

static const char *const skew_sql[N_SQL] = {
	[GET] = "SELECT at FROM retention WHERE rule = $1",
	[SET] = "INSERT INTO retention(rule, at) VALUES ($1, $2)"
		" ON CONFLICT(rule) DO UPDATE SET at = excluded.at",
};

#define ENOUGH	  3 /* so many events that agree outweigh one that did not */
#define EVERY_MS  3600000
#define AHEAD_MIN 60 /* seconds; less is no skew */

const struct statements skew_statements = {
	.sql = skew_sql,
	.n = N_SQL,
};

static void
warn(struct skew *s, int64_t off)
{
	int64_t ms = clock_ticks_ms();

	if (s->warned_ms != 0 && ms - s->warned_ms < EVERY_MS)
		return;
	s->warned_ms = ms;
	log_warn("the clock of this machine is %lld s %s the provider's: set"
		 " it (timedatectl)",
	    (long long)(off < 0 ? -off : off), off < 0 ? "behind" : "ahead of");
}

void
skew_see(struct skew *s, int64_t at, int64_t now)
{
	if (at > now + SKEW_SLACK) {
		if (at > s->provider_at)
			s->provider_at = at;
		s->agreed = 0;
		s->unsaved = 1;
		warn(s, now - at);
	} else if (at >= now - SKEW_SLACK) {
		if (s->agreed < ENOUGH) {
			s->agreed++;
			s->unsaved = 1;
		}
		if (s->agreed == ENOUGH || at > s->provider_at)
			s->provider_at = at;
	}
}

void
skew_see_sent(struct skew *s, int64_t sending_at, int64_t at)
{
	s->ahead = sending_at - at > AHEAD_MIN ? sending_at - at : 0;
	if (s->ahead != 0)
		warn(s, s->ahead);
}

int
skew_load(struct skew *s, struct db *db)
{
	int64_t agreed = 0;

	if (s->loaded)
		return 0;
	if (db_get_int(db, skew_sql[GET], DB_ARGS(db_text("provider")),
		&s->provider_at) == -1 ||
	    db_get_int(
		db, skew_sql[GET], DB_ARGS(db_text("agreed")), &agreed) == -1)
		return -1;
	s->agreed = (int)agreed;
	s->loaded = 1;
	return 0;
}

int
skew_save(struct skew *s, struct db *db)
{
	if (!s->unsaved)
		return 0;
	if (db_run(db, skew_sql[SET],
		DB_ARGS(db_text("provider"), db_int(s->provider_at))) == -1 ||
	    db_run(db, skew_sql[SET],
		DB_ARGS(db_text("agreed"), db_int(s->agreed))) == -1)
		return -1;
	s->unsaved = 0;
	return 0;
}

int64_t
skew_off(const struct skew *s, int64_t now)
{
	if (s->provider_at > now + SKEW_SLACK)
		return now - s->provider_at;
	return s->ahead;
}

int
skew_is_right(const struct skew *s, int64_t now)
{
	return s->agreed > 0 && s->ahead == 0 &&
	       s->provider_at <= now + SKEW_SLACK &&
	       s->provider_at > now - 7 * 86400;
}
