/*
 * Stores the result of a download.
 */
#include <inttypes.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"

#include "inbox/media/blob.h"
#include "inbox/media/media.h"
#include "inbox/media/media_admin.h"
#include "inbox/media/picture.h"

#include "process/download/download_request.h"
#include "process/download/download_result.h"

#define DAY 86400

/* Seconds before the second attempt, the third, …: soon at first, then over the
 * days for which the provider keeps the file. */
static const int back_off[] = { 60, 120, 240, 1800, 4 * 3600, DAY, 3 * DAY };

#define ATTEMPTS ((int)(sizeof(back_off) / sizeof(back_off[0])) + 1)

/* The reason for the log.  The provider's own words may name somebody: they are
 * with the message only. */
static const char *
why(const struct download_request *t)
{
	if (t->asked.title == NULL && t->asked.detail == NULL)
		return t->reason;
	return pool_printf(t->pool, "code %d", t->asked.code);
}

static int
later(struct db *db, struct download_request *t, int64_t now)
{
	int64_t wait;

	if (t->media.attempts + 1 >= ATTEMPTS) {
		counters_add(COUNTER_NOT_FETCHED, 1);
		log_warn("gave up the download of its file: %s", why(t));
		return media_failed(db, t->media.id,
		    pool_printf(t->pool, "given up after %d attempts; %s",
			ATTEMPTS, t->reason));
	}
	wait = back_off[t->media.attempts];
	if (t->retry_after > wait && t->retry_after <= DAY)
		wait = t->retry_after;
	log_info("the download of its file is tried again in %" PRId64 " s: %s",
	    wait, why(t));
	return media_later(db, t->media.id, t->reason, now + wait);
}

/* Deletes the file again, when its message was deleted meanwhile. */
static int
let_go_result(struct db *db, const struct download_request *t, const char *path)
{
	int rc = media_uses(db, path);

	if (rc == 0 && blob_delete(t->dir, path) == -1)
		return -1;
	return rc == -1 ? -1 : 0;
}

static int
store(struct db *db, struct download_request *t, int64_t now)
{
	char path[BLOB_PATH_MAX];
	struct picture_size shown = { 0 };

	if (blob_keep(t->file, path) == -1)
		return media_wait(db, t->media.id,
		    "the file cannot be written here",
		    now + DOWNLOAD_RESULT_TROUBLE);
	picture_size_of(t->dir, path, &shown);
	if (media_stored(db, t->media.id, path, blob_len(t->file),
		t->asked.mime_type, &shown) == -1)
		return -1;
	if (db_changed(db) == 0)
		return let_go_result(db, t, path);
	counters_add(COUNTER_FETCHED, 1);
	log_debug("its file is stored, %" PRId64 " bytes", blob_len(t->file));
	return 0;
}

/* Counts an error of the provider; OTHERS that are running may become errors,
 * too: 0, or -1. */
static int
note_error(struct db *db, struct download_request *t, int others, int64_t now)
{
	int64_t oldest = 0;
	int n = 0;

	if (media_error(db, t->media.number_id, now) == -1 ||
	    media_errors(db, t->media.number_id, now, &n, &oldest) == -1)
		return -1;
	if (n == DOWNLOAD_ERRORS_MAX)
		log_warn("number %s: %d files were refused within an hour; it "
			 "downloads no more until %s",
		    t->media.phone_number_id, n,
		    clock_text(t->pool, oldest + MEDIA_HOUR));
	/* It would ask for the address again at once: it must wait, too. */
	if (t->verdict == DOWNLOAD_REQUEST_ASK &&
	    n + others >= DOWNLOAD_ERRORS_MAX) {
		t->verdict = DOWNLOAD_REQUEST_LATER;
		t->reason = "its address has expired";
	}
	return 0;
}

static int
settle(struct db *db, struct download_request *t, int others, int64_t now)
{
	if (t->refused && note_error(db, t, others, now) == -1)
		return -1;
	switch (t->verdict) {
	case DOWNLOAD_REQUEST_STORE:
		return store(db, t, now);
	case DOWNLOAD_REQUEST_LATER:
		return later(db, t, now);
	case DOWNLOAD_REQUEST_WAIT:
		return media_wait(
		    db, t->media.id, t->reason, now + DOWNLOAD_RESULT_TROUBLE);
	case DOWNLOAD_REQUEST_FAILED:
		counters_add(COUNTER_NOT_FETCHED, 1);
		return media_failed(db, t->media.id, t->reason);
	case DOWNLOAD_REQUEST_MISSING:
		counters_add(COUNTER_NOT_FETCHED, 1);
		log_info("its file is missing: %s", why(t));
		return media_missing(db, t->media.id, t->reason);
	default:
		return 0;
	}
}

int
download_result_apply(
    struct db *db, struct download_request *t, int others, int64_t now)
{
	int rc;

	log_about_id("message", t->media.message_id);
	rc = settle(db, t, others, now);
	log_about(NULL, NULL);
	return rc;
}
