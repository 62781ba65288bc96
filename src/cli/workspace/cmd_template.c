/*
 * waspool template: the message templates of a workspace's numbers, as the
 * processor read them from the provider; and to have them read again.
 */
#include <string.h>
#include <sysexits.h>

#include "base/pool.h"

#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "whatsapp/template/template_fit.h"

#include "inbox/workspace/template_list.h"

#include "session/session.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/print.h"

static const struct statements template_member_statements = {
	.also = STATEMENTS(&template_list_statements)
};

static void
put_cmd_template(struct cli *c, struct output *s, const struct template *t)
{
	const struct json *components =
	    json_parse(c->pool, t->components, strlen(t->components), NULL);

	output_row(s);
	output_int(s, "id", t->id);
	output_text(s, "number", t->phone_number_id);
	output_text(s, "name", t->name);
	output_text(s, "language", t->language);
	output_text(s, "status", t->status);
	output_text(s, "category", t->category);
	output_text(s, "text", template_fit_body(components));
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

static const struct cli_option template_options_list[] = {
	{ "workspace", "ID",
	    "its workspace; not needed when there is only one" },
	{ 0 },
};

const struct cli_verb cmd_template[] = {
	{ "list", "", 0, 0, "Lists the message templates",
	    "As the provider had them when the processor last read its list:\n"
	    "each day, after an event about a template, and at your request\n"
	    "(sync).",
	    "waspool template list", template_options_list, list_templates },
	{ "sync", "", 0, 0, "Has the provider's lists read again", NULL,
	    "waspool template sync", template_options_list, sync_templates },
	{ 0 },
};
