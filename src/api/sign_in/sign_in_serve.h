#ifndef API_SIGN_IN_SIGN_IN_SERVE_H
#define API_SIGN_IN_SIGN_IN_SERVE_H

#include <stdint.h>

struct http_answer;
struct http_request;
struct sign_in_service;

/* Serves one request below /api/v1/session.  Safe from many threads. */
void sign_in_serve(struct sign_in_service *, const struct http_request *,
    struct http_answer *, int64_t now);

#endif
