/*
 * webhook-ingest: takes the provider's POSTs in and keeps them in the spool.
 * Reads the request and its configuration; writes the spool, one row a body.
 * Never parses a body, never opens the inbox, never connects to anything.
 * Answers 200 once the body is on disk, whatever is in it; 401, 413, 400, 405
 * when the request is at fault, and 503 when we are: then it comes again.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "base/pool.h"

#include "door/http.h"

#include "inbox/spool.h"

#include "credential.h"
#include "token_files.h"

#define RETRY_AFTER "10"

struct ingest {
	struct config config;
	struct token_files *tokens;
	struct spool *spool;
};

static void
refuse_credential(const struct http_request *request,
    struct http_answer *answer, const char *why)
{
	log_warn("delivery from %s refused: %s", request->remote, why);
	http_add_header(request, answer, "WWW-Authenticate",
	    "Bearer realm=\"waspool webhook\"");
	http_plain(request, answer, 401, why);
}

/* What let the delivery in, for the spool. */
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

/* It is on disk, or it is not: now the provider hears of it. */
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
	struct spool_order *order = pool_get(request->pool, sizeof(*order));

	order->delivery = *delivery;
	order->kept = answer_kept;
	order->arg = (void *)request;
	http_later(request);
	spool_order(ingest->spool, order);
}

static void
take(
    void *state, const struct http_request *request, struct http_answer *answer)
{
	struct ingest *ingest = state;
	const struct config *config = &ingest->config;
	struct spool_delivery delivery = { .remote = request->remote };
	const char *name;
	char *body = NULL;
	int token, secret, whole;

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
	whole = http_body(
	    request, (size_t)config->body_max, &body, &delivery.body_len);
	if (whole == 0) {
		log_warn("delivery from %s refused: longer than %lld bytes "
			 "(WASPOOL_BODY_MAX)",
		    request->remote, (long long)config->body_max);
		http_plain(request, answer, 413, "body too large");
		return;
	}
	if (whole == -1 || delivery.body_len == 0) {
		http_plain(request, answer, 400,
		    whole == -1 ? "the body ended early" : "the body is empty");
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
	struct ingest ingest;
	struct config *config = &ingest.config;
	struct http_service service = { .handler = take, .arg = &ingest };
	int rc;

	config_load(config, "webhook-ingest", CONFIG_WEBHOOK);
	ingest.tokens = token_files_new(config->token_dir);
	if (config->webhook_tokens.n == 0 && config->app_secrets.n == 0 &&
	    !config->webhook_auth_none &&
	    token_files_count(ingest.tokens, clock_ticks_ms()) == 0)
		die(EX_CONFIG,
		    "anybody could post: set WHATSAPP_WEBHOOK_TOKEN "
		    "or WHATSAPP_APP_SECRET (or WHATSAPP_WEBHOOK_AUTH=none), "
		    "or type waspool webhook token PHONE_NUMBER_ID");
	ingest.spool = spool_open_writer(config_state_path(config, "spool.db"),
	    config_run_path(config, "process.wake"), config->min_free,
	    (int)config->wait_ms);
	if (ingest.spool == NULL)
		die(EX_UNAVAILABLE, "the spool cannot be opened");
	service.threads = (int)config->threads;
	service.turns = 1;
	rc = http_serve(&service);
	spool_close(ingest.spool);
	return rc == 0 ? EXIT_SUCCESS : EX_OSERR;
}
