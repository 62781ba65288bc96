#ifndef INBOX_SEARCH_SEARCH_H
#define INBOX_SEARCH_SEARCH_H

#include <stddef.h>
#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * Full-text search, the one thing where database engines differ by nature:
 * here with FTS5.
 *
 * What a person typed is split into words at what is no letter and no digit.
 * All of them have to begin a word of one source: a customer's own name, a
 * contact's name or e-mail address, or the text of a message.  Case and
 * diacritics do not matter.  In messages a word of less than three letters is
 * looked for whole, but for Chinese, Japanese and Korean.  When only digits
 * and + ( ) . / - were typed, three digits or more are also looked for
 * anywhere in phones.  No syntax: all is data.
 *
 * The work is bounded, however common a word is: of each source the newest
 * SEARCH_MAX rows that match count, first those that have the words whole, and
 * after SEARCH_TIME_MS older ones are not looked for any more.
 */
#define SEARCH_MAX     500
#define SEARCH_TIME_MS 300

/* Conversations, in no order, each once: how many *IDS (in POOL), or -1. */
int search_conversations(
    struct session *, struct pool *, const char *q, int64_t **ids);

/* Contacts with an id below BEFORE, newest first: how many IDS of at most
 * MAX, or -1.  Here messages and customers' own names do not count. */
int search_contacts(struct session *, struct pool *, const char *q,
    int64_t before, int64_t *ids, int max);

extern const struct statements search_statements;

#endif
