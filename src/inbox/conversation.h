#ifndef INBOX_CONVERSATION_H
#define INBOX_CONVERSATION_H

#include <stdint.h>

struct db;
struct number_key;
struct pool;

/*
 * A conversation is all that one of our numbers and one customer said to each
 * other.  A customer is whatever hangs together by the identities that are
 * shown together: when an event shows two that belonged to two conversations,
 * these become one (the older id stays).  So events may come in any order.
 *
 * A conversation can be there before its first message (last_message_at 0):
 * the provider announced a customer's change of number, or a member is about
 * to write.  Lists do not show it.
 */
struct known {			/* what an event says; NULL not said */
	const char	*group_id;	/* alone decides, when it is there */
	const char	*wa_id;
	const char	*user_id;
	const char	*parent_user_id;
	const char	*new_wa_id;	/* what the customer becomes */
	const char	*new_user_id;
	const char	*new_parent_user_id;
	const char	*profile_name;
	const char	*username;
	int64_t		 at;		/* when it was said */
};

int	conversation_prepare(struct db *);	/* and all it is made of */

/*
 * The conversation of KNOWN with NUMBER, made when there is none, two made
 * one when need be; what is new of the customer is written down, and the
 * contact with that phone is linked.  In the caller's transaction.
 * 1; 0 when KNOWN names nobody; -1.
 */
int	conversation_resolve(struct db *, struct pool *,
	    const struct number_key *, const struct known *, int64_t now,
	    int64_t *id);

#endif
