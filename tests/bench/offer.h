#ifndef BENCH_OFFER_H
#define BENCH_OFFER_H

#include <stddef.h>

/* Whole HTTP requests, which are sent in turn. */
struct offer_request {
	char *text;
	size_t len;
};

struct offer_list {
	struct offer_request *request;
	size_t n;
};

/* Fills an empty LIST with POSTs to PATH: each line of FILE is a header, a
 * tab and a body; all have HEADERS too, up to a NULL.  Ends the program when
 * there are none. */
void offer_load(
    struct offer_list *, const char *file, const char *path, char **headers);

#endif
