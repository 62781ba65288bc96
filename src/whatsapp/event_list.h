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
 * The events of a delivery so far, and the change that is being read.  All of
 * it is in POOL.
 */
struct event_list {
	struct pool *pool;
	int64_t received_at;

	struct event *events;
	size_t n;
	size_t cap;
	int too_many;

	/* the change that is being read */
	const char *field;
	const char *key; /* the array in VALUE */
	const char *waba_id;
	const char *phone_number_id;
	const char *display_phone_number;
	int64_t at; /* of the entry, else received_at */
	struct event_list_contact *contacts;
	size_t n_contacts;
	int one_customer; /* 1: all messages name the same customer */
};

/*
 * Adds an event of the current change, with the time of ELEMENT.  Borrowed
 * until the next call.  Beyond DELIVERY_EVENTS_MAX the event is not kept, and
 * too_many is set.
 */
struct event *event_list_add(
    struct event_list *, enum event_kind, const struct json *element);

/* Adds ELEMENT whole, as an EVENT_NOTICE with the provider's word FIELD. */
struct event *event_list_add_other(
    struct event_list *, const char *field, const struct json *element);

/*
 * The time in member KEY of ELEMENT: seconds or milliseconds, text or number.
 * OTHERWISE when it is missing, not positive or after the year 2100.  A time
 * ahead of our clock is kept: our clock may be the wrong one.
 */
int64_t event_list_time(
    const struct json *element, const char *key, int64_t otherwise);

/* 1 when TEXT has digits, and they are those of our own number. */
int event_list_is_us(const struct event_list *, const char *text);

#endif
