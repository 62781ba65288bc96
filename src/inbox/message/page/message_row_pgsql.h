#ifndef INBOX_MESSAGE_PAGE_MESSAGE_ROW_PGSQL_H
#define INBOX_MESSAGE_PAGE_MESSAGE_ROW_PGSQL_H

struct db_rows;
struct session;
struct statements;

/*
 * The reactions to the messages of a page at once: each line of WAMIDS is one,
 * of the number whose id the same line of NUMBERS has.  Rows of which line
 * (from 1), emoji, sender, time, at most MAX of each, in the order of lines; as
 * db_query.
 */
struct db_rows *message_row_pgsql_reactions(
    struct session *, const char *wamids, const char *numbers, int max);

extern const struct statements message_row_pgsql_statements;

#endif
