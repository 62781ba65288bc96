#ifndef WHATSAPP_EVENT_LIST_H
#define WHATSAPP_EVENT_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "whatsapp/event.h"

struct json;
struct pool;

/* One element of contacts[]: what the provider says of a customer. */
struct event_list_contact {
	const char *wa_id;
	const char *user_id;
	const char *parent_user_id;
	const char *username;
	const char *profile_name;
};

/*
 * A delivery being split: the events so far, and the change in hand.  All of
 * it is in POOL.
 */
struct event_list {
	struct pool *pool;
	int64_t received_at;

	struct event *events;
	size_t n;
	size_t cap;
	int too_many;

	/* the change in hand */
	const char *field;
	const char *key; /* the array in VALUE */
	const char *waba_id;
	const char *phone_number_id;
	const char *display_phone_number;
	int64_t at; /* of the entry, or received */
	struct event_list_contact *contacts;
	size_t n_contacts;
	int one_customer; /* all messages are of one */
};

/*
 * A new event of the change in hand, its time that of ELEMENT.  Borrowed until
 * the next one.  Beyond DELIVERY_EVENTS_MAX it is not kept, and too_many set.
 */
struct event *event_list_add(
    struct event_list *, enum event_kind, const struct json *element);

/* ELEMENT whole, as a workspace event with the provider's word FIELD. */
struct event *event_list_add_other(
    struct event_list *, const char *field, const struct json *element);

/*
 * The time that member KEY of ELEMENT says: seconds or milliseconds, text or
 * number.  What is missing or makes no sense (not positive, after the year
 * 2100) gives OTHERWISE.  One that is ahead of our clock stands: ours may be
 * the one that is wrong.
 */
int64_t event_list_time(
    const struct json *element, const char *key, int64_t otherwise);

/* 1 when TEXT has the same digits, at least one, as our own number. */
int event_list_is_us(const struct event_list *, const char *text);

#endif
