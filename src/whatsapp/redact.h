#ifndef WHATSAPP_REDACT_H
#define WHATSAPP_REDACT_H

#include <stddef.h>

struct pool;

/*
 * What a delivery says of one person is taken out of its raw copy, and what it
 * says of others stays as it is.  Who the person is, the caller knows: it is
 * asked of each text that may name somebody.
 */
struct redact {
	/* 1 when S, digits of an account or a user id, is the person's. */
	int (*is_id)(void *arg, const char *s);
	/* 1 when the message S is of the conversation with the person. */
	int (*is_wamid)(void *arg, const char *s);
	/* 1 when what is said to this number of ours, or (NULL) to one of
	 * that account, is meant at all; either may be NULL. */
	int (*is_ours)(
	    void *arg, const char *phone_number_id, const char *waba_id);
	void *arg;
};

/*
 * BODY as delivery_parse takes it.  1: *OUT (in POOL, *OUT_LEN bytes) is what
 * is left of it, a delivery that can be applied all the same; 0: nothing of it
 * is the person's; -1: not JSON.  A message of somebody else that answers the
 * person's loses who it answers, nothing else; what others write of the person
 * is theirs.
 */
int redact_delivery(struct pool *, const char *body, size_t len,
    const struct redact *, char **out, size_t *out_len);

/* The same of RAW, what a workspace event keeps: 1 with *OUT NULL when
 * nothing is left. */
int redact_event(
    struct pool *, const char *raw, const struct redact *, char **out);

/*
 * 1 when WAMID, which encodes it, is of a message from or to the account
 * WA_ID (digits).  Not all do: 0 proves nothing.
 */
int redact_wamid_names(struct pool *, const char *wamid, const char *wa_id);

#endif
