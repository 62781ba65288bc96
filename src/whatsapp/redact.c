/*
 * Removes what a delivery says of one person.  An element of an array is
 * removed when one of its own members names the person.  A value without an
 * array (one notice) is removed together with its change.  The text of a
 * message is not looked at: another customer's message stays, whomever it is
 * about.
 */
#include <string.h>

#include "base/codec.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/redact.h"

struct redact_work {
	struct pool *pool;
	const struct redact *r;
	const char *waba_id; /* of the entry that is read; NULL none */
	/* Of the value that is read: the messages and statuses that stay;
	 * lost: some do not. */
	const struct json **left;
	size_t n_left;
	int lost;
	int alone; /* the only contact in it is the person */
	int changed;
};

enum fate { STAYS, GOES };

static struct json_out *
begin_redact(struct redact_work *w)
{
	struct json_out *o = json_new(w->pool);

	json_escape_keys(o);
	return o;
}

#define PHONE_SIGNS "+0123456789 ()-./"

/* Members whose own members say whom the element is about. */
static const char *const people[] = { "wa_id", "user_id", "parent_user_id",
	"system", "contact", NULL };

/* Arrays of messages: all that is in an element belongs to its sender. */
static const char *const messages[] = { "messages", "message_echoes", NULL };

static const char *const talk[] = { "messages", "message_echoes", "statuses",
	"calls", NULL };

/* Members whose digits may be as long as a phone number, and name nobody. */
static const char *const times[] = { "timestamp", "time", "sent_timestamp",
	NULL };

/* Members whose removal also removes the object that they are in. */
static const char *const whole[] = { "value", "data", NULL };

/* What follows in the id of a message or a call; NULL: it is neither. */
static const char *
after_prefix(const char *id)
{
	return text_begins(id, "wamid.") || text_begins(id, "wacid.") ? id + 6
								      : NULL;
}

static int
is_name(struct redact_work *w, const struct json *v)
{
	const char *s = json_string(v);

	if (s == NULL)
		return 0;
	if (after_prefix(s) != NULL)
		return w->r->is_wamid(w->r->arg, s);
	if (s[strspn(s, PHONE_SIGNS)] == '\0')
		s = text_digits(w->pool, s);
	return *s != '\0' && w->r->is_id(w->r->arg, s);
}

/* The person's number beside a user id of somebody else: the user id decides,
 * since a number may have had another owner. */
static int
is_else(struct redact_work *w, const struct json *v)
{
	static const char *const keys[] = { "from_user_id", "to_user_id",
		"recipient_user_id", "user_id" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *s = json_string(json_get(v, keys[i]));

		if (s != NULL)
			return !w->r->is_id(w->r->arg, s);
	}
	return 0;
}

/* 1 when a member of V itself, or of what people[] lists, names the person. */
static int
names(struct redact_work *w, const struct json *v, int deeper)
{
	const struct json *m;

	if (json_type(v) != JSON_OBJECT)
		return is_name(w, v);
	for (m = json_first(v); m != NULL; m = json_next(m)) {
		if (json_type(m) == JSON_OBJECT) {
			if (deeper && text_among(json_key(m), people) &&
			    names(w, m, 0))
				return 1;
		} else if (!text_among(json_key(m), times) && is_name(w, m))
			return 1;
	}
	return 0;
}

static int
is_theirs(struct redact_work *w, const struct json *v)
{
	return names(w, v, 1) && !is_else(w, v);
}

/* Another customer's message: of its context what names the person is
 * removed. */
static void
put_message(struct redact_work *w, struct json_out *o, const struct json *v)
{
	const struct json *m, *c;

	json_open_object(o, NULL);
	for (m = json_first(v); m != NULL; m = json_next(m)) {
		if (!text_is(json_key(m), "context") ||
		    json_type(m) != JSON_OBJECT || !names(w, m, 0)) {
			json_put(o, json_key(m), m);
			continue;
		}
		w->changed = 1;
		json_open_object(o, json_key(m));
		for (c = json_first(m); c != NULL; c = json_next(c))
			if (!is_name(w, c))
				json_put(o, json_key(c), c);
		json_close(o);
	}
	json_close(o);
}

static enum fate put_redact(struct redact_work *, struct json_out *,
    const char *key, const struct json *);

/* Who a message or a status is from or to. */
static const char *const parties[] = { "from", "from_user_id", "to",
	"to_user_id", "recipient_id", "recipient_user_id" };

#define N_PARTIES (sizeof(parties) / sizeof(parties[0]))

/* 1 when message or status E is removed: it is the person's, or it names nobody
 * and the person is the only contact beside it. */
static int
goes(struct redact_work *w, const struct json *e)
{
	if (is_theirs(w, e))
		return 1;
	for (size_t i = 0; i < N_PARTIES; i++)
		if (json_text(e, parties[i]) != NULL)
			return 0;
	return w->alone && json_type(e) == JSON_OBJECT;
}

/* Decides which messages and statuses are removed, and which stay. */
static void
look_redact(struct redact_work *w, const struct json *value)
{
	const struct json *contacts = json_get(value, "contacts"), *e;
	size_t n = 0;

	w->alone = json_type(contacts) == JSON_ARRAY &&
		   json_count(contacts) == 1 &&
		   is_theirs(w, json_first(contacts));
	for (int i = 0; talk[i] != NULL; i++)
		n += json_count(json_get(value, talk[i]));
	w->left = pool_alloc(w->pool, (n + 1) * sizeof(*w->left));
	w->n_left = 0;
	for (int i = 0; talk[i] != NULL; i++) {
		const struct json *list = json_get(value, talk[i]);

		if (json_type(list) != JSON_ARRAY) {
			n -= json_count(list);
			continue;
		}
		for (e = json_first(list); e != NULL; e = json_next(e))
			if (!goes(w, e))
				w->left[w->n_left++] = e;
	}
	w->lost = w->n_left < n;
}

/* 1 when no message or status that stays is of this contact.  It may be the
 * person, under a number that has another owner by now. */
static int
is_left_over(struct redact_work *w, const struct json *contact)
{
	const char *wa_id = json_text(contact, "wa_id");
	const char *user_id = json_text(contact, "user_id");

	if (!w->lost || (wa_id == NULL && user_id == NULL))
		return 0;
	for (size_t i = 0; i < w->n_left; i++)
		for (size_t k = 0; k < N_PARTIES; k++) {
			const char *s = json_text(w->left[i], parties[k]);

			if (text_is(s, wa_id) || text_is(s, user_id))
				return 0;
		}
	return 1;
}

static void
put_array(struct redact_work *w, struct json_out *o, const char *key,
    const struct json *v)
{
	const struct json *e;

	json_open_array(o, key);
	for (e = json_first(v); e != NULL; e = json_next(e)) {
		if (text_among(key, talk)
			? goes(w, e)
			: is_theirs(w, e) ||
			      (text_is(key, "contacts") && is_left_over(w, e)))
			w->changed = 1;
		else if (text_among(key, messages) &&
			 json_type(e) == JSON_OBJECT)
			put_message(w, o, e);
		else {
			/* written apart: it may turn out to go */
			struct json_out *one = begin_redact(w);

			if (put_redact(w, one, NULL, e) == STAYS)
				json_put_raw(o, NULL, json_end(one, NULL));
		}
	}
	json_close(o);
}

/* A value for a number, or an account, that is not to be redacted. */
static int
is_foreign(struct redact_work *w, const struct json *v)
{
	return !w->r->is_ours(w->r->arg,
	    json_text(json_get(v, "metadata"), "phone_number_id"), w->waba_id);
}

/* Member M of an object.  *GOES: the object is removed, too. */
static enum fate
put_member(struct redact_work *w, struct json_out *o, const struct json *m)
{
	const char *name = json_key(m);
	struct json_out *one;
	enum fate fate;

	if (text_is(name, "metadata") || /* our own number */
	    (text_among(name, whole) && is_foreign(w, m))) {
		json_put(o, name, m);
		return STAYS;
	}
	if (json_type(m) == JSON_OBJECT && is_theirs(w, m)) {
		w->changed = 1;
		if (text_among(name, talk)) { /* one, not in an array */
			json_open_array(o, name);
			json_close(o);
		}
		return text_among(name, whole) ? GOES : STAYS;
	}
	if (!text_among(name, whole)) {
		put_redact(w, o, name, m);
		return STAYS;
	}
	one = begin_redact(w);
	fate = put_redact(w, one, NULL, m);
	if (fate == STAYS)
		json_put_raw(o, name, json_end(one, NULL));
	return fate;
}

/* *GOES: without what was the person's the value is worth nothing. */
static enum fate
put_object(struct redact_work *w, struct json_out *o, const char *key,
    const struct json *v)
{
	const struct json *m;
	enum fate fate = STAYS;
	int lost = w->lost, alone = w->alone;

	if (json_get(v, "changes") != NULL)
		w->waba_id = json_text(v, "id");
	if (json_get(v, "contacts") != NULL)
		look_redact(w, v);
	json_open_object(o, key);
	for (m = json_first(v); m != NULL; m = json_next(m))
		if (put_member(w, o, m) == GOES)
			fate = GOES;
	json_close(o);
	w->lost = lost;
	w->alone = alone;
	return fate;
}

static enum fate
put_redact(struct redact_work *w, struct json_out *o, const char *key,
    const struct json *v)
{
	if (json_type(v) == JSON_ARRAY)
		put_array(w, o, key, v);
	else if (json_type(v) == JSON_OBJECT)
		return put_object(w, o, key, v);
	else
		json_put(o, key, v);
	return STAYS;
}

int
redact_delivery(struct pool *pool, const char *body, size_t len,
    const struct redact *r, char **out, size_t *out_len)
{
	const struct json *root = json_parse(pool, body, len, NULL);
	struct redact_work w = { .pool = pool, .r = r };
	struct json_out *o = begin_redact(&w);

	if (json_type(root) != JSON_OBJECT)
		return -1;
	if (put_redact(&w, o, NULL, root) == GOES) {
		o = json_new(pool);
		json_open_object(o, NULL);
		json_close(o);
	}
	if (!w.changed)
		return 0;
	*out = json_end(o, out_len);
	return 1;
}

int
redact_event(
    struct pool *pool, const char *raw, const struct redact *r, char **out)
{
	const struct json *v = json_parse(pool, raw, strlen(raw), NULL);
	struct redact_work w = { .pool = pool, .r = r };
	struct json_out *o = begin_redact(&w);

	*out = NULL;
	if (v == NULL)
		return 0;
	if (is_theirs(&w, v) || put_redact(&w, o, NULL, v) == GOES)
		return 1;
	if (!w.changed)
		return 0;
	*out = json_end(o, NULL);
	return 1;
}

/* Where digits stand at S, as is_name reads them: behind the last of ID; NULL
 * they are others. */
static const char *
skip_digits(const char *s, const char *end, const char *id)
{
	for (; *id != '\0'; id++) {
		while (s < end && *s != '\0' && (*s < '0' || *s > '9') &&
		       strchr(PHONE_SIGNS, *s) != NULL)
			s++;
		if (s == end || *s++ != *id)
			return NULL;
	}
	return s;
}

int
redact_may_name(const char *body, size_t len, const char *id)
{
	const char *end = body + len, *s = body;

	if (id[strspn(id, "0123456789")] != '\0' || *id == '\0')
		return memmem(body, len, id, strlen(id)) != NULL;
	for (; (s = memchr(s, *id, (size_t)(end - s))) != NULL; s++)
		if (skip_digits(s, end, id) != NULL)
			return 1;
	return 0;
}

int
redact_wamid_names(struct pool *pool, const char *wamid, const char *wa_id)
{
	size_t len = 0, n = strlen(wa_id);
	const char *code = after_prefix(wamid), *bytes;

	if (code == NULL || n < 7)
		return 0;
	bytes = codec_unbase64(pool, code, strlen(code), &len);
	for (size_t i = 0; bytes != NULL && i + n <= len; i++)
		if (memcmp(bytes + i, wa_id, n) == 0 &&
		    (i + n == len || bytes[i + n] < '0' || bytes[i + n] > '9'))
			return i == 0 || bytes[i - 1] < '0' ||
			       bytes[i - 1] > '9';
	return 0;
}
