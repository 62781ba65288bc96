#ifndef PROCESS_TEMPLATE_SYNC_H
#define PROCESS_TEMPLATE_SYNC_H

#include <stdint.h>

#include "lib/sql/db.h"

struct client;
struct keys;
struct statements;
struct template_page;

/*
 * Reads the provider's list of message templates, number by number, page by
 * page, one request at a time: each day, soon after an event about a template,
 * and when somebody asks for it.  Nothing here waits.
 */
#define TEMPLATE_SYNC_PAGES 100 /* a longer list is cut */

struct template_sync {
	struct db *db; /* the inbox */
	struct client *fetch;
	const struct keys *keys;

	/* private: begin with 0 */
	struct template_page *page; /* that is asked for, or answered */
	int64_t looked_ms;	    /* when it last looked for a number */
};

extern const struct statements template_sync_statements;

/* 1 something was done, 0 there is nothing to do now; -1: the database failed,
 * and *WHY says how. */
int template_sync_step(struct template_sync *, int64_t now, enum db_error *why);

/* 1: a list is being read. */
int template_sync_busy(const struct template_sync *);

/* After client_close. */
void template_sync_close(struct template_sync *);

#endif
