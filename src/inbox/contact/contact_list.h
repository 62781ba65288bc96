#ifndef INBOX_CONTACT_CONTACT_LIST_H
#define INBOX_CONTACT_CONTACT_LIST_H

#include <stdint.h>

struct pool;
struct session;
struct statements;

struct contact_list_filter {
	const char *q;	 /* name, e-mail address, phone (search.h); NULL any */
	const char *tag; /* its name; NULL any */
	int64_t before;	 /* an id: contacts below it */
};

/* Contacts, newest first: at most MAX into IDS; how many, or -1.  *COMPLETE as
 * search.h has it; 1 without a search. */
int contact_list_read(struct session *, struct pool *,
    const struct contact_list_filter *, int64_t *ids, int max, int *complete);

/* Conversations that are linked to a contact, below the id BEFORE, newest
 * first: at most MAX into IDS; how many, or -1. */
int contact_list_conversations(struct session *, int64_t contact_id,
    int64_t before, int64_t *ids, int max);

extern const struct statements contact_list_statements;

#endif
