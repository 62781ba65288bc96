/*
 * Contacts of vCards.  The pool lasts for one contact only, so a card with
 * several phones is read again for each of them.
 */
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "inbox/contact/contact_field_validate.h"
#include "inbox/contact/files/contact_vcard.h"

/* Of our own cards: a user id; "key;value" of an own field. */
#define USER_ID	  "X-WHATSAPP-USER-ID"
#define OWN_FIELD "X-WASPOOL-FIELD"

struct card {
	struct pool *pool;
	struct vcard_property tel[CONTACT_VCARD_PHONES_MAX];
	int n;
	const char *full, *parts, *other; /* FN, N, else NICKNAME or ORG */
	const char *email, *user_id;
	const char *tags; /* CATEGORIES */
	const char *own[CONTACT_FIELDS_MAX];
	int n_own;
	const char *why;
	long line;
	int ended;
};

int
contact_vcard_is(const char *s, size_t len)
{
	struct vcard v;

	vcard_open(&v, s, len);
	while (v.s < v.end && strchr(" \t\r\n", *v.s) != NULL)
		v.s++;
	return v.end - v.s >= 11 && strncasecmp(v.s, "BEGIN:VCARD", 11) == 0;
}

void
contact_vcard_open(struct contact_vcard *c, const char *s, size_t len)
{
	*c = (struct contact_vcard){ .fields = c->fields,
		.n_fields = c->n_fields };
	vcard_open(&c->rest, s, len);
}

static int
is_card(const struct vcard_property *p, const char *what)
{
	return strcmp(p->name, what) == 0 && p->value != NULL &&
	       strcasecmp(p->value, "VCARD") == 0;
}

static void
keep_first(const char **value, const struct vcard_property *p)
{
	if (*value == NULL && p->value != NULL &&
	    p->value[strspn(p->value, " ;")] != '\0')
		*value = p->value;
}

static void
read_property(struct card *c, const struct vcard_property *p)
{
	if (strcmp(p->name, "TEL") == 0) {
		if (c->n < CONTACT_VCARD_PHONES_MAX &&
		    strstr(p->params, "FAX") == NULL &&
		    strstr(p->params, "PAGER") == NULL)
			c->tel[c->n++] = *p;
	} else if (strcmp(p->name, "FN") == 0)
		keep_first(&c->full, p);
	else if (strcmp(p->name, "N") == 0)
		keep_first(&c->parts, p);
	else if (strcmp(p->name, "NICKNAME") == 0 ||
		 strcmp(p->name, "ORG") == 0)
		keep_first(&c->other, p);
	else if (strcmp(p->name, "EMAIL") == 0)
		keep_first(&c->email, p);
	else if (strcmp(p->name, "CATEGORIES") == 0)
		keep_first(&c->tags, p);
	else if (strcmp(p->name, USER_ID) == 0)
		keep_first(&c->user_id, p);
	else if (strcmp(p->name, OWN_FIELD) == 0) {
		if (c->n_own < CONTACT_FIELDS_MAX && p->value != NULL)
			c->own[c->n_own++] = p->value;
	} else
		return;
	if (p->why != NULL && c->why == NULL)
		c->why = p->why;
}

/* Reads V, which stands behind BEGIN, to the END of the card. */
static void
read_card(struct vcard *v, struct card *c)
{
	struct vcard_property p;
	int depth = 1;

	c->line = v->line;
	while (depth > 0 && vcard_next(v, c->pool, &p)) {
		if (is_card(&p, "BEGIN"))
			depth++; /* a card in a card: an AGENT */
		else if (is_card(&p, "END"))
			depth--;
		else if (depth == 1)
			read_property(c, &p);
	}
	c->ended = depth == 0;
}

/* family;given;additional;prefix;suffix, as people are called. */
static const char *
join_name(struct pool *pool, const char *parts)
{
	static const int order[] = { 3, 1, 2, 0, 4 };
	const char *part[5] = { NULL }, *name = "";

	for (int i = 0; i < 5; i++)
		part[i] = vcard_part(pool, &parts, ';');
	for (int i = 0; i < 5; i++)
		if (part[order[i]] != NULL && *part[order[i]] != '\0')
			name = pool_printf(pool, "%s%s%s", name,
			    *name != '\0' ? " " : "", part[order[i]]);
	return name;
}

static void
read_names(struct card *c, struct contact_csv_line *l)
{
	const char *name = NULL, *why = NULL;

	if (c->full != NULL)
		name = vcard_part(c->pool, &c->full, '\0');
	else if (c->parts != NULL)
		name = join_name(c->pool, c->parts);
	else if (c->other != NULL)
		name = vcard_part(c->pool, &c->other, ';');
	if (name != NULL && (l->contact.name = contact_validate_name(
				 c->pool, name, &why)) == NULL)
		l->why = pool_printf(c->pool, "name %s", why);
	if (c->email != NULL &&
	    (l->contact.email = contact_validate_email(
		 c->pool, vcard_part(c->pool, &c->email, '\0'), &why)) == NULL)
		l->why = pool_printf(c->pool, "email %s", why);
}

static void
read_categories(struct card *c, struct contact_csv_line *l)
{
	const char *why = NULL;
	char *tag;

	l->contact.tags =
	    pool_alloc(c->pool, CONTACT_TAGS_MAX * sizeof(*l->contact.tags));
	while (l->why == NULL &&
	       (tag = vcard_part(c->pool, &c->tags, ',')) != NULL) {
		if (tag[strspn(tag, " ")] == '\0')
			continue;
		if (l->contact.n_tags == CONTACT_TAGS_MAX)
			l->why = "too many tags";
		else
			l->contact.tags[l->contact.n_tags++] =
			    contact_validate_tag(c->pool, tag, &why);
		if (why != NULL)
			l->why = pool_printf(c->pool, "a tag %s", why);
	}
}

static const struct contact_field *
field_of(const struct contact_vcard *v, const char *key)
{
	for (int i = 0; key != NULL && i < v->n_fields; i++)
		if (text_is(key, v->fields[i].key))
			return &v->fields[i];
	return NULL;
}

static int
has_value(const struct contact *c, const struct contact_field *f)
{
	for (size_t i = 0; i < c->n_values; i++)
		if (c->values[i].field_id == f->id)
			return 1;
	return 0;
}

/* Of a field that the workspace has, each once; others are passed over, as
 * columns are that nobody knows. */
static void
read_own(
    const struct contact_vcard *v, struct card *c, struct contact_csv_line *l)
{
	struct contact_value *values =
	    pool_alloc(c->pool, sizeof(*values) * CONTACT_FIELDS_MAX);

	l->contact.values = values;
	for (int i = 0; l->why == NULL && i < c->n_own; i++) {
		const struct contact_field *f =
		    field_of(v, vcard_part(c->pool, &c->own[i], ';'));
		const char *text = vcard_part(c->pool, &c->own[i], '\0'), *why;

		if (f == NULL || text == NULL || has_value(&l->contact, f) ||
		    (text = text_fold(c->pool, text, CSV_FIELD_MAX)) == NULL)
			continue;
		text = contact_field_validate_value(c->pool, f, text, &why);
		if (text == NULL)
			l->why = pool_printf(c->pool, "%s %s", f->key, why);
		else
			values[l->contact.n_values++] =
			    (struct contact_value){ f->id, f->key, f->type,
				    text };
	}
}

static void
read_phone(struct card *c, int at, struct contact_csv_line *l)
{
	const char *value = c->tel[at].value, *why = NULL;
	char *phone = value != NULL ? vcard_part(c->pool, &value, '\0') : NULL;

	l->line = c->tel[at].line;
	if (phone != NULL && strncasecmp(phone, "tel:", 4) == 0)
		phone += 4; /* RFC 3966 */
	l->contact.phone = contact_validate_phone(c->pool, phone, &why);
	if (l->contact.phone == NULL)
		l->why = pool_printf(c->pool, "phone %s", why);
}

/* The contact of the card that V stands at. */
static void
make_contact(
    const struct contact_vcard *v, struct card *c, struct contact_csv_line *l)
{
	const char *why = NULL;
	int at = v->phone;

	memset(l, 0, sizeof(*l));
	l->line = c->line;
	if (c->user_id != NULL && at == 0 &&
	    (l->contact.user_id = contact_validate_user_id(
		 c->pool, c->user_id, &why)) == NULL)
		l->why = pool_printf(c->pool, "user id %s", why);
	if (at < c->n)
		read_phone(c, at, l);
	if (l->why == NULL)
		read_names(c, l);
	if (l->why == NULL)
		read_categories(c, l);
	if (l->why == NULL && c->n_own > 0)
		read_own(v, c, l);
	if (c->why != NULL)
		l->why = c->why;
	if (!c->ended)
		l->why = "the card has no END";
}

int
contact_vcard_next(
    struct contact_vcard *v, struct pool *pool, struct contact_csv_line *l)
{
	struct vcard_property p;

	for (;;) {
		struct card c = { .pool = pool };

		if (v->phone == 0) {
			do
				if (!vcard_next(&v->rest, pool, &p))
					return 0;
			while (!is_card(&p, "BEGIN"));
			v->card = v->rest;
		}
		v->rest = v->card;
		read_card(&v->rest, &c);
		if (c.n == 0 && c.user_id == NULL && c.ended) {
			v->left_out++;
			continue;
		}
		make_contact(v, &c, l);
		v->phone = v->phone + 1 < c.n ? v->phone + 1 : 0;
		return 1;
	}
}

void
contact_vcard_write(struct buf *b, const struct contact *c)
{
	struct pool *p = b->pool;
	const char *name = vcard_escape(p, c->name), *tags = "";

	for (size_t i = 0; i < c->n_tags; i++)
		tags = pool_printf(p, "%s%s%s", tags, i > 0 ? "," : "",
		    vcard_escape(p, c->tags[i]));
	buf_text(b, "BEGIN:VCARD\r\nVERSION:3.0\r\n");
	vcard_write(b, "FN", name);
	/* Its parts are not known: all of it is the given name. */
	vcard_write(b, "N", pool_printf(p, ";%s;;;", name));
	if (c->phone != NULL)
		vcard_write(b, "TEL;TYPE=CELL", c->phone);
	if (c->email != NULL)
		vcard_write(b, "EMAIL", vcard_escape(p, c->email));
	if (c->n_tags > 0)
		vcard_write(b, "CATEGORIES", tags);
	if (c->user_id != NULL)
		vcard_write(b, USER_ID, c->user_id);
	for (size_t i = 0; i < c->n_values; i++)
		vcard_write(b, OWN_FIELD,
		    pool_printf(p, "%s;%s", c->values[i].key,
			vcard_escape(p, c->values[i].value)));
	buf_text(b, "END:VCARD\r\n");
}
