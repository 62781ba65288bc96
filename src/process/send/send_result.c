/*
 * Applies an answer to its row of the outbox.  If a status or a person was
 * quicker, inbox/outbox/outbox.c changes nothing.
 */
#include <stddef.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"

#include "process/send/send_request.h"

#define RETRY_FIRST   1
#define RETRY_MOST    300
#define PAIR_FIRST    6	 /* docs/protocol.md §6.4 */
#define OTHERS_S      60 /* another conversation worked so soon after … */
#define REFUSED_MOST  2	 /* … or later, but it was refused so often */
#define READ_ATTEMPTS 3
#define FILE_ATTEMPTS 2
#define MEDIA_LIFE    (29 * 86400) /* the provider keeps a file 30 days */

/* "131047 Re-engagement message: More than 24 hours …" */
static const char *
words_accepted(struct send_request *c)
{
	const struct provider_outcome *o = &c->outcome;

	return pool_printf(c->pool, "%d %s%s%s", o->code,
	    o->title != NULL ? o->title : "no reason given",
	    o->detail != NULL ? ": " : "", o->detail != NULL ? o->detail : "");
}

/* The reason for the log.  The provider's own words may name the customer: they
 * are with the message only (waspool outbox list, the API). */
static const char *
code(struct send_request *c)
{
	return pool_printf(c->pool, "code %d", c->outcome.code);
}

static const char *
error_json(struct send_request *c, const char *title, const char *detail)
{
	struct json_out *out = json_new(c->pool);

	json_open_object(out, NULL);
	json_put_int(out, "code", c->outcome.code);
	json_put_text(out, "title", title);
	json_put_text(out, "detail", detail);
	json_close(out);
	return json_end(out, NULL);
}

/* The cause of the error. */
static enum provider_fault
fault_of(const struct send_request *c)
{
	return c->provider == NULL ? PROVIDER_FAULT_OTHER
				   : c->provider->fault(c->outcome.code);
}

/* What the person must do who reads the log. */
static const char *
advice(const struct send_request *c)
{
	switch (fault_of(c)) {
	case PROVIDER_FAULT_KEY:
		return "check its API key";
	case PROVIDER_FAULT_PARAMETER: /* an appsecret_proof: cloud.c */
		return "check WHATSAPP_APP_SECRET: the first is for sending";
	case PROVIDER_FAULT_PERMISSION:
		return "check its permissions at its provider";
	case PROVIDER_FAULT_PAYMENT:
		return "check the payment method in WhatsApp Manager";
	case PROVIDER_FAULT_NAME:
		return "its display name needs approval in WhatsApp Manager";
	case PROVIDER_FAULT_REGISTRATION:
		return "register it again at its provider";
	case PROVIDER_FAULT_FILE_FETCH:
	case PROVIDER_FAULT_FILE_TYPE:
	case PROVIDER_FAULT_OTHER:
		break;
	}
	return "look at the account in WhatsApp Manager";
}

/* The error for inbox/outbox; JSON is for the message, or NULL. */
static struct outbox_error
error_of(struct send_request *c, const char *json)
{
	return (struct outbox_error){ .code = c->outcome.code,
		.json = json,
		.reason = words_accepted(c) };
}

static int64_t
later(const struct send_request *c, int64_t first, int64_t now)
{
	int after = c->outcome.retry_after;

	if (after >= 0)
		return now + (after < OUTBOX_AGE_MAX ? after : OUTBOX_AGE_MAX);
	return now + rate_limit_back_off(first, RETRY_MOST, c->row.attempts);
}

static int
is_old(const struct send_request *c, int64_t now)
{
	return now - c->row.queued_at >= OUTBOX_AGE_MAX;
}

static int
give_up(struct db *db, struct send_request *c)
{
	return outbox_too_old(
	    db, c->pool, &c->row, c->outcome.code, words_accepted(c));
}

static int
try_again(struct db *db, struct send_request *c, int64_t first, int64_t now)
{
	struct outbox_error error;

	if (is_old(c, now))
		return give_up(db, c);
	log_info("again later: %s", code(c));
	error = error_of(c, NULL);
	return outbox_later(db, &c->row, later(c, first, now), &error);
}

/* Rate limit: the whole number pauses; this row is the first one after it. */
static int
pause_number(struct db *db, struct send_request *c, int64_t now)
{
	struct outbox_error error = error_of(c, NULL);

	if (rate_limit_pause(c->pace, RATE_LIMIT_SLOW, c->began_ms, now,
		c->outcome.retry_after, c->key_mark, words_accepted(c)))
		log_info("number %s pauses for %lld s: %s", c->pace->name,
		    (long long)(c->pace->until - now), code(c));
	if (is_old(c, now))
		return give_up(db, c);
	return outbox_later(db, &c->row, now, &error);
}

/*
 * The provider says that the number cannot send.  It says the same when only
 * one message cannot be sent (its kind, its recipient).  So a message of
 * another conversation is tried before the whole number waits: acquit() finds
 * out which it was.
 */
static int
stop_number(struct db *db, struct send_request *c, int64_t now)
{
	struct rate_limit *p = c->pace;
	struct outbox_error error = error_of(c, NULL);

	if (rate_limit_pause(p, RATE_LIMIT_STOP, c->began_ms, now,
		c->outcome.retry_after, c->key_mark, words_accepted(c))) {
		rate_limit_refused(p, c->row.id, c->row.conversation_id, now,
		    c->outcome.error);
		log_warn("number %s sends nothing for %lld s%s: %s; %s",
		    p->name, (long long)(p->until - now),
		    p->row_id != 0 ? ", except a try of another conversation"
				   : "",
		    code(c), advice(c));
	}
	if (is_old(c, now))
		return give_up(db, c);
	return outbox_later(db, &c->row, now, &error);
}

/*
 * A message was sent, so the number can send: the message of another
 * conversation that was refused with the same key fails, if it was refused just
 * now, or not for the first time.  Not at once when the provider refused the
 * key: that is not the message's fault.
 */
static int
acquit(struct db *db, const struct send_request *c, int64_t now)
{
	struct rate_limit *p = c->pace;
	struct outbox_error error;
	struct outbox_row row;
	int rc;

	if (p->row_id == 0 || p->conversation_id == c->row.conversation_id ||
	    c->began_ms <= p->paused_ms || !text_is(p->key_mark, c->key_mark))
		return 0;
	rc = outbox_refused(db, p->row_id, &row);
	if (rc != 1)
		return rc;
	if (row.attempts < REFUSED_MOST &&
	    (c->provider->fault(row.error_code) == PROVIDER_FAULT_KEY ||
		now - p->refused_at > OTHERS_S))
		return 0;
	log_about_id("message", row.message_id);
	log_warn("refused, while other messages are sent: code %lld",
	    (long long)row.error_code);
	error = (struct outbox_error){ row.error_code, p->error, p->reason };
	return outbox_failed(db, &row, &error);
}

static int
refuse(struct db *db, struct send_request *c)
{
	struct outbox_error error = error_of(c, c->outcome.error);

	log_info("refused: %s", code(c));
	return outbox_failed(db, &c->row, &error);
}

static int
take_accepted(struct db *db, struct send_request *c, int64_t now)
{
	const struct outbox_taken taken = {
		.wamid = c->outcome.wamid,
		.input = c->outcome.input,
		.wa_id = c->outcome.wa_id,
		.user_id = c->outcome.user_id,
	};

	if (c->kind == SEND_REQUEST_SEND) {
		if (acquit(db, c, now) == -1)
			return -1;
		log_about_id("message", c->row.message_id);
	}
	/* Read receipts and uploads may work while messages do not: they end a
	 * pause of the rate limit, but not one with a key_mark. */
	if (c->kind == SEND_REQUEST_SEND || c->pace->key_mark[0] == '\0')
		rate_limit_well(c->pace, c->began_ms);
	if (c->kind != SEND_REQUEST_UPLOAD) {
		log_debug("taken");
		return outbox_done(db, &c->row, &taken, now);
	}
	if (c->outcome.media_id == NULL)
		return try_again(db, c, RETRY_FIRST, now);
	return outbox_uploaded(
	    db, &c->row, c->outcome.media_id, now + MEDIA_LIFE);
}

/*
 * When the error may be about the provider's copy of the file: forgets its
 * media id, so that the next attempt uploads the file again.
 */
static int
forget_file(struct db *db, struct send_request *c)
{
	enum provider_fault fault = fault_of(c);

	if (c->kind != SEND_REQUEST_SEND || c->row.upload_id == 0 ||
	    c->outcome.decision == PROVIDER_DONE ||
	    (fault != PROVIDER_FAULT_PARAMETER &&
		fault != PROVIDER_FAULT_FILE_FETCH &&
		fault != PROVIDER_FAULT_FILE_TYPE))
		return 0;
	return outbox_uploaded(db, &c->row, "", 0);
}

static int
settle_send(struct db *db, struct send_request *c, int64_t now)
{
	struct outbox_error error;

	if (forget_file(db, c) == -1)
		return -1;
	switch (c->outcome.decision) {
	case PROVIDER_DONE:
		return take_accepted(db, c, now);
	case PROVIDER_RETRY:
		return try_again(db, c, RETRY_FIRST, now);
	case PROVIDER_SLOW:
		return pause_number(db, c, now);
	case PROVIDER_PAIR:
		return try_again(db, c, PAIR_FIRST, now);
	case PROVIDER_STOP:
		return stop_number(db, c, now);
	case PROVIDER_UNKNOWN:
		if (c->kind == SEND_REQUEST_UPLOAD) /* may be done twice */
			return try_again(db, c, RETRY_FIRST, now);
		log_warn("it is not known whether it was sent: %s", code(c));
		error = error_of(c, NULL);
		return outbox_lost(db, &c->row, now, &error);
	case PROVIDER_REFUSED:
		if (c->kind == SEND_REQUEST_SEND && c->row.upload_id != 0 &&
		    fault_of(c) == PROVIDER_FAULT_FILE_TYPE &&
		    c->row.attempts + 1 < FILE_ATTEMPTS)
			return try_again(db, c, RETRY_FIRST, now);
		break;
	}
	return refuse(db, c);
}

/* A read receipt: few attempts, for nobody waits for it, and a later one covers
 * it. */
static int
settle_read(struct db *db, struct send_request *c, int64_t now)
{
	enum provider_decision decision = c->outcome.decision;
	struct outbox_error error;

	if (decision == PROVIDER_DONE)
		return take_accepted(db, c, now);
	log_debug("not marked as read: %s", code(c));
	error = error_of(c, NULL);
	if (decision == PROVIDER_REFUSED || decision == PROVIDER_STOP ||
	    c->row.attempts + 1 >= READ_ATTEMPTS)
		return outbox_failed(db, &c->row, &error);
	return outbox_later(db, &c->row, later(c, RETRY_FIRST, now), &error);
}

int
send_result_apply(struct db *db, struct send_request *c, int64_t now)
{
	int rc;

	log_about_id("message", c->row.message_id);
	rc = c->kind == SEND_REQUEST_READ ? settle_read(db, c, now)
					  : settle_send(db, c, now);
	log_about(NULL, NULL);
	return rc;
}

void
send_result_put(
    struct send_request *c, enum provider_decision decision, const char *detail)
{
	if (c->pool == NULL)
		c->pool = pool_new();
	c->outcome = (struct provider_outcome){
		.decision = decision,
		.retry_after = -1,
		.title = "not sent",
		.detail = pool_copy(c->pool, detail),
	};
	c->outcome.error = error_json(c, c->outcome.title, c->outcome.detail);
	c->answered = 1;
}
