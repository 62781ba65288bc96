#ifndef SESSION_SESSION_DB_H
#define SESSION_SESSION_DB_H

struct db;
struct session;

/*
 * The connection itself, borrowed: for the modules that have statements for a
 * member.  Whoever calls them has a struct session only, and so can neither
 * give it to a module that sees everything nor the other way round
 * (tests/e2e/test_tree.py says who may include this).
 */
struct db *session_db(struct session *);

#endif
