/*
 * /search: which messages have the words, where in them, and which people.
 */
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/pool.h"

#include "lib/json/json.h"

#include "inbox/contact/contact.h"
#include "inbox/conversation/conversation.h"
#include "inbox/message/message_list.h"
#include "inbox/search/search.h"
#include "inbox/words/words_query.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/input.h"
#include "api/reply.h"
#include "api/resource/messages.h"
#include "api/resource/search_results.h"

#define PEOPLE_MAX 20
#define PLACES_MAX 100 /* of one message */

/* One request, and what has become of it so far. */
struct search_results {
	const char *q;
	struct words_query *words;
	int64_t before; /* this message's id, 0 the newest */
	int limit;
	int complete;
	struct search_message found[INPUT_LIMIT_MAX];
	int n_found;
	int64_t people[SEARCH_MAX]; /* conversations */
	int n_people;
	int64_t below;	  /* the next page's before, 0 none */
	int64_t until_ms; /* from then on nothing more is begun */
};

/* 1, or 0 when a problem was replied. */
static int
read_search(struct action *a, struct search_results *s)
{
	int64_t unused = 0;

	*s = (struct search_results){ .complete = 1,
		.until_ms = clock_ticks_ms() + SEARCH_TIME_MS };
	if (!input_limit(a, &s->limit) || !input_q(a, &s->q))
		return 0;
	if (s->q == NULL)
		return input_bad(a, "q", "is needed: the words to look for");
	s->words = words_query_read(a->pool, s->q);
	if (s->words == NULL)
		return input_bad(
		    a, "q", "has no word: type letters or digits to look for");
	return cursor_read_pair(a, &s->before, &unused);
}

static void
put_places(struct action *a, struct json_out *out,
    const struct search_results *s, const char *text)
{
	struct words_place places[PLACES_MAX];
	int n = words_places(a->pool, s->words, text, places, PLACES_MAX);

	json_open_array(out, "places");
	for (int i = 0; i < n; i++) {
		json_open_object(out, NULL);
		json_put_int(out, "start", places[i].start);
		json_put_int(out, "length", places[i].length);
		json_close(out);
	}
	json_close(out);
}

/* Adds to *BYTES how long it is.  What would fill the page is left to the next
 * one, but for the first: 1, 0 left, -1. */
static int
put_found(struct action *a, struct json_out *out,
    const struct search_results *s, int64_t id, size_t *bytes)
{
	struct message_list_row m;
	const char *text;
	size_t before = *bytes;

	if (message_list_get(a->session, a->pool, id, &m) != 1 ||
	    message_list_text(a->session, a->pool, id, &text) != 1)
		return -1;
	if (text == NULL)
		text = "";
	*bytes += strlen(m.content) + strlen(text);
	if (before > 0 && *bytes > MESSAGE_LIST_BYTES_MAX)
		return 0;
	json_open_object(out, NULL);
	if (messages_put(a, out, &m) == -1)
		return -1;
	json_put_text(out, "text", text);
	put_places(a, out, s, text);
	json_close(out);
	return 1;
}

/* Messages, and with the first page people: ids.  0, -1. */
static int
find_all(struct action *a, struct search_results *s)
{
	int complete;

	search_prefetch(
	    a->session, a->pool, s->q, s->before, s->limit, s->before == 0);
	s->n_found = search_messages(a->session, a->pool, s->q, s->before,
	    s->found, s->limit, &s->below, &complete);
	s->complete &= complete;
	if (s->n_found == -1 || s->before != 0)
		return s->n_found == -1 ? -1 : 0;
	s->n_people = search_people(
	    a->session, a->pool, s->q, s->people, SEARCH_MAX, &complete);
	s->complete &= complete;
	return s->n_people == -1 ? -1 : 0;
}

/* What is shown of them, in advance. */
static void
prefetch_all(struct action *a, const struct search_results *s)
{
	for (int i = 0; i < s->n_found; i++) {
		message_list_prefetch_one(a->session, s->found[i].id);
		message_list_prefetch_text(a->session, s->found[i].id);
	}
	for (int i = 0; i < s->n_people && i < PEOPLE_MAX; i++)
		conversation_prefetch_row(a->session, s->people[i]);
}

static int
put_messages(struct action *a, struct json_out *out, struct search_results *s)
{
	size_t bytes = 0;
	int rc = 1;

	json_open_array(out, "messages");
	for (int i = 0; i < s->n_found && rc == 1; i++) {
		rc = put_found(a, out, s, s->found[i].id, &bytes);
		if (rc == 0)
			s->below = s->found[i - 1].id;
	}
	json_close(out);
	return rc == -1 ? -1 : 0;
}

/* As we call them, else as they call themselves. */
static const char *
name_of(const struct conversation *c)
{
	if (c->contact_id != 0)
		return c->contact_name;
	return c->phone_book_name != NULL ? c->phone_book_name
					  : c->profile_name;
}

static void
put_person(struct json_out *out, const struct conversation *c)
{
	json_open_object(out, NULL);
	json_put_id(out, "conversation_id", c->id);
	json_put_id(out, "contact_id", c->contact_id);
	json_put_text(out, "name", name_of(c));
	json_put_text(out, "profile_name", c->profile_name);
	json_put_text(out, "phone", c->phone);
	json_put_text(out, "user_id", c->user_id);
	json_put_text(out, "phone_number_id", c->phone_number_id);
	json_put_time(out, "last_message_at", c->last_message_at);
	json_close(out);
}

/* Conversations with people, at most PEOPLE_MAX: how many, or -1. */
static int
find_conversations(
    struct action *a, const struct search_results *s, struct conversation *c)
{
	int kept = 0;

	for (int i = 0; i < s->n_people && kept < PEOPLE_MAX; i++) {
		if (conversation_get_row(
			a->session, a->pool, s->people[i], &c[kept]) != 1)
			return -1;
		kept += c[kept].last_message_at > 0;
	}
	if (conversation_name_all(a->session, a->pool, c, kept) == -1)
		return -1;
	return kept;
}

static int
has_contact(const struct conversation *c, int n, int64_t contact_id)
{
	for (int i = 0; i < n; i++)
		if (c[i].contact_id == contact_id)
			return 1;
	return 0;
}

/* Those of the address book who are in none of these N conversations: 0, -1. */
static int
put_contacts(struct action *a, struct json_out *out, struct search_results *s,
    const struct conversation *c, int n)
{
	int64_t ids[SEARCH_MAX];
	struct contact one;
	int complete = 0, found = 0, all = n;

	if (clock_ticks_ms() < s->until_ms)
		found = search_contacts(a->session, a->pool, s->q, INT64_MAX,
		    ids, SEARCH_MAX, &complete);
	s->complete &= complete;
	for (int i = 0; i < found && i < PEOPLE_MAX; i++)
		contact_prefetch(a->session, ids[i]);
	for (int i = 0; i < found && all < PEOPLE_MAX; i++) {
		if (has_contact(c, n, ids[i]))
			continue;
		if (contact_get(a->session, a->pool, ids[i], &one) != 1)
			return -1;
		put_person(out, &(struct conversation){ .contact_id = one.id,
				    .contact_name = one.name,
				    .phone = one.phone });
		all++;
	}
	return found == -1 ? -1 : 0;
}

/* With the first page only. */
static int
put_people(struct action *a, struct json_out *out, struct search_results *s)
{
	struct conversation c[PEOPLE_MAX];
	int n = 0, rc = 0;

	json_open_array(out, "people");
	if (s->before == 0) {
		n = find_conversations(a, s, c);
		for (int i = 0; i < n; i++)
			put_person(out, &c[i]);
		if (n != -1 && n < PEOPLE_MAX)
			rc = put_contacts(a, out, s, c, n);
	}
	json_close(out);
	return n == -1 || rc == -1 ? -1 : 0;
}

int
search_results_list(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	struct search_results s;

	if (!read_search(a, &s))
		return 0;
	if (find_all(a, &s) == -1)
		return -1;
	prefetch_all(a, &s);
	json_open_object(out, NULL);
	if (put_messages(a, out, &s) == -1 || put_people(a, out, &s) == -1)
		return -1;
	json_put_bool(out, "complete", s.complete);
	return reply_list(
	    a, out, s.below != 0 ? cursor_write_pair(a, s.below, 0) : NULL);
}
