#ifndef INBOX_TEMPLATE_TEMPLATE_LIST_H
#define INBOX_TEMPLATE_TEMPLATE_LIST_H

#include <stdint.h>

struct pool;
struct session;
struct statements;

/* The templates of a workspace's numbers, for its members. */
struct template
{ /* texts in POOL, NULL none */
	int64_t id;
	const char *phone_number_id;
	const char *name;
	const char *language;
	const char *status;
	const char *category;
	const char *reason;
	const char *components; /* JSON */
	int64_t read_at;
	const char *asked; /* what a member wants: create, delete */
	const char *error; /* why that was not done, or not yet */
};

/* States of our own; the others are the provider's. */
#define TEMPLATE_SUBMITTING "SUBMITTING" /* it has not answered yet */
#define TEMPLATE_REFUSED    "REFUSED"	 /* it did not take it */

/* Template ID: 1, 0 none, -1. */
int template_get(
    struct session *, struct pool *, int64_t id, struct template *);

/* At most MAX with an id after AFTER, by id: how many, -1. */
int template_list(
    struct session *, struct pool *, int64_t after, struct template *, int max);

/* What is known of the list of a number. */
struct template_list_state {
	const char *phone_number_id;
	int64_t read_at;   /* when it was last read whole, 0 never */
	const char *error; /* why not since then; NULL: all is well */
};
/* The number after AFTER: 1 and its id in *AFTER, 0 none, -1. */
int template_list_state(struct session *, struct pool *, int64_t *after,
    struct template_list_state *);

/* Template NAME in LANGUAGE of NUMBER_ID: 1; 0 there is none, and *OTHERS says
 * (in POOL) in which languages there is, "" none; -1.  *KNOWN: 0 when there is
 * none, and the list was never read, or is empty. */
int template_find(struct session *, struct pool *, int64_t number_id,
    const char *name, const char *language, struct template *, int *known,
    const char **others);

/* The lists of all numbers are read again now; in the caller's transaction,
 * which wakes the processor: 0, -1. */
int template_refresh(struct session *, int64_t now);

extern const struct statements template_list_statements;

#endif
