/*
 * webhook-ingest: accepts the provider's POSTs and stores them in the spool.
 * Reads the request and its configuration; writes the spool, one row for each
 * body.
 * Never parses a body, never opens the inbox, never connects to anything; reads
 * no body before its headers were checked.
 * Answers 200 once the body is on disk, whatever is in it; 401, 413, 400, 405
 * when the request is at fault, and 503 when we are: then the provider sends it
 * again.  GET /healthz/webhooks says whether a delivery would get 200.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/counters.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/service/manager.h"

#include "lib/digest/digest.h"
#include "lib/fcgi/http.h"
#include "lib/fcgi/http_quota.h"

#include "spool/spool.h"
#include "spool/spool_move.h"

#include "credential.h"
#include "ready.h"
#include "token_files.h"

#define RETRY_AFTER  "10"
#define BODY_MS	     30000 /* for a body that arrives slowly */
#define UNCHECKED_MS 10000 /* … without a token, so not checked yet */

struct ingest {
	struct config config;
	struct token_files *tokens;
	struct spool *spool;
	struct ready ready;
	/* A signature can be checked only when the body has arrived. */
	struct http_quota unchecked;
};

static void
refuse_credential(const struct http_request *request,
    struct http_answer *answer, const char *why)
{
	counters_add(COUNTER_UNAUTHORIZED, 1);
	counters_set(COUNTER_UNAUTHORIZED_AT, clock_now());
	log_warn("delivery from %s refused: %s", request->remote, why);
	http_add_header(request, answer, "WWW-Authenticate",
	    "Bearer realm=\"waspool webhook\"");
	http_plain(request, answer, 401, why);
}

/* The name of the credential that let the delivery in, for the spool. */
static const char *
credential_name(struct pool *pool, const char *token, int secret)
{
	if (token != NULL && secret > 0)
		return pool_printf(pool, "%s secret-%d", token, secret);
	if (token != NULL)
		return token;
	if (secret > 0)
		return pool_printf(pool, "secret-%d", secret);
	return "none";
}

/* Answers the provider, now that the delivery is on disk, or is not. */
static void
answer_kept(struct spool_order *order, int rc)
{
	const struct http_request *request = order->arg;
	struct http_answer answer = { .status = 200 };

	if (rc == -1) {
		http_add_header(request, &answer, "Retry-After", RETRY_AFTER);
		http_plain(request, &answer, 503, "not stored, send it again");
	} else {
		http_plain(request, &answer, 200, "ok");
	}
	http_done(request, &answer);
}

static void
keep(struct ingest *ingest, const struct http_request *request,
    const struct spool_delivery *delivery)
{
	struct spool_order *order = pool_alloc(request->pool, sizeof(*order));

	order->delivery = *delivery;
	order->kept = answer_kept;
	order->arg = (void *)request;
	http_later(request);
	spool_order(ingest->spool, order);
}

/*
 * The headers are accepted, the body has still to arrive.  With a token it is
 * the provider's.  With only a signature header it may be anybody's until the
 * body is checked: so there is little room for such bodies, in memory.
 */
static void
wait_for_body(struct ingest *ingest, const struct http_request *request,
    struct http_answer *answer, int token)
{
	struct http_receive how = { .ms = BODY_MS };

	if (token == 0) {
		how.ms = UNCHECKED_MS;
		if (http_quota_take(&ingest->unchecked, request, &how) == 0)
			return;
		log_warn(
		    "delivery from %s refused: too many arrive slowly without "
		    "a token (WASPOOL_UNCHECKED_MAX, WASPOOL_UNCHECKED_BYTES)",
		    request->remote);
	} else if (http_receive(request, &how) == 0) {
		return;
	}
	counters_add(COUNTER_TOO_MANY, 1);
	http_add_header(request, answer, "Retry-After", RETRY_AFTER);
	http_plain(request, answer, 503,
	    "too many bodies arrive slowly, send it again");
}

/* nginx asks whether it may read a body without a Content-Length: only with a
 * token, which can be checked before the body has arrived. */
static void
auth_request(const struct ingest *ingest, const struct http_request *request,
    struct http_answer *answer, int token)
{
	if (token == 0 && ingest->config.app_secrets.n > 0)
		http_plain(request, answer, 403, "Content-Length is needed");
	else
		answer->status = 204;
}

/* 1 when the body's length is accepted; 0 it was answered. */
static int
check_length(const struct ingest *ingest, const struct http_request *request,
    struct http_answer *answer)
{
	if (request->length > ingest->config.body_max) {
		counters_add(COUNTER_TOO_LARGE, 1);
		log_warn("delivery from %s refused: longer than %lld bytes "
			 "(WASPOOL_BODY_MAX)",
		    request->remote, (long long)ingest->config.body_max);
		http_plain(request, answer, 413, "body too large");
		return 0;
	}
	if (request->length == 0) {
		counters_add(COUNTER_UNREADABLE, 1);
		http_plain(request, answer, 400, "the body is empty");
		return 0;
	}
	return 1;
}

static void
take_ingest(
    void *state, const struct http_request *request, struct http_answer *answer)
{
	struct ingest *ingest = state;
	const struct config *config = &ingest->config;
	struct spool_delivery delivery = { .remote = request->remote };
	const char *name;
	char *body = NULL;
	int token, secret;

	if (strcmp(request->path, READY_PATH) == 0 ||
	    strcmp(request->path, "/api/v1" READY_PATH) == 0) {
		ready_serve(&ingest->ready, request, answer);
		return;
	}
	if (strcmp(request->method, "POST") != 0) {
		http_add_header(request, answer, "Allow", "GET, POST");
		http_plain(request, answer, 405, "method not allowed");
		return;
	}
	token = credential_token(request, config, ingest->tokens, &name);
	if (token == -1) {
		refuse_credential(request, answer, "no or wrong token");
		return;
	}
	if (credential_secret(request, config, NULL, 0) == -1) {
		refuse_credential(request, answer, "no signature");
		return;
	}
	if (request->auth_request) {
		auth_request(ingest, request, answer, token);
		return;
	}
	if (!check_length(ingest, request, answer))
		return;
	if (!http_whole(request)) {
		wait_for_body(ingest, request, answer, token);
		return;
	}
	if (http_body(request, (size_t)config->body_max, &body,
		&delivery.body_len) != 1 ||
	    delivery.body_len == 0) {
		counters_add(COUNTER_UNREADABLE, 1);
		http_plain(request, answer, 400, "the body ended early");
		return;
	}
	secret = credential_secret(request, config, body, delivery.body_len);
	if (secret == -1) {
		refuse_credential(request, answer, "wrong signature");
		return;
	}
	delivery.body = body;
	delivery.received_at = clock_now();
	delivery.credential = credential_name(request->pool, name, secret);
	keep(ingest, request, &delivery);
}

int
main(void)
{
	struct ingest ingest = { .spool = NULL };
	struct config *config = &ingest.config;
	struct http_service service = { .handler = take_ingest,
		.arg = &ingest };
	const char *path, *old;
	int rc;

	config_load(config, "webhook-ingest", CONFIG_WEBHOOK);
	digest_open();
	ingest.tokens = token_files_new(config->token_dir);
	if (config->webhook_tokens.n == 0 && config->app_secrets.n == 0 &&
	    !config->webhook_auth_none &&
	    token_files_count(ingest.tokens, clock_ticks_ms()) == 0)
		die(EX_CONFIG, "deliveries would need no credential: set "
			       "WHATSAPP_WEBHOOK_TOKEN or WHATSAPP_APP_SECRET "
			       "(or WHATSAPP_WEBHOOK_AUTH=none), or type "
			       "waspool webhook token PHONE_NUMBER_ID");
	counters_open(config_counters_path(config, NULL, "webhook-ingest"));
	path = config_spool_path(config, "spool.db");
	old = config_state_path(config, "spool.db");
	if (spool_move_is_due(old, path))
		die(EX_CONFIG, SPOOL_MOVE_TYPE, old, path);
	ingest.spool =
	    spool_open_writer(path, config_run_path(config, "process.wake"),
		config->min_free, (int)config->wait_ms);
	if (ingest.spool == NULL)
		die(EX_UNAVAILABLE, "the spool cannot be opened");
	http_quota_open(&ingest.unchecked, (int)config->unchecked_max,
	    config->unchecked_bytes);
	service.threads = (int)config->threads;
	service.turns = 1;
	ready_begin(&ingest.ready, ingest.spool, config->spool_dir);
	rc = http_serve(&service);
	ready_end(&ingest.ready);
	spool_close(ingest.spool);
	manager_begin_anew();
	return rc == 0 ? EXIT_SUCCESS : EX_OSERR;
}
