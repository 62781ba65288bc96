#ifndef INBOX_CONTACT_CONTACT_LINK_H
#define INBOX_CONTACT_CONTACT_LINK_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * Links a conversation to the contact with its user id or its phone.
 * (contact.h links the other way: a new or changed contact to its
 * conversations.)  In the caller's transaction.
 */
extern const struct statements contact_link_statements;

/*
 * Links conversation ID to the contact with a user id of its customer, else
 * with the phone that the conversation shows now, else to one with an account
 * that its customer has, or had, here.
 * A number matches a contact exactly, or when just one of its variants has a
 * contact (docs/protocol.md §5.2).  The customer must have had the number when
 * the contact was created: a later owner of the number is another person, who
 * is not in the address book yet.  A link that a person made or removed stays;
 * so does the present one when no contact matches.  0, or -1.
 */
int contact_link_conversation(
    struct db *, struct pool *, int64_t workspace_id, int64_t id, int64_t now);

/* Has the workspace any contact?  1, 0, -1. */
int contact_link_any(struct db *, int64_t workspace_id);

#endif
