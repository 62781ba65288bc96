#ifndef INBOX_CONTACT_CONTACT_LINK_H
#define INBOX_CONTACT_CONTACT_LINK_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * From a conversation to the contact with its phone (the other direction, a new
 * or changed contact, is inbox/contact/contact.h).  In the caller's
 * transaction.
 */
extern const struct statements contact_link_statements;

/*
 * Links conversation ID when the address book has the phone it shows now, or
 * else one of the accounts that it was known by: as it is, or as the only one
 * of its variants there (docs/protocol.md §5.2).  A phone in the address book
 * means who had it when it was written there: whoever has the number later is
 * somebody else, whom nobody has written down yet.  Leaves alone what a person
 * linked or unlinked, and a link for which there is nothing better.
 * 0, or -1.
 */
int contact_link_conversation(
    struct db *, struct pool *, int64_t workspace_id, int64_t id, int64_t now);

#endif
