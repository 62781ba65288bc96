/*
 * webhook-verify: answers the GET by which the provider verifies that the
 * webhook is ours (docs/protocol.md §1).  Reads WHATSAPP_WEBHOOK_VERIFY_TOKEN;
 * writes its log only.  Never opens a database, a network connection or a file
 * of the inbox.  Answers 200 with exactly the challenge, 403 to a wrong token,
 * 400 to a request that is no verification, 405 to another method.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/config.h"
#include "base/log.h"
#include "base/service/manager.h"
#include "base/text.h"

#include "lib/fcgi/http.h"

static void
verify(
    void *state, const struct http_request *request, struct http_answer *answer)
{
	const struct config *config = state;
	const char *mode, *token, *challenge, *secret = config->verify_token;
	size_t token_len, challenge_len;

	http_add_header(request, answer, "X-Content-Type-Options", "nosniff");
	http_add_header(request, answer, "Cache-Control", "no-store");
	if (strcmp(request->method, "GET") != 0 || request->head) {
		http_add_header(request, answer, "Allow", "GET, POST");
		http_plain(request, answer, 405, "method not allowed");
		return;
	}
	if (http_param(
		request->pool, request->query, "hub.mode", &mode, NULL) != 1 ||
	    strcmp(mode, "subscribe") != 0 ||
	    http_param(request->pool, request->query, "hub.verify_token",
		&token, &token_len) != 1 ||
	    http_param(request->pool, request->query, "hub.challenge",
		&challenge, &challenge_len) != 1) {
		http_plain(request, answer, 400,
		    "hub.mode=subscribe, hub.verify_token and hub.challenge "
		    "are needed");
		return;
	}
	if (!text_equal_secret(token, token_len, secret, strlen(secret))) {
		log_warn(
		    "verification with a wrong token from %s", request->remote);
		http_plain(request, answer, 403, "wrong verify token");
		return;
	}
	log_info("webhook verified for %s", request->remote);
	answer->type = "text/plain";
	answer->body = challenge;
	answer->body_len = challenge_len;
}

int
main(void)
{
	struct config config;
	struct http_service service = { .handler = verify, .arg = &config };

	config_load(&config, "webhook-verify", CONFIG_VERIFY);
	if (config.verify_token == NULL)
		die(EX_CONFIG, "WHATSAPP_WEBHOOK_VERIFY_TOKEN is not set");
	service.threads = config.threads > 4 ? 4 : (int)config.threads;
	if (http_serve(&service) == -1)
		return EX_OSERR;
	manager_begin_anew();
	return EXIT_SUCCESS;
}
