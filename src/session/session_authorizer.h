#ifndef SESSION_SESSION_AUTHORIZER_H
#define SESSION_SESSION_AUTHORIZER_H

struct db_request;

/*
 * The authorizers for sqlite_authorize; session.c alone includes this.  The
 * first lets a statement read and write through the views only; the second also
 * refuses every new statement.
 */
int session_authorizer(const struct db_request *);
int session_authorizer_prepared(const struct db_request *);

/* BEGIN 1 until 0: this thread may use the tables that say whose a token or a
 * ticket is, with the statements of session.c. */
void session_authorizer_sign_in(int begin);

#endif
