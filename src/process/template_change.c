/*
 * Has templates created and deleted at the provider, and stores what it says.
 *
 * Each file of ours that the provider shall look at takes two requests before
 * that of the template itself.  What they answered is kept in memory only:
 * after a kill they are made again, and a file that nothing refers to stays
 * there without effect.
 */
#include <stddef.h>
#include <string.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/http/client.h"
#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "whatsapp/content.h"
#include "whatsapp/provider/provider.h"
#include "whatsapp/template/template_file.h"

#include "inbox/template/template_asked.h"

#include "process/ask.h"
#include "process/send/keys.h"
#include "process/template_change.h"

#define LOOK_MS	   200
#define AGAIN_S	   60  /* after a failure that passes */
#define NO_KEY_S   300 /* until a person has done something */
#define PENDING	   "PENDING"
#define NO_SESSION "the provider took no file, and does not say why"

struct template_work { /* texts kept of the call */
	struct template_asked asked;
	struct template_upload file; /* the next one; id 0: there is none */
	const char *session;	     /* for its bytes; NULL not begun */
};

const struct statements template_change_statements = {
	.also = STATEMENTS(&template_asked_statements),
};

/* The next file that the request still has, or that it is gone: path NULL. */
static int
find_file(struct db *db, const struct ask_call *c, struct template_work *t)
{
	struct template_file files[TEMPLATE_FILE_MAX];
	const char *request = t->asked.request;

	t->session = NULL;
	t->file = (struct template_upload){ 0 };
	if (!t->asked.is_creation || request == NULL ||
	    template_file_list(c->pool,
		json_parse(c->pool, request, strlen(request), NULL),
		files) == 0)
		return 0;
	t->file.id = files[0].upload;
	return template_asked_upload(
		   db, c->kept, &t->asked, files[0].upload, &t->file) == -1
		   ? -1
		   : 0;
}

static int
due_change(struct db *db, struct ask_call *c, int64_t now)
{
	struct template_work *t = pool_alloc(c->kept, sizeof(*t));
	int rc;

	*t = (struct template_work){ 0 };
	rc = template_asked_due(db, c->kept, now, &t->asked);
	if (rc == 1) {
		c->row = t;
		c->phone_number_id = t->asked.number.phone_number_id;
		c->provider_name = t->asked.number.provider;
		c->waba_id = t->asked.number.waba_id;
		if (find_file(db, c, t) == -1)
			return -1;
	}
	return rc;
}

static int
request_file(struct ask_call *c, struct client_request *request)
{
	const struct provider *provider = c->account.provider;
	const struct template_work *t = c->row;
	const struct provider_example e = {
		.path = pool_printf(c->pool, "%s/%s", c->dir, t->file.path),
		.file_name = t->file.file_name,
		.mime_type = t->file.mime_type,
		.size = t->file.size,
	};

	if (t->file.path == NULL) {
		ask_not(c, PROVIDER_REFUSED,
		    "the file was deleted: upload it again");
		return 0;
	}
	if (t->session == NULL) {
		provider->example_begin(c->pool, &c->account, &e, request);
		return 1;
	}
	if (provider->example_file(
		c->pool, &c->account, &e, t->session, request) == 0)
		return 1;
	ask_not(c, PROVIDER_RETRY, NO_SESSION);
	return 0;
}

static int
request_change(struct ask_call *c, int64_t now, struct client_request *request)
{
	const struct provider *provider = c->account.provider;
	const struct template_work *change = c->row;
	const struct template_asked *t = &change->asked;
	int rc;

	(void)now;
	/* What the provider never had needs no request. */
	if (!t->is_creation && !t->is_there)
		return 0;
	if (change->file.id != 0)
		return request_file(c, request);
	rc = t->is_creation ? provider->template_create(
				  c->pool, &c->account, t->request, request)
			    : provider->template_delete(
				  c->pool, &c->account, t->name, request);
	if (rc == -1)
		ask_not(c, PROVIDER_STOP, KEYS_NO_ACCOUNT);
	return rc == 0;
}

static int
store_made(struct db *db, const struct ask_call *c, int64_t now)
{
	const char *status =
	    content_upper(c->pool, json_text(c->body, "status"));
	const struct template_work *t = c->row;

	return template_asked_made(db, &t->asked,
	    status != NULL ? status : PENDING,
	    content_upper(c->pool, json_text(c->body, "category")),
	    json_text(c->body, "id"), now);
}

/* What came of a request of request_file: the next one is made at once. */
static enum ask_next
store_file(struct db *db, struct ask_call *c, int64_t now)
{
	struct template_work *t = c->row;
	const char *said = json_text(c->body, t->session == NULL ? "id" : "h");
	const char *request = t->asked.request;

	if (said == NULL)
		return template_asked_later(
		    db, &t->asked, NO_SESSION, now + AGAIN_S);
	if (t->session == NULL) {
		t->session = pool_copy(c->kept, said);
		return ASK_ON;
	}
	t->asked.request = template_file_put(c->kept,
	    json_parse(c->pool, request, strlen(request), NULL), t->file.id,
	    said);
	return find_file(db, c, t) == -1 ? ASK_FAILED : ASK_ON;
}

static enum ask_next
settle_change(struct db *db, struct ask_call *c, int64_t now)
{
	const struct provider_outcome *o = &c->outcome;
	const struct template_work *change = c->row;
	const struct template_asked *t = &change->asked;
	int rest = o->decision == PROVIDER_STOP ? NO_KEY_S : AGAIN_S;

	if (!t->is_creation && (!t->is_there || o->decision == PROVIDER_DONE))
		return template_asked_gone(db, t, now);
	if (o->decision == PROVIDER_DONE)
		return change->file.id != 0 ? store_file(db, c, now)
					    : store_made(db, c, now);
	log_info("template %lld is not %s%s: %s", (long long)t->id,
	    t->is_creation ? "created" : "deleted",
	    o->decision == PROVIDER_REFUSED ? "" : " yet", ask_words(c));
	if (o->decision == PROVIDER_REFUSED)
		return template_asked_refused(db, t, ask_words(c), now);
	return template_asked_later(db, t, ask_words(c),
	    now + (o->retry_after > rest ? o->retry_after : rest));
}

const struct ask_kind template_change = {
	.look_ms = LOOK_MS,
	.due = due_change,
	.request = request_change,
	.settle = settle_change,
};
