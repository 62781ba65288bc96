#ifndef INBOX_SEARCH_SEARCH_H
#define INBOX_SEARCH_SEARCH_H

#include <stddef.h>
#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * Full-text search, the one thing where database engines differ by nature:
 * here with FTS5.  Q is what a person typed; its words (words_query.h) have all
 * to be in one source: a message's text, a customer's own name, a contact's
 * name or e-mail address.  When only digits and signs were typed, three digits
 * or more are also looked for anywhere in phones.
 *
 * The work is bounded, however common a word is, and of one workspace's rows
 * only: after SEARCH_TIME_MS nothing more is looked for, but in the workspace's
 * newest messages (SEARCH_PARTITION_ROWS, at least), which are looked through
 * always.  Those are a bounded number, too; SEARCH_SURE_MS is for who sends
 * books.  *COMPLETE is 1, or 0 when there may be matches that are not among
 * what is answered: the time was up, there were more than SEARCH_MAX of a
 * source, or the index is being rebuilt.
 */
#define SEARCH_MAX     500
#define SEARCH_TIME_MS 300
#define SEARCH_SURE_MS 1000

struct search_message {
	int64_t id;
	int64_t conversation_id;
};

/*
 * Messages with ids below BEFORE (0: from the newest), ids descending: how
 * many of MAX, or -1.  *BELOW is the BEFORE of the next page, 0 at the end.
 * When the time was up (*COMPLETE 0) a page has few, or none, and the next one
 * goes on where this one stopped.
 */
int search_messages(struct session *, struct pool *, const char *q,
    int64_t before, struct search_message *, int max, int64_t *below,
    int *complete);

/* What these four ask first, in advance (db_prefetch), where that is another
 * process: of messages with ids below BEFORE, MAX of them; and of people when
 * PEOPLE.  As long as the transaction lasts. */
void search_prefetch(struct session *, struct pool *, const char *q,
    int64_t before, int max, int people);

/*
 * Conversations by the customer's own name or phone, or by the name, e-mail
 * address or phone of their contact: the newest (highest) ids, descending, how
 * many IDS of MAX (at most SEARCH_MAX), or -1.
 */
int search_people(struct session *, struct pool *, const char *q, int64_t *ids,
    int max, int *complete);

/* Conversations by people and messages, ids descending, each once: how many
 * *IDS (in POOL), or -1. */
int search_conversations(struct session *, struct pool *, const char *q,
    int64_t **ids, int *complete);

/* Contacts with an id below BEFORE, newest first: how many IDS of at most
 * MAX, or -1.  Here messages and customers' own names do not count. */
int search_contacts(struct session *, struct pool *, const char *q,
    int64_t before, int64_t *ids, int max, int *complete);

extern const struct statements search_statements;

#endif
