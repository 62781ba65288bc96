/*
 * Customers of the current transaction: two tables of lists, by user id and by
 * conversation.  An entry that is forgotten stays where it is, without a
 * conversation, since all of them end with the transaction.
 */
#include <string.h>

#include "base/pool.h"

#include "lib/sql/many.h"

#include "inbox/customer/customer_memo.h"
#include "inbox/customer/customer_times_pgsql.h"
#include "inbox/message/message_pgsql.h"
#include "inbox/workspace/number.h"

#define LISTS	    128
#define ENTRIES_MAX 1000

struct customer_memo {
	struct pool *pool;
	struct message_pgsql *messages; /* NULL: none are kept */
	struct db_many later;		/* with messages only */
	int n;
	struct customer_memo_entry *by_user[LISTS];
	struct customer_memo_entry *by_conversation[LISTS];
};

struct customer_memo *
customer_memo_new(struct pool *pool, struct message_pgsql *messages)
{
	struct customer_memo *m = pool_alloc(pool, sizeof(*m));

	m->pool = m->later.text.pool = pool;
	m->messages = messages;
	return m;
}

static unsigned
list_by_user(const char *user_id)
{
	unsigned hash = 0;

	for (; *user_id != '\0'; user_id++)
		hash = hash * 31 + (unsigned char)*user_id;
	return hash % LISTS;
}

static unsigned
list_by_conversation(int64_t id)
{
	return (unsigned)((uint64_t)id % LISTS);
}

static int
shows(const struct customer_memo_entry *e, const struct number_key *number,
    const struct people_sighting *s)
{
	return e->conversation_id != 0 && e->number_id == number->id &&
	       e->workspace_id == number->workspace_id &&
	       strcmp(e->sighting.user_id, s->user_id) == 0 &&
	       strcmp(e->sighting.account, s->account) == 0 &&
	       strcmp(e->sighting.parent, s->parent) == 0 &&
	       strcmp(e->sighting.portfolio, s->portfolio) == 0;
}

struct customer_memo_entry *
customer_memo_find(struct customer_memo *m, const struct number_key *number,
    const struct people_sighting *s)
{
	struct customer_memo_entry *e;

	if (*s->user_id == '\0')
		return NULL;
	e = m->by_user[list_by_user(s->user_id)];
	while (e != NULL && !shows(e, number, s))
		e = e->next;
	return e;
}

int
customer_memo_has(struct customer_memo *m, int64_t id)
{
	struct customer_memo_entry *e =
	    m->by_conversation[list_by_conversation(id)];

	while (e != NULL && e->conversation_id != id)
		e = e->sibling;
	return e != NULL;
}

int
customer_memo_put(
    struct customer_memo *m, const struct customer_memo_entry *put)
{
	unsigned user = list_by_user(put->sighting.user_id);
	unsigned conversation = list_by_conversation(put->conversation_id);
	const struct number_key number = { .id = put->number_id,
		.workspace_id = put->workspace_id };
	struct customer_memo_entry *e;

	if (*put->sighting.user_id == '\0')
		return 0;
	e = customer_memo_find(m, &number, &put->sighting);
	if (e != NULL)
		e->conversation_id = 0;
	if (m->n == ENTRIES_MAX)
		return 0;
	m->n++;
	e = pool_alloc(m->pool, sizeof(*e));
	*e = *put;
	e->next = m->by_user[user];
	m->by_user[user] = e;
	e->sibling = m->by_conversation[conversation];
	m->by_conversation[conversation] = e;
	return 1;
}

static int
write_times(
    struct db *db, struct customer_memo *m, const struct customer_memo_entry *e)
{
	if (m->messages == NULL)
		return profile_write(
		    db, e->workspace_id, e->conversation_id, &e->profile, 0);
	if (!e->is_told)
		customer_times_pgsql_add(&m->later, e->workspace_id,
		    e->conversation_id, &e->profile);
	return 0;
}

static int
drop_entry(
    struct db *db, struct customer_memo *m, struct customer_memo_entry *e)
{
	int64_t id = e->conversation_id;

	if (id == 0 || !e->is_later) {
		e->conversation_id = 0;
		return 0;
	}
	if (write_times(db, m, e) == -1)
		return -1;
	e->conversation_id = 0;
	return profile_learn_username(db, e->workspace_id, id, &e->profile, 0);
}

int
customer_memo_drop_one(struct db *db, struct customer_memo *m, int64_t id)
{
	struct customer_memo_entry *e =
	    m->by_conversation[list_by_conversation(id)];

	for (; e != NULL; e = e->sibling)
		if (e->conversation_id == id && drop_entry(db, m, e) == -1)
			return -1;
	return m->messages != NULL ? customer_times_pgsql_write(db, &m->later)
				   : 0;
}

/* Stores what is kept of messages, with the times of who wrote them. */
static int
store_messages(struct db *db, struct customer_memo *m)
{
	for (int i = 0; i < LISTS; i++)
		for (struct customer_memo_entry *e = m->by_user[i]; e != NULL;
		     e = e->next)
			e->is_told =
			    e->conversation_id != 0 && e->is_later &&
			    message_pgsql_seen(m->messages, e->workspace_id,
				e->conversation_id, &e->profile);
	return message_pgsql_store(db, m->messages);
}

int
customer_memo_drop(struct db *db, struct customer_memo *m)
{
	if (m->messages != NULL && store_messages(db, m) == -1)
		return -1;
	if (m->n == 0)
		return 0;
	for (int i = 0; i < LISTS; i++) {
		struct customer_memo_entry *e = m->by_user[i];

		for (m->by_user[i] = NULL; e != NULL; e = e->next)
			if (drop_entry(db, m, e) == -1)
				return -1;
		m->by_conversation[i] = NULL;
	}
	m->n = 0;
	return m->messages != NULL ? customer_times_pgsql_write(db, &m->later)
				   : 0;
}
