#ifndef API_LIST_FILTER_H
#define API_LIST_FILTER_H

struct action;
struct conversation_list_filter;

/*
 * Reads the filters of GET /conversations.  1; 0 when a problem was replied; -1
 * the database failed.  *NOTHING is set when a filter names a tag or a number
 * that does not exist: then the list is empty.
 */
int filter_read(
    struct action *, struct conversation_list_filter *, int *nothing);

/* 1 when there is one; where a page begins is none, and how many it has. */
int filter_is_given(const struct action *);

#endif
