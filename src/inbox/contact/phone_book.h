#ifndef INBOX_CONTACT_PHONE_BOOK_H
#define INBOX_CONTACT_PHONE_BOOK_H

#include <stdint.h>

struct db;
struct number_key;
struct pool;
struct statements;

/*
 * The address book of the phone on which one of our numbers is used, too, as
 * the phone says it.  Conversations show its names by triggers (inbox.sql):
 * those that are there, and those that come later.  In the caller's
 * transaction: 0, or -1.
 */
extern const struct statements phone_book_statements;

/* PHONE (E.164) is there by NAME since AT; NULL: it was taken out.  What was
 * said last counts, in whatever order it comes. */
int phone_book_put(struct db *, struct pool *, const struct number_key *,
    const char *phone, const char *name, int64_t at);

/* All entries that may be of the account ID (digits). */
int phone_book_forget(struct db *, int64_t workspace_id, const char *id);

/* 1 when one says a name of the account ID (digits); 0, -1. */
int phone_book_has(struct db *, int64_t workspace_id, const char *id);

/* Entries that were taken out before OLDER go, MAX at once: how many, -1.  (So
 * long what was said before that may still come.) */
int phone_book_purge(struct db *, int64_t older, int max);

#endif
