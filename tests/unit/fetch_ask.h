#ifndef TESTS_UNIT_FETCH_ASK_H
#define TESTS_UNIT_FETCH_ASK_H

/* Requests to the server of fetch_server.h, and what they came to. */
#include "unit.h"

#include "lib/http/client.h"

struct fetch_result {
	int done, status, reached, too_long, failed, refused;
	int64_t retry_after;
	char body[8192], type[64], piece[8192];
	size_t piece_len;
	size_t piece_max; /* of which the sink takes so many */
};

extern struct client *fetch_client; /* the test opens and closes it */
extern char fetch_url[128];	    /* of fetch_ask_to's request */

/* A request of PATH, with 5 s; its url is borrowed until the next one. */
struct client_request fetch_ask_to(const char *method, const char *path);

/* What became of it, once it is done; …_get: of GET PATH. */
struct fetch_result fetch_ask(const struct client_request *);
struct fetch_result fetch_ask_get(const char *path);

/* For client_start and a sink; ARG is a struct fetch_result. */
void fetch_ask_done(void *arg, const struct client_answer *);
int fetch_ask_piece(void *arg, const void *, size_t);

#endif
