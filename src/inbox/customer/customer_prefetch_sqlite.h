#ifndef INBOX_CUSTOMER_CUSTOMER_PREFETCH_SQLITE_H
#define INBOX_CUSTOMER_CUSTOMER_PREFETCH_SQLITE_H

struct customer;
struct db;
struct number_key;
struct statements;

/* Of SQLite only. */
extern const struct statements customer_prefetch_statements;

/*
 * Looks at the rows, and the places in indexes, that a message WAMID (NULL:
 * none) of the customer will be written to, so that they are in the system's
 * memory.  PORTFOLIO: as customer_resolve stores it.  In a transaction that
 * reads, or in none.  0, -1.
 */
int customer_prefetch(struct db *, const struct number_key *,
    const struct customer *, const char *portfolio, const char *wamid);

#endif
