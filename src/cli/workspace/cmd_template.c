/*
 * waspool template: the message templates of a workspace's numbers, as the
 * processor read them from the provider; to have them read again, and to have
 * one created or deleted there, which the processor does.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/pool.h"

#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "whatsapp/compose/compose.h"
#include "whatsapp/compose/field/composed.h"
#include "whatsapp/template/template_define.h"
#include "whatsapp/template/template_fit.h"
#include "whatsapp/template/template_text.h"

#include "inbox/media/upload.h"
#include "inbox/template/template_list.h"
#include "inbox/template/template_request.h"
#include "inbox/workspace/number_choose.h"

#include "session/session.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/print.h"
#include "cli/send_file.h"

static const struct statements template_member_statements = {
	.also =
	    STATEMENTS(&template_list_statements, &template_request_statements,
		&number_choose_statements, &upload_statements)
};

static void
put_cmd_template(struct cli *c, struct output *s, const struct template *t)
{
	const struct json *components =
	    json_parse(c->pool, t->components, strlen(t->components), NULL);

	output_int(s, "id", t->id);
	output_text(s, "number", t->phone_number_id);
	output_text(s, "name", t->name);
	output_text(s, "language", t->language);
	output_text(s, "status", t->status);
	output_text(s, "category", t->category);
	output_text(s, "text", template_fit_body(components));
	output_text(s, "reason", t->reason);
	output_text(s, "asked", t->asked);
	output_text(s, "error", t->error);
}

/* Why a list is empty, or old. */
static void
hint_states(struct cli *c, struct session *m)
{
	struct template_list_state state;
	int64_t after = 0;

	while (cli_db_ok(c, template_list_state(m, c->pool, &after, &state)) ==
	       1) {
		if (state.error != NULL)
			print_hint(c, "number %s: not read again: %s",
			    state.phone_number_id, state.error);
		else if (state.read_at == 0)
			print_hint(c,
			    "number %s: not read yet: waspool template sync",
			    state.phone_number_id);
	}
}

static void
list_templates(struct cli *c)
{
	struct session *m = cli_db_seal(c, &template_member_statements);
	struct output *s = output_list(c);
	struct template page[CMD_PAGE];
	int64_t after = 0;
	int n;

	do {
		n = template_list(m, c->pool, after, page, CMD_PAGE);
		cli_db_ok(c, n);
		for (int i = 0; i < n; i++) {
			output_row(s);
			put_cmd_template(c, s, &page[i]);
			after = page[i].id;
		}
	} while (n == CMD_PAGE);
	output_end(s);
	hint_states(c, m);
}

static void
sync_templates(struct cli *c)
{
	struct session *m = cli_db_seal(c, &template_member_statements);

	if (session_begin(m) == -1 || template_refresh(m, c->now) == -1 ||
	    session_commit(m) == -1)
		cli_db_fail(session_error(m));
	cli_db_wake(c);
	print_hint(
	    c, "The processor reads the lists now: waspool template list");
}

static void
show_template(struct cli *c, struct session *m, int64_t id)
{
	struct output *s = output_object(c);
	struct template t;

	if (cli_db_ok(c, template_get(m, c->pool, id, &t)) == 0)
		cli_fail(
		    EX_DATAERR, "there is no template %lld", (long long)id);
	put_cmd_template(c, s, &t);
	output_end(s);
}

/* The body TEXT, with an example of each of its placeholders. */
static void
put_text_body(struct cli *c, struct json_out *o)
{
	char *names[TEMPLATE_TEXT_PLACES_MAX];
	int n = template_text_places(c->pool, c->args[1], names);
	int named = n > 0 && !template_text_is_number(names[0]);

	if (c->n_args - 2 != n)
		cli_usage(
		    c, "the text has %d placeholders: an example of each", n);
	json_open_object(o, NULL);
	json_put_text(o, "type", "BODY");
	json_put_text(o, "text", c->args[1]);
	if (n > 0) {
		json_open_object(o, "example");
		json_open_array(
		    o, named ? "body_text_named_params" : "body_text");
		if (!named)
			json_open_array(o, NULL);
		for (int i = 0; i < n; i++) {
			if (!named) {
				json_put_text(o, NULL, c->args[i + 2]);
				continue;
			}
			json_open_object(o, NULL);
			json_put_text(o, "param_name", names[i]);
			json_put_text(o, "example", c->args[i + 2]);
			json_close(o);
		}
		if (!named)
			json_close(o);
		json_close(o);
		json_close(o);
	}
	json_close(o);
}

/* A file above the body, which the provider looks at. */
static void
put_file_header(struct cli *c, struct json_out *o, const char *path)
{
	const char *mime_type = send_file_type(c, path);
	const char *as = compose_type_of(mime_type);

	if (send_file_is_link(path))
		cli_usage(c, "--header is a file of this machine, no link");
	json_open_object(o, NULL);
	json_put_text(o, "type", "HEADER");
	json_put_text(o, "format",
	    strcmp(as, "image") == 0   ? "IMAGE"
	    : strcmp(as, "video") == 0 ? "VIDEO"
				       : "DOCUMENT");
	json_open_object(o, "example");
	send_file(c, o, as, path);
	json_close(o);
	json_close(o);
}

static const struct json *
read_components(struct cli *c)
{
	const char *s = cli_option(c, "components"), *why = NULL;
	const char *header = cli_option(c, "header");
	struct json_out *o = json_new(c->pool);
	const struct json *list;

	if ((s == NULL) == (c->n_args < 2))
		cli_usage(c, "the text of its body, or --components");
	if (s != NULL && header != NULL)
		cli_usage(c, "--header is for a TEXT, not for --components");
	if (s == NULL) {
		json_open_array(o, NULL);
		if (header != NULL)
			put_file_header(c, o, header);
		put_text_body(c, o);
		json_close(o);
		s = json_end(o, NULL);
	}
	list = json_parse(c->pool, s, strlen(s), &why);
	if (list == NULL)
		cli_usage(c, "--components is no JSON: %s", why);
	return list;
}

static void
read_define(struct cli *c, struct template_define *t)
{
	const char *language = cli_option(c, "language"), *text;
	struct json_out *o = json_new(c->pool);
	struct compose_wrong *wrong = NULL;
	const struct json *components = read_components(c);
	size_t len;

	json_open_object(o, NULL);
	json_put_text(o, "name", c->args[0]);
	json_put_text(o, "language", language == NULL ? "en_US" : language);
	json_put_text(o, "category", cli_option(c, "category"));
	json_put(o, "components", components);
	json_close(o);
	text = json_end(o, &len);
	if (template_define_read(
		c->pool, json_parse(c->pool, text, len, NULL), t, &wrong) == 0)
		return;
	for (; wrong != NULL && wrong->next != NULL; wrong = wrong->next)
		fprintf(stderr, "%s: %s\n", wrong->field, wrong->message);
	if (wrong == NULL)
		cli_fail(EX_DATAERR, "the template is refused");
	cli_fail(EX_DATAERR, "%s: %s", wrong->field, wrong->message);
}

/* The end of what asks for something of template ID. */
static void
end_request(struct cli *c, struct session *m, int64_t id)
{
	cli_db_commit_member(m);
	cli_db_wake(c);
	show_template(c, m, id);
	print_hint(
	    c, "The processor asks the provider now: waspool template list");
}

static void
create_template(struct cli *c)
{
	struct session *m = cli_db_seal(c, &template_member_statements);
	struct template_define t;
	const char *why = NULL, *field = NULL;
	int64_t number, id;

	read_define(c, &t);
	cli_db_begin_member(m);
	if (cli_db_ok(c, number_choose(m, c->pool, cli_option(c, "number"),
			     c->config.phone_number_id, &number, &why)) == 0)
		cli_fail(EX_DATAERR, "--number %s", why);
	if (cli_db_ok(
		c, template_request_files(m, c->pool, &t, &field, &why)) == 0)
		cli_fail(EX_DATAERR, "%s: %s", field, why);
	if (cli_db_ok(c, template_request_create(m, number, &t, c->now, &id)) ==
	    0)
		cli_fail(EX_DATAERR, "template %lld has that name and language",
		    (long long)id);
	end_request(c, m, id);
}

static void
delete_template(struct cli *c)
{
	struct session *m = cli_db_seal(c, &template_member_statements);
	int64_t id = cli_number(c, c->args[0], "a template's id");
	const char *others = NULL;

	cli_db_begin_member(m);
	if (cli_db_ok(c, template_request_delete(m, c->pool, id,
			     cli_option(c, "all") != NULL, c->now, &others)) ==
	    0)
		cli_fail(
		    EX_DATAERR, "there is no template %lld", (long long)id);
	if (others != NULL)
		cli_fail(EX_DATAERR,
		    "the provider deletes a template in all its languages, "
		    "and this one also has %s: --all",
		    others);
	end_request(c, m, id);
}

static const struct cli_option template_options_create[] = {
	{ "category", "WORD", "MARKETING, UTILITY or AUTHENTICATION" },
	{ "language", "CODE", "its language (en_US)" },
	{ "components", "JSON", "the provider's list, instead of TEXT" },
	{ "header", "FILE", "a picture, video or document above TEXT" },
	{ "number", "ID", "whose list; not needed when there is only one" },
	CMD_WORKSPACE,
	{ 0 },
};

static const struct cli_option template_options_delete[] = {
	{ "all", NULL, "also its other languages" },
	CMD_WORKSPACE,
	{ 0 },
};

static const struct cli_option template_options_list[] = {
	CMD_WORKSPACE,
	{ 0 },
};

const struct cli_verb cmd_template[] = {
	{ "list", "", 0, 0, "Lists the message templates",
	    "As the provider had them when the processor last read its list:\n"
	    "each day, after an event about a template, and at your request\n"
	    "(sync).",
	    "waspool template list", template_options_list, list_templates },
	{ "create", "NAME [TEXT [EXAMPLE ...]]", 1, 102,
	    "Has a template created at the provider",
	    "TEXT is its body, with {{1}} or {{name}} for what differs, and "
	    "an\n"
	    "EXAMPLE of each for the provider, who looks at it: list says\n"
	    "whether it is PENDING, APPROVED or REJECTED, and why. It also\n"
	    "looks at FILE. Other headers, footers and buttons go into\n"
	    "--components.",
	    "waspool template create order_ready --category UTILITY 'Hi {{1}},"
	    " it is ready.' Ann",
	    template_options_create, create_template },
	{ "delete", "ID", 1, 1, "Has a template deleted at the provider", NULL,
	    "waspool template delete 4", template_options_delete,
	    delete_template },
	{ "sync", "", 0, 0, "Has the provider's lists read again", NULL,
	    "waspool template sync", template_options_list, sync_templates },
	{ 0 },
};
