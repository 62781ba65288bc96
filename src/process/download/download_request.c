/*
 * One download: its requests, and what their answers mean.
 */
#include <inttypes.h>
#include <string.h>

#include "base/codec.h"
#include "base/disk.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/http/client.h"

#include "inbox/media/blob.h"

#include "process/download/download_request.h"

#define WORDS_MAX 200 /* code points of what the provider says */

struct download_request *
download_request_new(const struct media *m,
    const struct provider_account *account, const char *dir, int64_t max_len,
    int64_t min_free)
{
	struct pool *pool = pool_new();
	struct download_request *t = pool_alloc(pool, sizeof(*t));

	t->pool = pool;
	t->media = *m;
	t->media.phone_number_id = pool_copy(pool, m->phone_number_id);
	t->media.media_id = pool_copy(pool, m->media_id);
	t->media.state = t->media.reason = t->media.path = NULL;
	t->media.provider = NULL;
	t->media.mime_type = pool_copy(pool, m->mime_type);
	t->media.sha256 = pool_copy(pool, m->sha256);
	t->account = *account;
	t->account.url = pool_copy(pool, account->url);
	t->account.key = pool_copy(pool, account->key);
	t->account.phone_number_id = t->media.phone_number_id;
	t->account.app_secret = pool_copy(pool, account->app_secret);
	t->dir = pool_copy(pool, dir);
	t->max_len = max_len;
	t->min_free = min_free;
	return t;
}

void
download_request_free(struct download_request *t)
{
	blob_drop(t->file);
	pool_free(t->pool);
}

static void
judge(struct download_request *t, enum download_request_verdict verdict,
    const char *reason)
{
	t->step = DOWNLOAD_REQUEST_JUDGED;
	t->verdict = verdict;
	t->reason = reason;
}

/* ------------------------------------------------------------- requests */

/* Notes what both kinds of answers have. */
static void
note(struct download_request *t, const struct client_answer *a)
{
	t->status = a->status;
	t->too_long = a->too_long;
	t->retry_after = a->retry_after;
	t->words =
	    a->error == NULL ? NULL : text_fold(t->pool, a->error, WORDS_MAX);
}

static void
on_asked(void *arg, const struct client_answer *a)
{
	struct download_request *t = arg;

	note(t, a);
	t->account.provider->outcome(t->pool, a, 0, &t->asked);
	t->step = DOWNLOAD_REQUEST_ASKED;
}

static void
on_fetched(void *arg, const struct client_answer *a)
{
	struct download_request *t = arg;

	note(t, a);
	t->broken_off = a->error != NULL;
	t->step = DOWNLOAD_REQUEST_FETCHED;
}

static int
on_piece(void *arg, const void *s, size_t len)
{
	struct download_request *t = arg;

	t->disk_failed = blob_add(t->file, s, len) == -1;
	return t->disk_failed ? -1 : 0;
}

static int
begin_request(struct download_request *t, struct client *fetch,
    const struct client_request *request, client_done *done)
{
	t->refused = 0;
	if (client_start(fetch, request, done, t) == 0)
		return 0;
	judge(t, DOWNLOAD_REQUEST_WAIT, "the request cannot be made");
	return -1;
}

int
download_request_ask(struct download_request *t, struct client *fetch)
{
	struct client_request request;

	t->step = DOWNLOAD_REQUEST_ASKING;
	t->account.provider->media_address(
	    t->pool, &t->account, t->media.media_id, &request);
	return begin_request(t, fetch, &request, on_asked);
}

int
download_request_fetch(struct download_request *t, struct client *fetch)
{
	struct client_request request;

	blob_drop(t->file);
	t->disk_failed = 0;
	t->file = blob_begin(
	    t->dir, t->asked.size > 0 ? t->asked.size : 0, t->min_free);
	if (t->file == NULL) {
		judge(t, DOWNLOAD_REQUEST_WAIT,
		    "the file cannot be written here, or the disk is full");
		return -1;
	}
	if (t->account.provider->download(
		t->pool, &t->account, t->asked.url, &request) == -1) {
		judge(t, DOWNLOAD_REQUEST_FAILED,
		    "the address of the file is not on a host of the provider");
		return -1;
	}
	t->step = DOWNLOAD_REQUEST_FETCHING;
	request.sink = on_piece;
	request.max_len = t->max_len;
	return begin_request(t, fetch, &request, on_fetched);
}

/* -------------------------------------------------- what an answer means */

static void
too_large(struct download_request *t)
{
	judge(t, DOWNLOAD_REQUEST_MISSING,
	    pool_printf(t->pool,
		"larger than WASPOOL_MEDIA_MAX (%" PRId64 " bytes)",
		t->max_len));
}

/* Why it failed, with the provider's own words if there are any. */
static const char *
words_request(struct download_request *t)
{
	if (t->status == 0)
		return pool_printf(t->pool, "no answer: %s",
		    t->words != NULL ? t->words : "unknown");
	if (t->asked.title == NULL && t->asked.detail == NULL)
		return pool_printf(t->pool, "status %d", t->status);
	return text_fold(t->pool,
	    pool_printf(t->pool, "%s%s%s (%d)",
		t->asked.title != NULL ? t->asked.title : "",
		t->asked.title != NULL && t->asked.detail != NULL ? ": " : "",
		t->asked.detail != NULL ? t->asked.detail : "", t->asked.code),
	    WORDS_MAX);
}

static void
judge_asked(struct download_request *t)
{
	const struct provider_outcome *o = &t->asked;

	t->refused = t->status >= 400;
	if (o->decision == PROVIDER_DONE && o->url != NULL) {
		if (o->size > t->max_len)
			too_large(t);
		else if (!disk_has_room(
			     t->dir, t->min_free, o->size > 0 ? o->size : 0))
			judge(t, DOWNLOAD_REQUEST_WAIT,
			    "the disk here is full (WASPOOL_FILES_MIN_FREE)");
		else
			judge(t, DOWNLOAD_REQUEST_FETCH, NULL);
	} else if (o->decision == PROVIDER_REFUSED) {
		judge(t, DOWNLOAD_REQUEST_MISSING,
		    pool_printf(t->pool, "the provider does not have it: %s",
			words_request(t)));
	} else {
		judge(t, DOWNLOAD_REQUEST_LATER,
		    pool_printf(t->pool, "its address: %s",
			o->decision == PROVIDER_DONE ? "none in the answer"
						     : words_request(t)));
	}
}

/* The digest that the file must have: from the webhook, else from the
 * answer. */
static const char *
difference(struct download_request *t, const unsigned char *hash)
{
	const char *expected = provider_sha256(t->pool, t->media.sha256);

	if (expected == NULL)
		expected = t->asked.sha256;
	if (t->asked.size != -1 && t->asked.size != blob_len(t->file))
		return "size";
	if (expected != NULL &&
	    !text_is(expected, codec_hex(t->pool, hash, BLOB_HASH_LEN)))
		return "SHA-256";
	return NULL;
}

static void
judge_whole(struct download_request *t)
{
	unsigned char hash[BLOB_HASH_LEN];
	const char *what;

	if (blob_end(t->file, hash) == -1) {
		judge(t, DOWNLOAD_REQUEST_WAIT,
		    "the file cannot be written here");
		return;
	}
	what = difference(t, hash);
	if (what == NULL)
		judge(t, DOWNLOAD_REQUEST_STORE, NULL);
	else if (!t->again)
		judge(t, DOWNLOAD_REQUEST_ASK, NULL);
	else
		judge(t, DOWNLOAD_REQUEST_MISSING,
		    pool_printf(t->pool,
			"the file has another %s than the provider said, twice",
			what));
}

/* An address is valid for five minutes only: asks for it once more. */
static int
is_expired(int status)
{
	return status == 401 || status == 403 || status == 404 || status == 410;
}

static void
judge_fetched(struct download_request *t)
{
	int good = t->status >= 200 && t->status < 300;

	t->refused = t->status >= 400;
	if (t->disk_failed)
		judge(t, DOWNLOAD_REQUEST_WAIT,
		    "the file cannot be written here");
	else if (good && t->too_long)
		too_large(t);
	else if (good && !t->broken_off)
		judge_whole(t);
	else if (!t->again && is_expired(t->status))
		judge(t, DOWNLOAD_REQUEST_ASK, NULL);
	else
		judge(t, DOWNLOAD_REQUEST_LATER,
		    pool_printf(t->pool, "the file: %s",
			good ? "the answer was broken off" : words_request(t)));
}

void
download_request_judge(struct download_request *t)
{
	if (t->step == DOWNLOAD_REQUEST_ASKED)
		judge_asked(t);
	else
		judge_fetched(t);
}
