#ifndef WHATSAPP_REDACT_H
#define WHATSAPP_REDACT_H

#include <stddef.h>

struct pool;

/*
 * Erasure in the raw copy of a delivery: removes what it says of one person,
 * and leaves what it says of others as it is.  The caller knows who the person
 * is: these functions ask it about each text that may name somebody.
 */
struct redact {
	/* 1 when S, digits of an account or a user id, is the person's. */
	int (*is_id)(void *arg, const char *s);
	/* 1 when the message S is of the conversation with the person. */
	int (*is_wamid)(void *arg, const char *s);
	/* 1 when a value for this number of ours is to be redacted; with
	 * PHONE_NUMBER_ID NULL: one for account WABA_ID.  Either may be
	 * NULL. */
	int (*is_ours)(
	    void *arg, const char *phone_number_id, const char *waba_id);
	void *arg;
};

/*
 * Redacts BODY, a delivery as delivery_parse takes it.  1: *OUT (in POOL,
 * *OUT_LEN bytes) is what is left, still a delivery that can be applied; 0:
 * nothing in it is the person's; -1: not JSON.  Of another customer's reply to
 * the person only the context members that name the person are removed.  What
 * others write about the person stays: it is theirs.
 */
int redact_delivery(struct pool *, const char *body, size_t len,
    const struct redact *, char **out, size_t *out_len);

/* The same for RAW, the value that a workspace event keeps: 1 with *OUT NULL
 * when nothing is left. */
int redact_event(
    struct pool *, const char *raw, const struct redact *, char **out);

/*
 * 1 when ID (digits, or a user id) stands in BODY, digits also with the signs
 * between them that people write into a phone number: 0 spares the redacting,
 * but for what is escaped, and for wamids.
 */
int redact_may_name(const char *body, size_t len, const char *id);

/*
 * 1 when WAMID, also of a call (wacid.), encodes the account WA_ID (digits):
 * the message is from or to it.  Not every wamid encodes an account: 0 proves
 * nothing.
 */
int redact_wamid_names(struct pool *, const char *wamid, const char *wa_id);

#endif
