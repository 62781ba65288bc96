/*
 * Every file of tests/data/deliveries becomes the events that expect.json has
 * for it, every file of tests/data/bad is refused, and what a body holds in
 * one place changes nothing in another.
 *
 * After a change that is meant: test_delivery --print > the new expect.json,
 * and read the difference.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/delivery.h"
#include "whatsapp/event.h"
#include "whatsapp/redact.h"

/* After every time in the files but the one that is senseless. */
#define RECEIVED_AT 1760000000

static const char *const kinds[] = {
	[EVENT_MESSAGE] = "message",
	[EVENT_EDIT] = "edit",
	[EVENT_REVOKE] = "revoke",
	[EVENT_STATUS] = "status",
	[EVENT_IDENTITY] = "identity",
	[EVENT_NOTICE] = "notice",
	[EVENT_CALL] = "call",
	[EVENT_GROUP] = "group",
	[EVENT_MARKETING] = "marketing",
	[EVENT_PHONE_BOOK] = "phone_book",
};

static const char *
path_of(struct pool *p, const char *name)
{
	const char *srcdir = getenv("srcdir");

	return pool_printf(p, "%s/tests/data/%s", srcdir ? srcdir : ".", name);
}

static char *
slurp(struct pool *p, const char *path, size_t *len)
{
	struct buf b = { .pool = p };
	FILE *f = fopen(path, "rb");
	char part[4096];
	size_t n;

	if (f == NULL)
		fail_msg("cannot read %s", path);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buf_put(&b, part, n);
	fclose(f);
	*len = b.len;
	return buf_end(&b);
}

static void
put(struct json_out *o, const char *key, const char *s)
{
	if (s != NULL)
		json_put_text(o, key, s);
}

static void
put_raw(struct json_out *o, const char *key, const char *s)
{
	if (s != NULL)
		json_put_raw(o, key, s);
}

static void
put_customer(struct json_out *o, const struct event *e)
{
	put(o, "wa_id", e->customer.wa_id);
	put(o, "user_id", e->customer.user_id);
	put(o, "parent_user_id", e->customer.parent_user_id);
	put(o, "username", e->customer.username);
	put(o, "name", e->customer.profile_name);
	put(o, "group", e->customer.group_id);
	put(o, "shared", e->shared);
	put(o, "new_wa_id", e->customer.new_wa_id);
	put(o, "new_user_id", e->customer.new_user_id);
	put(o, "new_parent_user_id", e->customer.new_parent_user_id);
}

/* What a user would notice of an event, on one line. */
static char *
summary(struct pool *p, const struct event *e)
{
	struct json_out *o = json_new(p);

	json_open_object(o, NULL);
	json_put_text(o, "kind", kinds[e->kind]);
	if (e->source != EVENT_LIVE)
		json_put_text(
		    o, "source", e->source == EVENT_ECHO ? "echo" : "history");
	put(o, "type", e->type);
	if (e->kind <= EVENT_REVOKE)
		json_put_bool(o, "inbound", e->inbound);
	put(o, "number", e->phone_number_id);
	put(o, "waba", e->waba_id);
	put(o, "wamid", e->wamid);
	json_put_int(o, "at", e->at);
	if (e->kind == EVENT_MESSAGE) {
		json_put_bool(o, "unread", e->counts_unread);
		json_put_bool(o, "window", e->opens_window);
	}
	put(o, "preview", e->preview);
	if (e->text != NULL && !text_is(e->text, e->preview))
		json_put_text(o, "text", e->text);
	put(o, "target", e->target_wamid);
	put(o, "emoji", e->emoji);
	put(o, "status", e->status);
	put(o, "participant", e->participant);
	put(o, "callback", e->callback);
	put_customer(o, e);
	put(o, "media", e->media.id);
	put(o, "mime", e->media.mime_type);
	put(o, "filename", e->media.filename);
	put(o, "field", e->field);
	put_raw(o, "content", e->content);
	put_raw(o, "context", e->context);
	put_raw(o, "referral", e->referral);
	put_raw(o, "error", e->error);
	put_raw(o, "raw", e->raw);
	json_close(o);
	return json_end(o, NULL);
}

static int
is_json(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return len > 5 && strcmp(d->d_name + len - 5, ".json") == 0 &&
	       strcmp(d->d_name, "expect.json") != 0;
}

static int
is_visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static size_t
parse_file(struct pool *p, const char *name, struct event **events)
{
	const char *why = NULL, *path;
	size_t len, n;
	char *body;

	path = pool_printf(p, "%s/%s", path_of(p, "deliveries"), name);
	body = slurp(p, path, &len);
	if (delivery_parse(p, body, len, RECEIVED_AT, events, &n, &why) == -1)
		fail_msg("%s: %s", name, why);
	return n;
}

static void
check_file(struct pool *p, const char *name, const struct json *expect)
{
	struct event *events;
	size_t i, n = parse_file(p, name, &events);
	const struct json *x = json_first(expect);

	if (json_type(expect) != JSON_ARRAY)
		fail_msg("%s is not in expect.json", name);
	for (i = 0; i < n && x != NULL; i++, x = json_next(x))
		if (strcmp(summary(p, &events[i]), json_write(p, x)) != 0)
			fail_msg("%s, event %zu:\n got %s\nwant %s", name, i,
			    summary(p, &events[i]), json_write(p, x));
	if (n != json_count(expect))
		fail_msg(
		    "%s: %zu events, not %zu", name, n, json_count(expect));
}

static void
every_delivery_becomes_what_is_expected(void **state)
{
	struct pool *p = pool_new();
	struct dirent **list;
	const struct json *expect;
	size_t len;
	char *s;
	int i, n;

	(void)state;
	s = slurp(p, path_of(p, "deliveries/expect.json"), &len);
	assert_non_null(expect = json_parse(p, s, len, NULL));
	n = scandir(path_of(p, "deliveries"), &list, is_json, alphasort);
	assert_int_equal(n, json_count(expect));
	for (i = 0; i < n; i++) {
		check_file(
		    p, list[i]->d_name, json_get(expect, list[i]->d_name));
		free(list[i]);
	}
	free(list);
	pool_free(p);
}

static void
bad_bodies_are_refused_with_a_reason(void **state)
{
	struct pool *p = pool_new();
	struct dirent **list;
	struct event *events;
	size_t len, n_events;
	const char *why, *path;
	int i, n;

	(void)state;
	n = scandir(path_of(p, "bad"), &list, is_visible, alphasort);
	assert_true(n > 0);
	for (i = 0; i < n; i++) {
		path =
		    pool_printf(p, "%s/%s", path_of(p, "bad"), list[i]->d_name);
		char *body = slurp(p, path, &len);

		why = NULL;
		if (delivery_parse(p, body, len, RECEIVED_AT, &events,
			&n_events, &why) != -1)
			fail_msg("%s was taken", list[i]->d_name);
		assert_non_null(why);
		assert_int_equal(n_events, 0);
		free(list[i]);
	}
	free(list);
	pool_free(p);
}

/* Any prefix of a body, and any body with one byte changed, does no harm. */
static void
damaged_bodies_do_no_harm(void **state)
{
	struct pool *p = pool_new(), *q = pool_new();
	struct event *events;
	const char *why;
	size_t i, len, n;
	char *body, *copy;

	(void)state;
	body = slurp(p, path_of(p, "deliveries/batch.json"), &len);
	for (i = 0; i < len; i++) {
		copy = pool_text(q, body, len);
		delivery_parse(q, copy, i, RECEIVED_AT, &events, &n, &why);
		copy[i] = (char)(copy[i] ^ (1 << i % 8));
		delivery_parse(q, copy, len, RECEIVED_AT, &events, &n, &why);
		pool_reset(q);
	}
	pool_free(q);
	pool_free(p);
}

static size_t
count_of(const char *head, const char *piece, size_t times, const char *tail,
    int *rc)
{
	struct pool *p = pool_new();
	struct buf b = { .pool = p };
	struct event *events;
	const char *why;
	size_t n;

	buf_text(&b, head);
	while (times-- > 0)
		buf_text(&b, piece);
	buf_text(&b, tail);
	*rc = delivery_parse(p, b.s, b.len, RECEIVED_AT, &events, &n, &why);
	pool_free(p);
	return n;
}

static void
a_thousand_messages_are_a_thousand_events(void **state)
{
	int rc;
	size_t n = count_of("{\"messages\":[",
	    "{\"id\":\"a\",\"from\":\"491511\",\"type\":\"text\"},", 1000,
	    "{\"id\":\"b\",\"from\":\"491511\",\"type\":\"text\"}]}", &rc);

	(void)state;
	assert_int_equal(rc, 0);
	assert_int_equal(n, 1001);
}

static void
more_events_than_anybody_sends_are_refused(void **state)
{
	int rc;
	size_t n;

	(void)state;
	n = count_of(
	    "{\"messages\":[", "1,", DELIVERY_EVENTS_MAX - 1, "1]}", &rc);
	assert_int_equal(rc, 0);
	assert_int_equal(n, DELIVERY_EVENTS_MAX);
	n = count_of("{\"messages\":[", "1,", 2 * 1024 * 1024, "1]}", &rc);
	assert_int_equal(rc, -1);
	assert_int_equal(n, 0);
}

/* A customer of a file, as somebody who is to be erased. */
static int
is_them(void *arg, const char *s)
{
	const struct customer *c = arg;

	return text_is(s, c->wa_id) || text_is(s, c->user_id);
}

static int
is_no_message(void *arg, const char *s)
{
	(void)arg;
	(void)s;
	return 0;
}

static int
is_any_number(void *arg, const char *number, const char *account)
{
	(void)arg;
	(void)number;
	(void)account;
	return 1;
}

/* So many events with C, and with others. */
static size_t
count_them(const struct event *e, size_t n, struct customer *c, size_t *others)
{
	size_t them = 0;

	*others = 0;
	for (size_t i = 0; i < n; i++) {
		const struct customer *o = &e[i].customer;

		if ((o->wa_id != NULL && is_them(c, o->wa_id)) ||
		    (o->user_id != NULL && is_them(c, o->user_id)))
			them++;
		else
			++*others;
	}
	return them;
}

/* What is said of them elsewhere in the file: the inbox would know it. */
static struct customer
all_of(const struct event *e, size_t n, const struct customer *c)
{
	struct customer all = *c;

	for (size_t i = 0; i < n; i++) {
		const struct customer *o = &e[i].customer;

		if (all.user_id == NULL && text_is(o->wa_id, all.wa_id))
			all.user_id = o->user_id;
		if (all.wa_id == NULL && text_is(o->user_id, all.user_id))
			all.wa_id = o->wa_id;
	}
	return all;
}

/* Whatever the provider sends of somebody, redact.h finds it. */
static void
nobody_is_left_when_taken_out(void **state)
{
	struct pool *p = pool_new();
	struct dirent **list;
	int n_files =
	    scandir(path_of(p, "deliveries"), &list, is_json, alphasort);

	(void)state;
	for (int f = 0; f < n_files; f++) {
		struct event *e, *after;
		size_t n = parse_file(p, list[f]->d_name, &e), len, left, rest;
		size_t others, n_after;
		char *body = slurp(p,
		    pool_printf(
			p, "%s/%s", path_of(p, "deliveries"), list[f]->d_name),
		    &len);

		for (size_t i = 0; i < n; i++) {
			struct customer all = all_of(e, n, &e[i].customer);
			struct customer *c = &all;
			const struct redact r = { is_them, is_no_message,
				is_any_number, c };
			const char *why;
			char *out;
			size_t out_len;

			if (c->wa_id == NULL && c->user_id == NULL)
				continue;
			count_them(e, n, c, &others);
			if (redact_delivery(p, body, len, &r, &out, &out_len) !=
			    1)
				fail_msg("%s: event %zu is not found",
				    list[f]->d_name, i);
			assert_int_equal(
			    delivery_parse(p, out, out_len, RECEIVED_AT, &after,
				&n_after, &why),
			    0);
			left = count_them(after, n_after, c, &rest);
			if (left > 0 || rest != others)
				fail_msg("%s: event %zu: %zu left, %zu others"
					 " of %zu: %s",
				    list[f]->d_name, i, left, rest, others,
				    out);
		}
		free(list[f]);
	}
	free(list);
	pool_free(p);
}

static void
print_expected(void)
{
	struct pool *p = pool_new();
	struct dirent **list;
	struct event *events;
	size_t i, n;
	int f, n_files;

	n_files = scandir(path_of(p, "deliveries"), &list, is_json, alphasort);
	for (f = 0; f < n_files; f++) {
		n = parse_file(p, list[f]->d_name, &events);
		printf("%s\"%s\": [", f > 0 ? ",\n" : "{\n", list[f]->d_name);
		for (i = 0; i < n; i++)
			printf("%s\n %s", i > 0 ? "," : "",
			    summary(p, &events[i]));
		printf("]");
		free(list[f]);
	}
	printf("\n}\n");
	free(list);
	pool_free(p);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_delivery_becomes_what_is_expected),
		cmocka_unit_test(bad_bodies_are_refused_with_a_reason),
		cmocka_unit_test(damaged_bodies_do_no_harm),
		cmocka_unit_test(nobody_is_left_when_taken_out),
		cmocka_unit_test(a_thousand_messages_are_a_thousand_events),
		cmocka_unit_test(more_events_than_anybody_sends_are_refused),
	};

	if (argc > 1 && strcmp(argv[1], "--print") == 0) {
		print_expected();
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
