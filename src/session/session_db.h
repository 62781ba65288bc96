#ifndef SESSION_SESSION_DB_H
#define SESSION_SESSION_DB_H

struct db;
struct session;

/*
 * The database handle of a session, borrowed: for the modules of inbox with a
 * member's statements.  Their callers have a struct session only, so the
 * compiler refuses it to a function that sees everything, and a plain struct db
 * to a member's (tests/e2e/test_tree.py says who may include this).
 */
struct db *session_db(struct session *);

#endif
