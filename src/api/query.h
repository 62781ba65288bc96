#ifndef API_QUERY_H
#define API_QUERY_H

#include <stddef.h>

struct pool;

/*
 * The query string of a request as a map from names to values, parsed once.
 * WORDS are the names that are known, with a space between, as in the table of
 * routes.  What is not known is not kept, but for the first such name.
 */
struct query_value {
	const char *text;	  /* decoded, "" too */
	struct query_value *next; /* as they came */
};

struct query_name {
	const char *word; /* in WORDS, which is borrowed */
	size_t len;
	struct query_value *first; /* NULL: absent */
	struct query_value *last;
	int n; /* values that are not "" */
};

struct query {
	struct query_name *names; /* in the order of WORDS */
	size_t n_names;
	struct query_param *first; /* query.c's own: as they came */
	int has_nul;		   /* %00 is somewhere */
	int is_bad;		   /* ends with a bad encoding */
};

/* In POOL.  What stands behind a bad encoding is not there. */
struct query *query_parse(struct pool *, const char *raw, const char *words);

/*
 * What is wrong first, in the order in which parameters came, and which one
 * (*NAME, decoded, of any bytes).  Of names in SEVERAL there may be more than
 * one value; "" is none.
 */
enum query_fault {
	QUERY_FINE,
	QUERY_ENCODING, /* no *NAME; a NUL comes before all */
	QUERY_UNKNOWN,
	QUERY_NOT_UTF8,
	QUERY_TWICE
};
enum query_fault query_check(
    const struct query *, const char *several, const char **name);

/* The first value of NAME that is not "", NULL none. */
const char *query_get(const struct query *, const char *name);
/* All such, at most MAX into VALUES: how many there are. */
int query_all(
    const struct query *, const char *name, const char **values, int max);
/* The first value of NAME, "" too; NULL: absent. */
const char *query_sent(const struct query *, const char *name);

/* NAME (LEN bytes) is one of WORDS. */
int query_among(const char *words, const char *name, size_t len);

#endif
