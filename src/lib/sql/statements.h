#ifndef LIB_SQL_STATEMENTS_H
#define LIB_SQL_STATEMENTS_H

#include <stddef.h>

#include "lib/sql/db.h"

/*
 * The statements of a module, and of the modules that it calls: of x.c they
 * are x_statements, and a program's list is one without statements of its own.
 * tests/e2e/test_tree.py looks whether each program's list reaches those of all
 * modules that are linked into it.  A list of one ENGINE is not prepared on
 * another, nor are those that only it names.
 */
struct statements {
	const char *const *sql; /* string constants */
	size_t n;
	const struct statements *const *also; /* ended by NULL; or NULL */
	enum db_engine engine;		      /* DB_ANY: as usual */
};

#define STATEMENTS(...)                                                        \
	((const struct statements *const[]){ __VA_ARGS__, NULL })

/* Prepares them all, in any order, each once: 0, or -1 when one does not fit
 * the schema, and said. */
int db_prepare_all(struct db *, const struct statements *);

/* The same, but only of those that read (SELECT …). */
int db_prepare_readers(struct db *, const struct statements *);

#endif
