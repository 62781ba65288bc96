#ifndef INBOX_WORKSPACE_MEMBER_VALIDATE_H
#define INBOX_WORKSPACE_MEMBER_VALIDATE_H

/* What a person may give of users and members. */

/* 1 when S looks like an address: one @, something on both sides, no space
 * and no control character. */
int member_validate_email(const char *s);

/* A role that may more has a higher one; 0: ROLE is none. */
int member_validate_rank(const char *role);
/* 1 when ROLE is owner, admin or agent. */
int member_validate_role(const char *role);

#endif
