#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include <stdint.h>

struct db;
struct db_request;
struct pool;
struct statements;

/*
 * A connection to the inbox that serves one member at a time and, whatever SQL
 * it is given, can neither read nor change what is not the member's
 * workspace's.  It has views my_conversations, my_messages, my_contacts,
 * my_tags, my_contact_tags, my_members, my_numbers, my_counters, my_reactions,
 * my_media, my_outbox, my_uploads, my_identities, my_changes, my_tickets,
 * my_erasures, my_idempotency_keys and, for search.c, my_bounds,
 * my_message_words and its siblings; INSTEAD OF triggers let a member change
 * conversations (status, is_read, unread_count, contact_id, link, assigned_to,
 * updated_at), contacts, tags, contact_tags, add idempotency keys and erasures,
 * and send: new conversations, messages to be sent and their rows in the
 * outbox.  All else is refused: base tables, ATTACH, PRAGMA, DDL.
 *
 * SQLite does not count rows that a trigger of a view changed: db_changed()
 * says nothing here, so read again what was written; of new conversations,
 * messages and uploads db_insert() says the id.
 * db_begin, db_commit, db_begin_read work as on any handle.
 */
struct session;		/* opaque; belongs to one thread at a time */

/* Opens it; nobody is served yet.  owned: session_close.  NULL: said. */
struct session *session_open(const char *path, int wait_ms);
void	session_close(struct session *);		/* NULL is harmless */

/* The handle to give to conversation_list.h, message_list.h, contact.h, …
 * borrowed. */
struct db *session_handle(struct session *);

/*
 * Prepares these, and from then on takes no other statement (but BEGIN, COMMIT
 * and their like): 0, or -1, said.  Optional for a program that a person runs.
 */
int	session_seal(struct session *, const struct statements *);
/* The same, but only of statements that read: the member changes nothing. */
int	session_seal_reader(struct session *, const struct statements *);

/* Whom the connection serves; texts in the pool of session_sign_in. */
struct member {
	int64_t		 user_id;
	int64_t		 workspace_id;
	int64_t		 token_id;
	const char	*name;
	const char	*email;
	const char	*role;		/* owner, admin, agent */
	const char	*workspace;	/* its name */
};

/*
 * Serves the member to whom TOKEN (as shown by "waspool token create")
 * belongs: 1; 0 when there is none, or it is revoked or expired at NOW, or
 * its owner is no member any more, and then nobody is served; -1.
 */
int	session_sign_in(struct session *, struct pool *, const char *token,
	    int64_t now, struct member *);

/*
 * The same with a ticket (ticket.h), which is used up by it; and with the
 * token that a ticket or a sign-in before was of, to look whether it is still
 * good.
 */
int	session_use_ticket(struct session *, struct pool *,
	    const char *ticket, int64_t now, struct member *);
int	session_return(struct session *, struct pool *, int64_t token_id,
	    int64_t now, struct member *);

/* Serves a workspace without a token; USER_ID 0 is nobody in particular.
 * WORKSPACE_ID 0 serves nobody: every view is empty. */
void	session_serve(struct session *, int64_t workspace_id,
	    int64_t user_id);

#endif
