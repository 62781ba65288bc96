/*
 * waspool broadcast: one template to many customers, as an admin does it in the
 * API.  The processor sends.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "whatsapp/compose/field/composed.h"

#include "inbox/broadcast/broadcast.h"
#include "inbox/broadcast/broadcast_check.h"
#include "inbox/broadcast/broadcast_recipient.h"
#include "inbox/contact/contact.h"
#include "inbox/mark/mark.h"
#include "inbox/workspace/number_choose.h"

#include "session/session.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/print.h"

static const struct statements broadcast_member_statements = {
	.also = STATEMENTS(&broadcast_statements,
	    &broadcast_recipient_statements, &broadcast_check_statements,
	    &contact_statements, &contact_tag_statements, &mark_statements,
	    &number_choose_statements)
};

static struct session *
open_session(struct cli *c)
{
	return cli_db_seal(c, &broadcast_member_statements);
}

static void
put_cmd_broadcast(struct output *s, const struct broadcast *b)
{
	output_int(s, "id", b->id);
	output_text(s, "name", b->name);
	output_text(s, "state", b->state);
	output_text(s, "reason", b->reason);
	for (int i = 0; i < BROADCAST_STATES; i++)
		output_int(s, broadcast_states[i], b->counts[i]);
	output_text(s, "number", b->phone_number_id);
	output_text(s, "tag", b->tag);
	output_text(s, "label", b->label);
	output_int(s, "per_minute", b->per_minute);
	output_time(s, "start_at", b->start_at);
	output_time(s, "created_at", b->created_at);
	output_time(s, "started_at", b->started_at);
	output_time(s, "ended_at", b->ended_at);
}

/* The broadcast of the first argument. */
static void
get_broadcast(struct cli *c, struct session *m, struct broadcast *b)
{
	int64_t id = cli_number(c, c->args[0], "a broadcast's id");

	if (cli_db_ok(c, broadcast_get(m, c->pool, id, b)) == 0)
		cli_fail(
		    EX_DATAERR, "there is no broadcast %lld", (long long)id);
}

static void
show_broadcast_of(struct cli *c, struct session *m, int64_t id)
{
	struct output *s = output_object(c);
	struct broadcast b;

	if (cli_db_ok(c, broadcast_get(m, c->pool, id, &b)) == 1)
		put_cmd_broadcast(s, &b);
	output_end(s);
}

/* ------------------------------------------------------------------ create */

/* The template, as POST /broadcasts takes it: name, and texts for its body. */
static const struct json *
read_cmd_template(struct cli *c)
{
	const char *components = cli_option(c, "components"), *why = NULL;
	const char *language = cli_option(c, "language");
	struct json_out *o = json_new(c->pool);
	size_t len;
	char *text;

	json_open_object(o, NULL);
	json_put_text(o, "name", c->args[1]);
	json_put_text(o, "language", language != NULL ? language : "en_US");
	if (components != NULL) {
		const struct json *list =
		    json_parse(c->pool, components, strlen(components), &why);

		if (list == NULL || c->n_args > 2)
			cli_usage(c, "--components stands for the texts, and"
				     " is JSON");
		json_put(o, "components", list);
	} else if (c->n_args > 2) {
		json_open_array(o, "components");
		json_open_object(o, NULL);
		json_put_text(o, "type", "body");
		json_open_array(o, "parameters");
		for (int i = 2; i < c->n_args; i++) {
			json_open_object(o, NULL);
			json_put_text(o, "type", "text");
			json_put_text(o, "text", c->args[i]);
			json_close(o);
		}
		json_close(o);
		json_close(o);
		json_close(o);
	}
	json_close(o);
	text = json_end(o, &len);
	return json_parse(c->pool, text, len, NULL);
}

static void
check_cmd_template(struct cli *c, struct session *m, struct broadcast *b)
{
	struct compose_wrong *wrong = NULL;

	if (cli_db_ok(c, broadcast_check(m, c->pool, b->number_id,
			     read_cmd_template(c), &b->template, &wrong)) == 1)
		return;
	for (; wrong != NULL && wrong->next != NULL; wrong = wrong->next)
		fprintf(stderr, "%s: %s\n", wrong->field, wrong->message);
	cli_fail(EX_DATAERR, "%s: %s", wrong->field, wrong->message);
}

static void
create_broadcast(struct cli *c)
{
	const char *tag = cli_option(c, "tag"), *why = NULL;
	const char *label = cli_option(c, "label");
	const char *at = cli_option(c, "start-at");
	struct session *m = open_session(c);
	struct broadcast b = { .per_minute = cli_option_number(
				   c, "per-minute", BROADCAST_PER_MINUTE) };
	int64_t id = 0;

	b.name = text_fold(c->pool, c->args[0], BROADCAST_NAME_MAX);
	if (b.name == NULL)
		cli_usage(c, "NAME is empty");
	if (b.per_minute < 1 || b.per_minute > BROADCAST_PER_MINUTE_MAX)
		cli_usage(c, "--per-minute is from 1 to %d",
		    BROADCAST_PER_MINUTE_MAX);
	if (at != NULL &&
	    (clock_parse(at, &b.start_at) == -1 || b.start_at <= c->now ||
		b.start_at > c->now + BROADCAST_AHEAD_MAX))
		cli_usage(c, "--start-at is a time within the next 90 days,"
			     " like 2026-01-30T12:00:00Z");
	cli_db_begin_member(m);
	if (cli_db_ok(c, number_choose(m, c->pool, cli_option(c, "number"),
			     c->config.phone_number_id, &b.number_id, &why)) ==
	    0)
		cli_fail(EX_DATAERR, "--number %s", why);
	if (tag != NULL && cli_db_ok(c, contact_tag_id(m, tag, &b.tag_id)) == 0)
		cli_fail(EX_DATAERR, "there is no tag %s", tag);
	if (label != NULL &&
	    cli_db_ok(c, mark_find(m, MARK_LABEL, label, &b.label_id)) == 0)
		cli_fail(EX_DATAERR, "there is no label %s", label);
	check_cmd_template(c, m, &b);
	cli_db_ok(c, broadcast_create(m, &b, c->now, &id));
	cli_db_commit_member(m);
	show_broadcast_of(c, m, id);
	print_hint(c, "Nothing is sent yet: waspool broadcast start %lld",
	    (long long)id);
}

/* ----------------------------------------------------------------- add */

/* The phone of LINE, its first column: NULL there is none. */
static const char *
phone_of_line(struct pool *pool, char *line, long number)
{
	const char *why = NULL, *phone;

	if (number == 1 && text_begins(line, "\xef\xbb\xbf"))
		line += 3; /* a byte order mark */
	line[strcspn(line, ",;\t\r\n")] = '\0';
	line += strspn(line, " \"");
	line[strcspn(line, "\"")] = '\0';
	if (*line == '\0')
		return NULL;
	phone = contact_validate_phone(pool, line, &why);
	if (phone == NULL && number == 1)
		return NULL; /* the names of columns */
	if (phone == NULL)
		cli_fail(EX_DATAERR, "line %ld: %s %s", number, line, why);
	return phone;
}

struct phone_file {
	FILE *file;
	char *line;
	size_t size;
	long n;
};

/* The next phones, in POOL: how many, BROADCAST_ADD_MAX at most. */
static int
read_phones(struct phone_file *f, struct pool *pool, const char **phones)
{
	int n = 0;

	while (n < BROADCAST_ADD_MAX &&
	       getline(&f->line, &f->size, f->file) != -1) {
		phones[n] = phone_of_line(pool, f->line, ++f->n);
		n += phones[n] != NULL;
	}
	return n;
}

static void
add_phones(struct cli *c, struct session *m, const char *const *phones, int n)
{
	struct broadcast b;

	cli_db_begin_member(m);
	get_broadcast(c, m, &b);
	if (!text_is(b.state, "draft"))
		cli_fail(EX_DATAERR,
		    "the broadcast is %s: nobody is added any more", b.state);
	for (int i = 0; i < n; i++)
		cli_db_ok(c, broadcast_recipient_put(m, b.id, phones[i]));
	cli_db_commit_member(m);
}

/* Reads without a transaction: the file may be a person, who takes his time. */
static void
add_recipients(struct cli *c)
{
	struct session *m = open_session(c);
	int is_stdin = text_is(c->args[1], "-"), n;
	struct phone_file f = { .file =
				    is_stdin ? stdin : fopen(c->args[1], "r") };
	const char *phones[BROADCAST_ADD_MAX] = { NULL };
	struct pool *pool = pool_new();

	if (f.file == NULL)
		cli_fail(EX_NOINPUT, "%s: %s", c->args[1], strerror(errno));
	add_phones(c, m, phones, 0); /* says at once when it cannot be */
	do {
		n = read_phones(&f, pool, phones);
		add_phones(c, m, phones, n);
		pool_reset(pool);
	} while (n == BROADCAST_ADD_MAX);
	pool_free(pool);
	free(f.line);
	if (!is_stdin)
		fclose(f.file);
	show_broadcast_of(c, m, cli_number(c, c->args[0], "a broadcast's id"));
}

/* --------------------------------------------------------------- state */

/* Changes it, unless its state does not allow it. */
static void
change_state(struct cli *c, const char *words)
{
	struct session *m = open_session(c);
	const char *verb = c->verb->name;
	struct broadcast b;

	cli_db_begin_member(m);
	get_broadcast(c, m, &b);
	if (strstr(words, b.state) == NULL)
		cli_fail(EX_DATAERR, "the broadcast is %s", b.state);
	if (text_is(verb, "start"))
		cli_db_ok(c, broadcast_start(m, b.id, c->now));
	else if (text_is(verb, "pause"))
		cli_db_ok(c, broadcast_pause(m, b.id, NULL));
	else
		cli_db_ok(c, broadcast_stop(m, b.id, c->now));
	cli_db_commit_member(m);
	cli_db_wake(c);
	show_broadcast_of(c, m, b.id);
}

static void
start_broadcast(struct cli *c)
{
	change_state(c, "draft paused");
}

static void
pause_broadcast(struct cli *c)
{
	change_state(c, "counting running");
}

static void
stop_broadcast(struct cli *c)
{
	change_state(c, "draft counting running paused");
}

/* ---------------------------------------------------------------- list */

static void
list_broadcasts(struct cli *c)
{
	struct session *m = open_session(c);
	struct output *s = output_list(c);
	struct broadcast page[CMD_PAGE];
	int64_t before = INT64_MAX;
	int n;

	do {
		n = cli_db_ok(
		    c, broadcast_list(m, c->pool, before, page, CMD_PAGE));
		for (int i = 0; i < n; i++) {
			output_row(s);
			put_cmd_broadcast(s, &page[i]);
			before = page[i].id;
		}
	} while (n == CMD_PAGE);
	output_end(s);
}

static void
show_broadcast(struct cli *c)
{
	struct session *m = open_session(c);
	struct broadcast b;

	get_broadcast(c, m, &b);
	show_broadcast_of(c, m, b.id);
}

static void
list_recipients(struct cli *c)
{
	const char *state = cli_option(c, "state"), *after = "";
	struct session *m = open_session(c);
	struct broadcast_recipient page[CMD_PAGE];
	struct output *s;
	struct broadcast b;
	int n;

	if (state != NULL && !text_among(state, broadcast_states))
		cli_usage(c,
		    "--state is waiting, queued, sent, delivered, read,"
		    " failed or skipped");
	get_broadcast(c, m, &b);
	s = output_list(c);
	do {
		n = cli_db_ok(c, broadcast_recipient_list(m, c->pool, b.id,
				     state, after, page, CMD_PAGE));
		for (int i = 0; i < n; i++) {
			output_row(s);
			output_text(s, "who", page[i].who);
			output_text(s, "state", page[i].state);
			output_text(s, "reason", page[i].reason);
			output_int(s, "error_code", page[i].error_code);
			output_int(
			    s, "conversation_id", page[i].conversation_id);
			output_int(s, "message_id", page[i].message_id);
			after = page[i].who;
		}
	} while (n == CMD_PAGE);
	output_end(s);
}

static const struct cli_option broadcast_options[] = {
	CMD_WORKSPACE,
	{ 0 },
};

static const struct cli_option broadcast_options_create[] = {
	{ "tag", "NAME", "to the contacts with this tag when it starts" },
	{ "label", "NAME", "… and the customers with this label" },
	{ "language", "CODE", "of the template (en_US)" },
	{ "components", "JSON", "the template's, instead of TEXT" },
	{ "number", "ID", "which sends; not needed when there is only one" },
	{ "per-minute", "N", "messages a minute (600)" },
	{ "start-at", "TIME", "nothing is sent before" },
	CMD_WORKSPACE,
	{ 0 },
};

static const struct cli_option broadcast_options_recipients[] = {
	{ "state", "WORD", "only those" },
	CMD_WORKSPACE,
	{ 0 },
};

const struct cli_verb cmd_broadcast[] = {
	{ "create", "NAME TEMPLATE [TEXT ...]", 2, 102,
	    "Makes a draft of a broadcast",
	    "A TEXT for each placeholder of the template's body; in it stand\n"
	    "{{contact.name}} and {{contact.phone}}, or\n"
	    "{{contact.name|friend}} where no name is known.",
	    "waspool broadcast create Autumn autumn_offer "
	    "'{{contact.name|you}}'"
	    " --tag vip",
	    broadcast_options_create, create_broadcast },
	{ "add", "ID FILE", 2, 2, "Adds recipients to a draft",
	    "A phone a line, the first column of a CSV file; - is the "
	    "standard\n"
	    "input. Each gets it once, however often it is there.",
	    "waspool broadcast add 3 phones.csv", broadcast_options,
	    add_recipients },
	{ "start", "ID", 1, 1, "Starts a draft, or goes on with what is paused",
	    NULL, "waspool broadcast start 3", broadcast_options,
	    start_broadcast },
	{ "pause", "ID", 1, 1, "Pauses one",
	    "At most 20 messages that are in the outbox still go.",
	    "waspool broadcast pause 3", broadcast_options, pause_broadcast },
	{ "stop", "ID", 1, 1, "Stops one for good",
	    "At most 20 messages that are in the outbox still go.",
	    "waspool broadcast stop 3", broadcast_options, stop_broadcast },
	{ "list", "", 0, 0, "Lists the broadcasts, newest first", NULL,
	    "waspool broadcast list", broadcast_options, list_broadcasts },
	{ "show", "ID", 1, 1, "Shows one, and how many got it", NULL,
	    "waspool broadcast show 3", broadcast_options, show_broadcast },
	{ "recipients", "ID", 1, 1, "Lists to whom it goes, and how it went",
	    NULL, "waspool broadcast recipients 3 --state failed",
	    broadcast_options_recipients, list_recipients },
	{ 0 },
};
