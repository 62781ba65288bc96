#ifndef SESSION_SESSION_VIEWS_H
#define SESSION_SESSION_VIEWS_H

struct db_request;

/*
 * What the files of a member connection share; nobody else includes it.
 * session_views.c, session_sending.c: the views and triggers, as SQL.
 * session_authorizer.c: what a statement may touch.
 */
extern const char session_views[];
extern const char session_sending[];

/*
 * The authorizers for sqlite_authorize.  The first lets a statement read and write
 * through the views; the second, besides, takes no new statement at all.
 */
int	session_authorizer(const struct db_request *);
int	session_authorizer_prepared(const struct db_request *);

/* Between these this thread reads what tells who a token belongs to. */
void	session_authorizer_sign_in(int begin);

#endif
