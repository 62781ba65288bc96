#ifndef INBOX_SEARCH_SEARCH_KEEPER_H
#define INBOX_SEARCH_SEARCH_KEEPER_H

struct db;

/* How a handle's engine keeps words (engine/search_keeping.h). */
const struct search_keeping *search_keeper(struct db *);

#endif
