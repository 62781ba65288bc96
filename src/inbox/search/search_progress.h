#ifndef INBOX_SEARCH_SEARCH_PROGRESS_H
#define INBOX_SEARCH_SEARCH_PROGRESS_H

#include <stdint.h>

struct db;
struct statements;

/*
 * How far the search's indexes are (inbox.sql, search_indexed and
 * search_stale): for whoever waits for them, or says it to people.  Makes no
 * words, so any program may ask.
 */
extern const struct statements search_progress_statements;

struct search_progress {
	int whole;	  /* no index is being built; as usual */
	const char *kind; /* what is being built now, "messages": a constant */
	int percent;	  /* … of that, by ids */
	int64_t seconds;  /* left for that, about; -1 not known yet */
	int64_t waiting;  /* rows, as search_progress_waiting */
};

int search_progress_read(struct db *, int64_t now, struct search_progress *);

/* Rows that were stored or changed and wait for their words, nearly always for
 * less than a second; *N is at most SEARCH_WAITING_MAX of a kind: 0, -1. */
#define SEARCH_WAITING_MAX 100000
int search_progress_waiting(struct db *, int64_t *n);

/* The index that is being built, if one is: its kind, where that is, where it
 * began and when (0: not yet).  People come first: they are soon done. */
#define SEARCH_BUILDING                                                        \
	"SELECT kind, from_id, began_id, COALESCE(began_at, 0)"                \
	" FROM search_indexed WHERE from_id > 0 ORDER BY kind LIMIT 1"

/* 1 some wait, 0 none (a short read), -1. */
int search_progress_is_due(struct db *);

/* 1 words of what was changed or deleted wait to be taken out, 0, -1.  Until
 * then they can be read in the index, and in search_stale. */
int search_progress_is_stale(struct db *);

#endif
