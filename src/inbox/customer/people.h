#ifndef INBOX_CUSTOMER_PEOPLE_H
#define INBOX_CUSTOMER_PEOPLE_H

#include <stdint.h>

struct pool;

/*
 * Who is who among customers of one of our numbers: from what was shown and
 * announced of them, to persons, and to who had which account when.  No rows
 * are touched here.  All pointers are in the pool, '' is "not shown", and the
 * outcome does not depend on the order in which things are added.
 *
 * A handle is what people have for a while: an account (wa_id), or a parent
 * id.  A user id is somebody for good, within one portfolio.
 */
struct people_sighting { /* shown together */
	int64_t id;
	const char *account;
	const char *user_id;
	const char *parent;
	const char *portfolio;
	int64_t first_at;
	const char *name;
};

struct people_change { /* announced, or known to be one */
	const char *account;
	const char *user_id;
	const char *new_account;
	const char *new_user_id;
	const char *portfolio;
	int64_t at;
	const char *name;
};

enum people_how {	/* a span of a handle began, since … */
	PEOPLE_ORIGIN,	/* nothing is known from before */
	PEOPLE_SHOWN,	/* another one showed it, unannounced */
	PEOPLE_TAKEN,	/* somebody changed to it, as announced */
	PEOPLE_RELEASED /* its holder changed to another */
};

struct people_span { /* until the next one */
	int64_t from;
	int person; /* by people_same(): who has it */
	int before; /* who had it, -1 nobody */
	enum people_how how;
	const char *user_id; /* SHOWN: which user id began it */
};

struct people_handle {
	const char **value; /* spellings of one account, sorted */
	int n_values;
	int is_parent;
	struct people_span *span; /* by time, at least one once solved */
	int n_spans;
};

struct people_id {
	const char *user_id;
	int person;
};

struct people {
	struct pool *pool;
	struct people_sighting *sighting;
	int n_sightings;
	struct people_change *change;
	int n_changes;
	struct people_handle *handle;
	int n_handles;
	struct people_id *id;
	int n_ids;
	int n_persons;
	struct people_person *person; /* private */
	const char **portfolio;	      /* private */
	int n_portfolios;
	int64_t *made; /* by people_rows: new conversations */
	int n_made;
};

struct people *people_new(struct pool *);

/* Known ones are not added again.  A handle's index; OTHER is a second
 * spelling of the same account, or NULL. */
int people_add_handle(
    struct people *, const char *value, int is_parent, const char *other);
void people_add_sighting(struct people *, const struct people_sighting *);
void people_add_change(struct people *, const struct people_change *);

/* Index, -1 when it was never added. */
int people_find_handle(const struct people *, const char *value, int is_parent);
int people_find_id(const struct people *, const char *user_id);

/* Once all is added. */
void people_solve(struct people *);

/* The one number of a person: two are one when it is the same. */
int people_same(const struct people *, int person);
/* Has PERSON a user id, or was a change of theirs announced? */
int people_is_known(const struct people *, int person);
int people_has_id(const struct people *, int person);
/* Who made the change, -1 nobody. */
int people_mover(const struct people *, int change);

/* Who has the handle at AT, and in the end. */
int people_at(const struct people *, int handle, int64_t at);
int people_last(const struct people *, int handle);

/* Where a message that shows SIGHTING at AT stands. */
int people_of(
    const struct people *, const struct people_sighting *, int64_t at);

/* Does ACCOUNT belong to PERSON now? */
int people_holds(const struct people *, int person, const char *account);

#endif
