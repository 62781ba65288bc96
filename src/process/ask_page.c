/*
 * The pages of a list, by their cursors.
 */
#include <stddef.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "process/ask.h"
#include "process/ask_page.h"

/* Meta says after on the last page, too, and next only before it; who never
 * says next is asked until a page is empty. */
void
ask_page_read(const struct ask_call *c, struct ask_page *page)
{
	const struct json *paging = json_get(c->body, "paging");
	int more = json_get(paging, "next") != NULL;

	page->says_next |= more || c->account.provider->is_meta;
	page->next = json_text(json_get(paging, "cursors"), "after");
	if (json_count(json_get(c->body, "data")) == 0 ||
	    (!more && page->says_next))
		page->next = NULL;
}

int
ask_page_is_endless(const struct ask_page *page, int max)
{
	return page->next != NULL &&
	       (text_is(page->next, page->after) || page->n + 1 >= max);
}

void
ask_page_turn(const struct ask_call *c, struct ask_page *page)
{
	page->after = pool_copy(c->kept, page->next);
	page->next = NULL;
	page->n++;
}
