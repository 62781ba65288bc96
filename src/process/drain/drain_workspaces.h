#ifndef PROCESS_DRAIN_DRAIN_WORKSPACES_H
#define PROCESS_DRAIN_DRAIN_WORKSPACES_H

#include <stdint.h>

#include "lib/sql/db.h"

#include "inbox/workspace/number.h"

struct apply;
struct event;

/*
 * In which workspaces the events of a batch will write, for
 * db_begin_workspaces: begins with 0.  What is not known yet (a number that
 * another event adds, one that is moved meanwhile) is locked when it is
 * written.
 */
struct drain_workspaces {
	int64_t id[DB_WORKSPACES_MAX + 1]; /* ascending */
	int n;				   /* above the maximum: many */
	const char *number[DB_WORKSPACES_MAX];
	const char *account[DB_WORKSPACES_MAX];	  /* where no number is named */
	struct number_key key[DB_WORKSPACES_MAX]; /* id 0: not known */
	int n_names;
};

/* Adds that of an event, whose texts are borrowed: 0, -1.  In no transaction.
 */
int drain_workspaces_add(
    struct drain_workspaces *, const struct apply *, const struct event *);

/* The number that an event names, as it was found then; NULL: none. */
const struct number_key *drain_workspaces_number(
    const struct drain_workspaces *, const char *phone_number_id);

#endif
