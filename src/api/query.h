#ifndef API_QUERY_H
#define API_QUERY_H

#include <stddef.h>

struct pool;

/*
 * Parses the query string of a request into a map from names to values, once.
 * WORDS: the known names, separated by a space, as in the table of routes.  Of
 * unknown names only the first is kept.
 */
struct query_value {
	const char *text;	  /* decoded, "" too */
	struct query_value *next; /* in the order of the request */
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
	struct query_param *first; /* private: in the order of the request */
	int has_nul;		   /* 1: there is a %00 */
	int is_bad;		   /* 1: ended at a bad encoding */
};

/* In POOL.  Parsing ends at a bad encoding. */
struct query *query_parse(struct pool *, const char *raw, const char *words);

/*
 * The first error, in the order of the request, and its parameter (*NAME,
 * decoded, any bytes).  Names in SEVERAL may have more than one value; "" is no
 * value.
 */
enum query_fault {
	QUERY_FINE,
	QUERY_ENCODING, /* no *NAME; a %00 anywhere is reported first */
	QUERY_UNKNOWN,
	QUERY_NOT_UTF8,
	QUERY_TWICE
};
enum query_fault query_check(
    const struct query *, const char *several, const char **name);

/* The first value of NAME that is not ""; NULL none. */
const char *query_get(const struct query *, const char *name);
/* All values that are not "", at most MAX into VALUES: how many there are. */
int query_all(
    const struct query *, const char *name, const char **values, int max);
/* The first value of NAME, which may be ""; NULL: absent. */
const char *query_sent(const struct query *, const char *name);

/* 1 when NAME (LEN bytes) is one of WORDS. */
int query_among(const char *words, const char *name, size_t len);

#endif
