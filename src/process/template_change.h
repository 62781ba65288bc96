#ifndef PROCESS_TEMPLATE_CHANGE_H
#define PROCESS_TEMPLATE_CHANGE_H

#include <stdint.h>

#include "lib/sql/db.h"

struct client;
struct keys;
struct statements;
struct template_call;

/*
 * Has templates created and deleted at the provider, one request at a time, as
 * members want it (inbox/template/template_request.h).  A request whose answer
 * was lost is made again: the provider knows a template by its name and
 * language, and its list, which is read afterwards, has the last word.  Nothing
 * here waits.
 */
struct template_change {
	struct db *db; /* the inbox */
	struct client *fetch;
	const struct keys *keys;

	/* private: begin with 0 */
	struct template_call *call; /* that is under way, or answered */
	int64_t looked_ms;	    /* when it last looked for what is wanted */
};

extern const struct statements template_change_statements;

/* 1 something was done, 0 there is nothing to do now; -1: the database failed,
 * and *WHY says how. */
int template_change_step(
    struct template_change *, int64_t now, enum db_error *why);
/* 1: a request is under way. */
int template_change_busy(const struct template_change *);

/* After client_close. */
void template_change_close(struct template_change *);

#endif
