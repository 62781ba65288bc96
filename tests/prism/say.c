/*
 * say URL PHONE_NUMBER_ID TO: sends messages through the code that the
 * processor uses, for tests/e2e/test_prism.py.  Reads a body of POST …/messages
 * a line, or {"block":true} and {"block":false}, sends it to TO (a phone number
 * with +, else a user id) through the Cloud API at URL, and writes "STATUS
 * DECISION WORDS" a line.  Touches no database.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/http/client.h"
#include "lib/json/json.h"

#include "whatsapp/compose/compose.h"
#include "whatsapp/provider/cloud.h"
#include "whatsapp/provider/provider.h"

#define ID "1479537139650973"

static struct pool *pool;

static void
answered(void *arg, const struct client_answer *a)
{
	struct provider_outcome o;

	(void)arg;
	cloud.outcome(pool, a, 1, &o);
	printf("%d %d %s\n", a->status, (int)o.decision,
	    o.wamid != NULL ? o.wamid : a->body);
}

static void
block_answered(void *arg, const struct client_answer *a)
{
	struct provider_outcome o;

	(void)arg;
	cloud.outcome(pool, a, 0, &o);
	printf("%d %d %s\n", a->status, (int)o.decision,
	    o.blocked ? "blocked" : a->body);
}

static void
block(int on, const struct provider_account *account,
    const struct provider_recipient *who)
{
	struct client_request request;

	cloud.block(pool, account, who, on, &request);
	if (client_once(&request, block_answered, NULL) != 0)
		puts("0 0 not sent");
}

/* As inbox/outbox/submit_content.c completes it. */
static const char *
reaction(const char *emoji)
{
	struct json_out *o = json_new(pool);

	json_open_object(o, NULL);
	json_put_text(o, "message_id", "wamid.E");
	json_put_text(o, "emoji", emoji);
	json_close(o);
	return json_end(o, NULL);
}

/*
 * Without biz_opaque_callback_data: Meta takes it and sends it back with each
 * status, but the document has forgotten it.
 */
static void
send_queue_message(const struct compose *c,
    const struct provider_account *account,
    const struct provider_recipient *who)
{
	struct outgoing message = c->message;
	struct client_request request;

	if (c->reply_to > 0)
		message.reply_wamid = "wamid.R";
	if (c->upload > 0)
		message.media_id = ID;
	if (c->reaction_to > 0)
		message.content = reaction(c->emoji);
	cloud.send(pool, account, &message, who, NULL, &request);
	if (client_once(&request, answered, NULL) != 0)
		puts("0 0 not sent");
}

static void
say(const char *line, const struct provider_account *account,
    const struct provider_recipient *who)
{
	const struct json *body = json_parse(pool, line, strlen(line), NULL);
	struct compose_wrong *wrong;
	struct compose c;

	if (json_type(json_get(body, "block")) == JSON_BOOL)
		block(json_bool(body, "block", 0), account, who);
	else if (compose_read(pool, body, &c, &wrong) == 0)
		send_queue_message(&c, account, who);
	else
		printf("0 0 %s %s\n", wrong->field, wrong->message);
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	struct provider_account account = {
		.provider = &cloud, .key = "token", .app_secret = "secret"
	};
	struct provider_recipient who = { .phone = NULL };
	size_t cap = 0;
	char *line = NULL;

	if (argc != 4) {
		fputs("usage: say URL PHONE_NUMBER_ID TO <bodies\n", stderr);
		return 2;
	}
	log_open("say", LOG_LEVEL_WARN);
	account.url = argv[1];
	account.phone_number_id = argv[2];
	if (*argv[3] == '+')
		who.phone = argv[3];
	else
		who.user_id = argv[3];
	pool = pool_new();
	while (getline(&line, &cap, stdin) != -1) {
		say(line, &account, &who);
		pool_reset(pool);
	}
	pool_free(pool);
	free(line);
	return 0;
}
