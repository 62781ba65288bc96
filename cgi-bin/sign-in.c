/*
 * sign-in: people sign in and out, /api/v1/session.
 * Reads requests of the web server, and of inbox.db users, memberships,
 * passwords' hashes, second factors, invitations and sessions.
 * Writes these; no other program reads a hash.
 * Never reads a conversation or a message, never touches the spool, never talks
 * to the provider, and keeps no password: each is hashed and forgotten.
 * Answers as docs/openapi.yaml says.
 */
#include <stddef.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/pool.h"
#include "base/service/manager.h"

#include "lib/digest/digest.h"
#include "lib/fcgi/http.h"

#include "api/serve.h"
#include "api/sign_in/hash_turn.h"
#include "api/sign_in/sign_in.h"
#include "api/sign_in/sign_in_serve.h"

#define SPARE 8 /* threads for who has no password to be hashed */

static struct config config;

static void
handle_sign_in(void *service, const struct http_request *request,
    struct http_answer *answer)
{
	sign_in_serve(service, request, answer, clock_now());
}

static void
rest_sign_in(void *service)
{
	sign_in_rest(service);
}

int
main(void)
{
	struct http_service service = { .handler = handle_sign_in,
		.rest = rest_sign_in };

	config_load(&config, "sign-in", CONFIG_INBOX);
	digest_open();
	pool_one_arena();
	service.threads =
	    (int)sysconf(_SC_NPROCESSORS_ONLN) + HASH_TURN_QUEUE + SPARE;
	service.arg = sign_in_open(&config);
	if (service.arg == NULL)
		return EX_UNAVAILABLE;
	if (http_serve(&service) == -1)
		return EX_OSERR;
	manager_begin_anew();
	return serve_broken() ? EX_IOERR : 0;
}
