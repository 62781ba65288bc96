#ifndef INBOX_SEARCH_ENGINE_SEARCH_TIDY_PGSQL_H
#define INBOX_SEARCH_ENGINE_SEARCH_TIDY_PGSQL_H

struct db;
struct statements;

extern const struct statements search_tidy_pgsql_statements;

/*
 * New words wait in a list of their index, which every search reads through:
 * they are put where they belong, as autovacuum would some time.  In a
 * transaction of its own.  0, as there is nothing more to do then; -1.
 */
int search_tidy_pgsql(struct db *);

#endif
