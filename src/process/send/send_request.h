#ifndef PROCESS_SEND_SEND_REQUEST_H
#define PROCESS_SEND_SEND_REQUEST_H

#include <stdint.h>

#include "whatsapp/provider/provider.h"

#include "inbox/outbox/outbox.h"

#include "process/send/rate_limit.h"

struct db;
struct pool;
struct send;

/*
 * For the files of this folder only: one request for a row of the outbox, from
 * its plan to its outcome.
 */
enum send_request_kind {
	SEND_REQUEST_SEND,
	SEND_REQUEST_READ,
	SEND_REQUEST_UPLOAD /* of the row's file, before it is sent */
};

struct send_request {
	struct send_request *next;
	enum send_request_kind kind;
	struct outbox_row row; /* its texts only while planned */
	struct rate_limit *pace;
	const struct provider_account *account; /* only while planned */
	char key_mark[RATE_LIMIT_MARK_LEN + 1];
	int64_t began_ms;
	int gone;	/* 1: the row is not queued any more */
	int answered;	/* 1: outcome is set, but not settled yet */
	int *under_way; /* send.n */
	const struct provider *provider; /* of the number */
	struct pool *pool;		 /* of outcome */
	struct provider_outcome outcome;
};

/*
 * A request for the row; its outcome is set at once when no request is needed.
 * owned: send_request_free.
 */
struct send_request *send_request_new(
    const struct outbox_row *, struct rate_limit *, const char *key_mark);
void send_request_free(struct send_request *);
/* Begins the request; its callback notes the answer. */
void send_request_start(struct send_request *, struct send *);

/* Applies the outcome to the row, in the caller's transaction: 0, -1. */
int send_result_apply(struct db *, struct send_request *, int64_t now);

/* Sets an outcome of our own, without a request. */
void send_result_put(
    struct send_request *, enum provider_decision, const char *detail);

#endif
