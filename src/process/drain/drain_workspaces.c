/*
 * Finds the workspaces of a batch before its transaction begins, which takes
 * their locks in ascending order: so no two processors wait for each other.
 * Reads only; asked once for each number that the batch names.
 */
#include <string.h>

#include "base/text.h"

#include "lib/sql/db.h"

#include "whatsapp/event.h"

#include "inbox/workspace/number.h"

#include "process/drain/apply.h"
#include "process/drain/drain_workspaces.h"

static void
put_workspace(struct drain_workspaces *w, int64_t id)
{
	int i = 0;

	if (id == 0 || w->n > DB_WORKSPACES_MAX)
		return;
	while (i < w->n && w->id[i] < id)
		i++;
	if (i < w->n && w->id[i] == id)
		return;
	memmove(
	    &w->id[i + 1], &w->id[i], sizeof(w->id[0]) * (size_t)(w->n - i));
	w->id[i] = id;
	w->n++;
}

static int
same_name(const char *a, const char *b)
{
	return a == b || text_is(a, b);
}

/* 1 when it was asked before; else it is noted. */
static int
is_asked(struct drain_workspaces *w, const char *number, const char *account)
{
	for (int i = 0; i < w->n_names; i++)
		if (same_name(w->number[i], number) &&
		    same_name(w->account[i], account))
			return 1;
	if (w->n_names == DB_WORKSPACES_MAX)
		return 0;
	w->key[w->n_names] = (struct number_key){ 0 };
	w->number[w->n_names] = number;
	w->account[w->n_names++] = account;
	return 0;
}

const struct number_key *
drain_workspaces_number(
    const struct drain_workspaces *w, const char *phone_number_id)
{
	for (int i = 0; i < w->n_names && phone_number_id != NULL; i++)
		if (text_is(w->number[i], phone_number_id))
			return w->key[i].id != 0 ? &w->key[i] : NULL;
	return NULL;
}

int
drain_workspaces_add(
    struct drain_workspaces *w, const struct apply *a, const struct event *ev)
{
	const char *number = ev->phone_number_id;
	const char *account = number == NULL ? ev->waba_id : NULL;
	struct number_key key = { 0 };
	int rc, i;

	if (number == NULL && ev->kind != EVENT_NOTICE)
		number = a->phone_number_id;
	if (is_asked(w, number, account))
		return 0;
	i = w->n_names - 1;
	if (number != NULL)
		rc = number_find(a->db, number, &key);
	else if (account != NULL)
		rc = number_find_account(a->db, account, &key);
	else
		rc = number_find_only(a->db, &key);
	if (rc == -1)
		return -1;
	if (rc == 1 && number != NULL && same_name(w->number[i], number))
		w->key[i] = key;
	put_workspace(w, rc == 1 ? key.workspace_id : a->default_workspace);
	return 0;
}
