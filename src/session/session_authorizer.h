#ifndef SESSION_SESSION_AUTHORIZER_H
#define SESSION_SESSION_AUTHORIZER_H

struct db_request;

/*
 * The authorizers for sqlite_authorize; session.c alone includes this.  The
 * first lets a statement read and write through the views; the second, besides,
 * takes no new statement at all.
 */
int session_authorizer(const struct db_request *);
int session_authorizer_prepared(const struct db_request *);

/* Between these this thread reads what tells who a token belongs to. */
void session_authorizer_sign_in(int begin);

#endif
