/*
 * A small world in which the truth is known: people have numbers for a while,
 * change them (announced), give them up without a word, and numbers go to the
 * next one.  They write with and without the number, with and without the user
 * id; we answer on the phone; history tells some of it again.  Deliveries come
 * in any order, some twice.  In the end
 *
 *   no message stands with somebody else's,
 *   nobody who shows a user id has two conversations,
 *   what a conversation shows to write to reaches its customer, and
 *   another order leaves the same.
 *
 * One seed alone: test_people_world SEED.
 */
#include "fixture.h"

#include "base/buf.h"
#include "base/text.h"

#include "inbox/node/delivery_state.h"

#ifndef SEEDS
#define SEEDS 300
#endif
#define PEOPLE	   9
#define ACCOUNTS   5
#define STEPS	   45
#define EVENTS_MAX (2 * STEPS)
#define NOBODY	   (-1)

static uint64_t seed_state;

static int
pick(int n)
{
	seed_state ^= seed_state << 13;
	seed_state ^= seed_state >> 7;
	seed_state ^= seed_state << 17;
	return (int)((seed_state >> 11) % (unsigned)n);
}

struct person {
	int account; /* NOBODY none */
	int ids;     /* so many user ids so far: each change brings another */
	int shown;   /* may write without it */
	int paired;  /* it was shown together with the number */
};

struct world {
	struct pool *pool;
	struct person person[PEOPLE];
	int holder[ACCOUNTS];
	int released[ACCOUNTS]; /* the last one said so */
	struct event ev[EVENTS_MAX];
	int n;
	int64_t at;
};

static const char *
account_of(struct world *w, int a)
{
	return pool_printf(w->pool, "49151%06d", a);
}

static const char *
id_of(struct world *w, int who, int n)
{
	return pool_printf(w->pool, "DE.%c%d", 'A' + who, n);
}

/* Somebody gets a number that nobody has. */
static void
settle(struct world *w, int who)
{
	int a = pick(ACCOUNTS);

	/* Who left without a word and comes back is a new customer. */
	if (w->holder[a] != NOBODY || w->person[who].ids > 0)
		return;
	w->holder[a] = who;
	w->person[who].account = a;
	w->person[who].ids++;
	/* After somebody who left without a word only a user id can tell. */
	w->person[who].shown = w->released[a];
}

static struct event *
add(struct world *w, int who)
{
	struct event *ev = &w->ev[w->n];

	/* What the test tells them apart by stands in the wamid. */
	*ev = fixture_event(
	    pool_printf(w->pool, "%c%d", 'A' + who, w->n), NULL, w->at, "x");
	ev->waba_id = "waba";
	w->n++;
	return ev;
}

static void
write_one(struct world *w, int who)
{
	struct person *p = &w->person[who];
	struct event *ev;
	int shows = pick(3);

	if (p->account == NOBODY)
		return;
	ev = add(w, who);
	if (!p->shown)
		shows = 0;
	p->shown = 1;
	p->paired |= shows == 0;
	if (shows != 1)
		ev->customer.user_id = id_of(w, who, p->ids);
	if (shows != 2)
		ev->customer.wa_id = account_of(w, p->account);
	switch (pick(4)) {
	case 0:
		ev->source = EVENT_ECHO;
		ev->inbound = ev->counts_unread = ev->opens_window = 0;
		break;
	case 1: /* history tells it, too, by the number alone */
		w->ev[w->n] = *ev;
		ev = &w->ev[w->n++];
		ev->source = EVENT_HISTORY;
		ev->counts_unread = ev->opens_window = 0;
		ev->customer.user_id = NULL;
		ev->customer.wa_id = account_of(w, p->account);
		break;
	default:
		break;
	}
}

static void
leave(struct world *w, int who, int said)
{
	struct person *p = &w->person[who];

	w->holder[p->account] = NOBODY;
	w->released[p->account] = said;
	p->account = NOBODY;
}

/* To a number that is free, or was somebody's who has gone silent. */
static void
change(struct world *w, int who)
{
	struct person *p = &w->person[who];
	int a = pick(ACCOUNTS), old = p->account;
	struct event *ev;

	if (old == NOBODY || w->holder[a] != NOBODY)
		return;
	ev = add(w, who);
	ev->counts_unread = ev->opens_window = 0;
	if (pick(3) == 0)
		ev->kind = EVENT_IDENTITY;
	else
		ev->type = "system";
	ev->customer.wa_id = account_of(w, old);
	ev->customer.user_id = id_of(w, who, p->ids);
	ev->customer.new_wa_id = account_of(w, a);
	ev->customer.new_user_id = id_of(w, who, p->ids + 1);
	leave(w, who, 1);
	w->holder[a] = who;
	p->account = a;
	p->ids++;
	p->shown = p->paired = 1;
}

static void
make(struct world *w, struct pool *pool)
{
	*w = (struct world){ .pool = pool, .at = 1000 };
	for (int a = 0; a < ACCOUNTS; a++) {
		w->holder[a] = NOBODY;
		w->released[a] = 1;
	}
	for (int i = 0; i < PEOPLE; i++)
		w->person[i].account = NOBODY;
	while (w->n < EVENTS_MAX - 2 && w->at < 1000 + 20 * STEPS) {
		int who = pick(PEOPLE);

		w->at += 10;
		switch (pick(10)) {
		case 0:
			change(w, who);
			break;
		case 1:
			/* Else nobody could tell whose the number was. */
			if (w->person[who].account != NOBODY &&
			    w->person[who].paired)
				leave(w, who, 0);
			break;
		default:
			settle(w, who);
			write_one(w, who);
		}
	}
}

/* ----------------------------------------------------------------- outcome */

static void
apply(struct fixture *fx, struct world *w, const int *order, int n)
{
	for (int i = 0; i < n; i++) {
		struct delivery_state_hindrance why = { 0 };

		assert_int_equal(apply_event(&fx->apply, fx->pool,
				     &w->ev[order[i]], FIXTURE_NOW, &why),
		    1);
	}
}

/* Who stands with whom, in an order that says nothing of ids. */
static char *
partition(struct fixture *fx, struct pool *pool)
{
	struct buf b = { .pool = pool };
	struct db_rows *r = db_query(fx->db,
	    "SELECT (SELECT group_concat(wamid, ' ') FROM (SELECT wamid FROM"
	    " messages WHERE conversation_id = c.id AND wamid NOT LIKE"
	    " 'none.%' ORDER BY 1)) AS all_of, COALESCE(phone, '-'),"
	    " COALESCE(user_id, '-'), unread_count FROM conversations AS c"
	    " ORDER BY 1, 2, 3",
	    DB_NONE);
	int rc;

	while ((rc = db_next(r)) == 1)
		buf_printf(&b, "%s | %s %s %s\n",
		    db_col_is_null(r, 0) ? "" : db_col_text(r, 0),
		    db_col_text(r, 1), db_col_text(r, 2), db_col_text(r, 3));
	db_end(r);
	assert_int_equal(rc, 0);
	return buf_end(&b);
}

/* Whom the phone +49151…A reaches; NOBODY nobody. */
static int
reaches(const struct world *w, const char *phone)
{
	return w->holder[phone[strlen(phone) - 1] - '0'];
}

/* The conversations are those of the truth, or says why not. */
static const char *
wrong(struct fixture *fx, struct world *w)
{
	struct db_rows *r = db_query(fx->db,
	    "SELECT c.id, group_concat(DISTINCT substr(m.wamid, 1, 1)),"
	    " c.phone, c.user_id FROM conversations AS c LEFT JOIN messages"
	    " AS m ON m.conversation_id = c.id AND m.wamid NOT LIKE 'none.%'"
	    " GROUP BY c.id",
	    DB_NONE);
	int seen[PEOPLE] = { 0 };
	const char *why = NULL;

	while (db_next(r) == 1 && why == NULL) {
		const char *who = db_col_text(r, 1), *phone = db_col_text(r, 2),
			   *user_id = db_col_text(r, 3);
		int one = who != NULL ? who[0] - 'A' : NOBODY;

		if (who != NULL && strlen(who) > 1)
			why = "two people in one conversation";
		else if (user_id != NULL && one != NOBODY &&
			 user_id[3] - 'A' != one)
			why = "a user id of somebody else";
		else if (user_id != NULL && seen[user_id[3] - 'A']++)
			why = "two conversations of one person";
		else if (phone != NULL && one != NOBODY &&
			 reaches(w, phone) != NOBODY &&
			 reaches(w, phone) != one &&
			 w->person[reaches(w, phone)].shown)
			why = "an answer goes to somebody else";
	}
	db_end(r);
	return why;
}

static int
holds(struct fixture *fx, uint64_t seed)
{
	struct pool *pool = pool_new();
	struct world w;
	int order[EVENTS_MAX + EVENTS_MAX / 4], n;
	char *first = NULL;
	int good = 1;

	seed_state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	for (int i = 0; i < 8; i++)
		pick(2);
	make(&w, pool);
	for (int round = 0; round < 3 && good; round++) {
		const char *why;
		char *now;

		for (n = 0; n < w.n; n++)
			order[n] = n;
		for (int i = 0; round > 0 && i < w.n / 4; i++)
			order[n++] = pick(w.n);
		for (int i = n; round > 0 && i > 1; i--) {
			int j = pick(i), k = order[j];

			order[j] = order[i - 1];
			order[i - 1] = k;
		}
		assert_int_equal(db_begin(fx->db), 0);
		apply(fx, &w, order, n);
		why = wrong(fx, &w);
		now = partition(fx, pool);
		db_rollback(fx->db);
		if (first == NULL)
			first = now;
		if (why == NULL && strcmp(first, now) != 0)
			why = "another order, another outcome";
		if (why != NULL) {
			print_error("seed %llu, round %d: %s\nin order:\n%s"
				    "now:\n%s",
			    (unsigned long long)seed, round, why, first, now);
			good = 0;
		}
	}
	pool_free(pool);
	pool_reset(fx->pool);
	return good;
}

static uint64_t only_seed;

static void
nobody_stands_with_somebody_else(void **state)
{
	struct fixture *fx = *state;
	uint64_t seeds = SEEDS;
	int failed = 0;

	if (only_seed != 0) {
		assert_true(holds(fx, only_seed));
		return;
	}
	if (getenv("VALGRIND") != NULL) /* ./dev test --valgrind */
		seeds = 10;
	for (uint64_t seed = 1; seed <= seeds && failed < 3; seed++)
		failed += !holds(fx, seed);
	assert_int_equal(failed, 0);
}

int
main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    nobody_stands_with_somebody_else, fixture_begin,
		    fixture_end),
	};

	if (argc == 2)
		only_seed = strtoull(argv[1], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
