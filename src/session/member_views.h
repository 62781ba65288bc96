#ifndef SESSION_MEMBER_VIEWS_H
#define SESSION_MEMBER_VIEWS_H

struct db_request;

/*
 * What the files of a member connection share; nobody else includes it.
 * member_views.c, member_sending.c: the views and triggers, as SQL.
 * member_judge.c: what a statement may touch.
 */
extern const char member_views[];
extern const char member_sending[];

/*
 * The judges for db_guard.  The first lets a statement read and write through
 * the views; the second, besides, takes no new statement at all.
 */
int	member_judge(const struct db_request *);
int	member_judge_sealed(const struct db_request *);

/* Between these this thread reads what tells who a token belongs to. */
void	member_judge_sign_in(int begin);

#endif
