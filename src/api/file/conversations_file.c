/*
 * GET /conversations/export: the list that the filters ask for, as CSV.
 */
#include <inttypes.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/fcgi/http.h"

#include "inbox/contact/files/csv.h"
#include "inbox/conversation/conversation.h"

#include "api/file/conversations_file.h"
#include "api/list/conversation_page.h"
#include "api/query.h"
#include "api/reply.h"

static const char head[] =
    "id,phone,user_id,group_id,name,phone_number_id,state,snoozed_until,"
    "unanswered_since,unread_count,assigned_to,team,labels,tags,marketing,"
    "window_expires_at,last_message_at,last_message_direction,last_message,"
    "created_at\n";

static void
put_text(struct buf *b, const char *s)
{
	buf_char(b, ',');
	csv_put_cell(b, s);
}

static void
put_time(struct buf *b, int64_t at)
{
	put_text(b, at != 0 ? clock_text(b->pool, at) : NULL);
}

static const char *
after_comma(struct pool *pool, const char *list, const char *s)
{
	return list == NULL ? s : pool_printf(pool, "%s, %s", list, s);
}

/* As people call them. */
static const char *
called(const struct conversation *c)
{
	if (c->contact_name != NULL)
		return c->contact_name;
	return c->phone_book_name != NULL ? c->phone_book_name
					  : c->profile_name;
}

static void
put_conversation(struct buf *b, const struct conversation *c)
{
	const char *labels = NULL, *tags = NULL;

	for (size_t i = 0; i < c->marks.n_labels; i++)
		labels = after_comma(b->pool, labels, c->marks.labels[i].name);
	for (size_t i = 0; i < c->n_tags; i++)
		tags = after_comma(b->pool, tags, c->tags[i]);
	buf_printf(b, "%" PRId64, c->id);
	put_text(b, c->phone);
	put_text(b, c->user_id);
	put_text(b, c->group_id);
	put_text(b, called(c));
	put_text(b, c->phone_number_id);
	put_text(b, c->state);
	put_time(b, text_is(c->state, "snoozed") ? c->aside_at : 0);
	put_time(b, c->unanswered_since);
	buf_printf(b, ",%" PRId64, c->unread_count);
	put_text(b, c->assigned_name);
	put_text(b, c->marks.team != NULL ? c->marks.team->name : NULL);
	put_text(b, labels);
	put_text(b, tags);
	put_text(b, c->marketing);
	put_time(b, c->window_ends);
	put_time(b, c->last_message_at);
	put_text(b, c->last.direction);
	put_text(b, c->preview);
	put_time(b, c->created_at);
	buf_char(b, '\n');
}

/* What the session's cache has of a row is JSON: it is read again. */
static int
put_rows(struct action *a, struct buf *b, const struct conversation_page *page)
{
	for (int i = 0; i < page->n; i++) {
		const struct conversation *c = &page->rows[i];
		struct conversation whole;

		if (c->is_cached) {
			if (conversation_get(
				a->session, a->pool, c->id, &whole) != 1)
				return -1;
			c = &whole;
		}
		put_conversation(b, c);
	}
	return 0;
}

/* The same filters, and the cursor. */
static const char *
link_to(struct action *a, const char *cursor)
{
	struct buf b = { .pool = a->pool };

	buf_printf(&b, "</api/v1/conversations/export?cursor=%s", cursor);
	for (size_t i = 0; i < a->query->n_names; i++) {
		const struct query_name *name = &a->query->names[i];
		const struct query_value *v = name->first;

		for (;
		     v != NULL && !query_among("cursor", name->word, name->len);
		     v = v->next) {
			buf_char(&b, '&');
			buf_put(&b, name->word, name->len);
			buf_char(&b, '=');
			buf_text(&b, codec_percent(a->pool, v->text));
		}
	}
	buf_text(&b, ">; rel=\"next\"");
	return buf_end(&b);
}

int
conversations_file_export(struct action *a)
{
	struct buf b = { .pool = a->pool };
	struct conversation_page page;
	int rc = conversation_page_read(a, CONVERSATIONS_FILE_PAGE, &page);

	if (rc != 1)
		return rc;
	buf_text(&b, head);
	if (put_rows(a, &b, &page) == -1)
		return -1;
	if (page.next != NULL)
		reply_header(a, "Link", link_to(a, page.next));
	reply_header(a, "Content-Disposition",
	    "attachment; filename=\"conversations.csv\"");
	a->answer->status = 200;
	a->answer->type = "text/csv";
	a->answer->body_len = b.len;
	a->answer->body = buf_end(&b);
	return 0;
}
