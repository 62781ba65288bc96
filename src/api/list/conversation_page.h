#ifndef API_LIST_CONVERSATION_PAGE_H
#define API_LIST_CONVERSATION_PAGE_H

struct action;
struct conversation;

/*
 * A page of the list of conversations that the filters and the cursor of a
 * request ask for: what GET /conversations shows, what is exported, and with
 * what many are changed.
 */
struct conversation_page {
	struct conversation *rows; /* in POOL; some may be is_cached */
	int n;
	int complete;	  /* as search.h has it */
	const char *next; /* cursor of the page after; NULL: this is the last */
};

/* At most LIMIT: 1; 0 a problem was replied; -1. */
int conversation_page_read(
    struct action *, int limit, struct conversation_page *);

#endif
