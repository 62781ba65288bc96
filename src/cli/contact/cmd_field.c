/*
 * waspool field: the fields that a workspace defines for its contacts.
 */
#include <string.h>
#include <sysexits.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "inbox/contact/contact_field.h"
#include "inbox/contact/contact_field_validate.h"

#include "session/session.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"

/* A list for programs; people see what --choices takes. */
static void
put_choices(struct cli *c, struct output *s, const char *choices)
{
	const char *text[CONTACT_CHOICES_MAX], *all = NULL;
	const struct json *j;
	size_t n = 0;

	if (choices == NULL) {
		output_text(s, "choices", NULL);
		return;
	}
	j = json_first(json_parse(c->pool, choices, strlen(choices), NULL));
	for (; j != NULL && n < CONTACT_CHOICES_MAX; j = json_next(j))
		text[n++] = json_string(j);
	for (size_t i = 0; i < n; i++)
		all = all == NULL ? text[i]
				  : pool_printf(c->pool, "%s|%s", all, text[i]);
	if (c->json)
		output_texts(s, "choices", text, n);
	else
		output_text(s, "choices", all);
}

static void
put_contact_field(
    struct cli *c, struct output *s, const struct contact_field *field)
{
	output_int(s, "id", field->id);
	output_text(s, "key", field->key);
	output_text(s, "label", field->label);
	output_text(s, "type", field->type);
	put_choices(c, s, field->choices);
}

static void
list_contact_field(struct cli *c)
{
	struct session *m = cli_db_seal(c, &contact_field_statements);
	struct contact_field fields[CONTACT_FIELDS_MAX];
	int n = cli_db_ok(c, contact_field_list(m, c->pool, fields));
	struct output *s = output_list(c);

	for (int i = 0; i < n; i++) {
		output_row(s);
		put_contact_field(c, s, &fields[i]);
	}
	output_end(s);
}

/* --choices, between bars, as they are stored; ends the program when the type
 * does not go with them. */
static const char *
read_choices(struct cli *c, const char *type)
{
	const char *typed = cli_option(c, "choices"), *why = NULL, *choices;
	struct json_out *out = json_new(c->pool);
	char *rest, *item, *list;

	if ((typed != NULL) != text_is(type, "choice"))
		cli_usage(c, "--choices goes with the type choice");
	if (typed == NULL)
		return NULL;
	json_open_array(out, NULL);
	rest = pool_copy(c->pool, typed);
	while ((item = strsep(&rest, "|")) != NULL)
		json_put_text(out, NULL, item);
	json_close(out);
	list = json_end(out, NULL);
	choices = contact_field_validate_choices(
	    c->pool, json_parse(c->pool, list, strlen(list), NULL), &why);
	if (choices == NULL)
		cli_usage(c, "--choices %s", why);
	return choices;
}

static void
add_contact_field(struct cli *c)
{
	struct session *m = cli_db_seal(c, &contact_field_statements);
	const char *label = c->n_args > 2 ? c->args[2] : c->args[0];
	struct contact_field field = { 0 }, other;
	const char *why = NULL;
	struct output *s;

	field.key = contact_field_validate_key(c->pool, c->args[0], &why);
	if (field.key == NULL)
		cli_usage(c, "KEY %s", why);
	field.type = contact_field_validate_type(c->pool, c->args[1], &why);
	if (field.type == NULL)
		cli_usage(c, "TYPE %s", why);
	field.label = contact_field_validate_label(c->pool, label, &why);
	if (field.label == NULL)
		cli_usage(c, "LABEL %s", why);
	field.choices = read_choices(c, field.type);
	cli_db_begin_member(m);
	if (cli_db_ok(c, contact_field_find(m, c->pool, field.key, &other)))
		cli_fail(EX_DATAERR, "there is a field %s already", field.key);
	if (cli_db_ok(c, contact_field_add(m, &field, c->now, &field.id)) == 0)
		cli_fail(EX_DATAERR, "there are %d fields already: remove some",
		    CONTACT_FIELDS_MAX);
	cli_db_commit_member(m);
	s = output_object(c);
	put_contact_field(c, s, &field);
	output_end(s);
}

static void
remove_contact_field(struct cli *c)
{
	struct session *m = cli_db_seal(c, &contact_field_statements);
	struct contact_field field;

	cli_db_begin_member(m);
	if (cli_db_ok(c, contact_field_find(m, c->pool, c->args[0], &field)) ==
	    0)
		cli_fail(EX_DATAERR, "there is no field %s", c->args[0]);
	cli_db_ok(c, contact_field_delete(m, field.id));
	cli_db_commit_member(m);
	cli_db_wake(c); /* for what many contacts have in it */
}

static const struct cli_option contact_field_options[] = { CMD_WORKSPACE,
	{ 0 } };

static const struct cli_option add_options_contact_field[] = {
	CMD_WORKSPACE,
	{ "choices", "A|B", "of the type choice: all that there are" },
	{ 0 },
};

const struct cli_verb cmd_field[] = {
	{ "list", "", 0, 0, "Lists the own fields of contacts, by key", NULL,
	    "waspool field list", contact_field_options, list_contact_field },
	{ "add", "KEY TYPE [LABEL]", 2, 3, "Defines a field of contacts",
	    "KEY is what programs and files call it: small letters, digits\n"
	    "and '_'; LABEL (KEY) what people call it.  TYPE is text, number,\n"
	    "date, choice or boolean.  Key and type stay.",
	    "waspool field add plan choice Plan --choices "
	    "'Basic|Premium'",
	    add_options_contact_field, add_contact_field },
	{ "remove", "KEY", 1, 1,
	    "Removes a field, and what contacts have in it",
	    "It cannot be undone.", "waspool field remove plan",
	    contact_field_options, remove_contact_field },
	{ 0 },
};
