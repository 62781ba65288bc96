#ifndef INBOX_REPORT_REPORT_H
#define INBOX_REPORT_REPORT_H

#include <stdint.h>

struct pool;
struct session;
struct statements;
struct zone;

/*
 * What was said in a span of days, by the clock of a zone, and how fast: by
 * day, by member or by number, for a member.
 */
#define REPORT_DAYS_MAX	  366
#define REPORT_ROWS_MAX	  1000000 /* of report_counts that are added up */
#define REPORT_GROUPS_MAX 1000	  /* members, or numbers */
#define REPORT_DAYS	  30	  /* of a report that does not say how many */

enum report_by { REPORT_BY_DAY, REPORT_BY_MEMBER, REPORT_BY_NUMBER };

struct report_ask {
	enum report_by by;
	int64_t from, to;  /* days (lib/zone/zone.h), both included */
	int64_t number_id; /* 0: all */
	/* whose it is, N_USERS ids in order, borrowed; NULL: everybody's */
	const int64_t *users;
	int n_users;
	const struct zone *zone;
};

struct report_sum {
	int64_t key;	    /* a day; a user's or a number's id, 0 none */
	const char *name;   /* of who is a member, or was; NULL else */
	const char *number; /* phone_number_id of one that is here; NULL else */
	int64_t received, sent, automatic, started, closed, answers;
	int64_t median, p90; /* of answers, seconds; -1: there is none */
};

struct report {
	int n;
	struct report_sum *sums; /* days in order, others by id; in POOL */
	struct report_sum total;
};

/* 1; 0 there is too much of it for one report; -1. */
int report_read(struct session *, struct pool *, const struct report_ask *,
    struct report *);

extern const struct statements report_statements;

#endif
