#ifndef INBOX_SEARCH_SEARCH_LOOK_H
#define INBOX_SEARCH_SEARCH_LOOK_H

struct db;
struct statements;

extern const struct statements search_look_statements;

/* For doctor: looks for a word in each index of the search.  0, -1; preparing
 * the statements fails, too, when one is damaged (DB_INDEX, search_reset.h). */
int search_look(struct db *);

#endif
