/*
 * Of what there are words (search_kind.h).
 */
#include "inbox/search/engine/search_kind.h"

const char *
search_kind_name(enum search_kind kind)
{
	static const char *const names[SEARCH_KINDS] = { "message",
		"conversation", "contact" };

	return names[kind];
}
