#ifndef INBOX_AUDIT_WORKSPACE_AUDIT_H
#define INBOX_AUDIT_WORKSPACE_AUDIT_H

#include <stdint.h>

struct db;
struct pool;
struct session;
struct statements;

/*
 * The audit trail of a workspace: who changed whom it lets in, as an event of
 * the workspace that owners and admins read (my_workspace_events).  Its value
 * is
 *
 *	{"at", "by": "member" or "operator", "user_id": who, null the operator,
 *	 "changed": {…, "from", "to"}}
 *
 * with no secret in it, and no name of a token, which owners alone read.
 */
enum workspace_audit_kind {
	WORKSPACE_AUDIT_MEMBER,	    /* workspace_members: roles */
	WORKSPACE_AUDIT_INVITATION, /* workspace_invitations: their roles */
	WORKSPACE_AUDIT_TOKEN	    /* workspace_tokens: valid, revoked */
};

struct workspace_audit {
	enum workspace_audit_kind kind;
	int64_t workspace_id;
	int64_t by; /* a user; 0: the operator, on the command line */
	int64_t at;
	int64_t id;	       /* of the invitation or the token; a member: 0 */
	int64_t user_id;       /* the member, or whose token; else 0 */
	const char *email;     /* of the invitation, else NULL */
	const char *from, *to; /* NULL: it was not there, is gone */
};

extern const struct statements workspace_audit_store_statements;
extern const struct statements workspace_audit_member_statements;

/* Of what is done without a session.  In the caller's transaction: 0, -1. */
int workspace_audit_put(struct db *, const struct workspace_audit *);
/* Of what a member does: workspace_id and by are the session's.  Before it is
 * done, for who lowers his own role may write nothing behind it: 0, -1. */
int workspace_audit_note(struct session *, const struct workspace_audit *);

/* Its field; and its text, in POOL. */
const char *workspace_audit_field(const struct workspace_audit *);
const char *workspace_audit_text(struct pool *, const struct workspace_audit *);

#endif
