#ifndef INBOX_SEARCH_ENGINE_SEARCH_KIND_H
#define INBOX_SEARCH_ENGINE_SEARCH_KIND_H

enum search_kind {
	SEARCH_MESSAGES,
	SEARCH_CONVERSATIONS,
	SEARCH_CONTACTS,
	SEARCH_KINDS
};

/* Its name in search_indexed and search_stale. */
const char *search_kind_name(enum search_kind);

#endif
