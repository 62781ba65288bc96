/*
 * waspool contact: the verbs of the address book.  Import uses a member's
 * session, so that it can change one workspace only.  Erase and export, which
 * concern a person, are in files of their own.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/statements.h"

#include "inbox/contact/contact.h"
#include "inbox/contact/contact_list.h"
#include "inbox/contact/contact_merge.h"
#include "inbox/contact/contact_tag.h"
#include "inbox/contact/files/contact_csv.h"
#include "inbox/contact/files/contact_vcard.h"
#include "inbox/search/search.h"

#include "session/session.h"

#include "whatsapp/phone.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/contact/contact_erase.h"
#include "cli/contact/import_file.h"
#include "cli/output.h"
#include "cli/print.h"

static const struct statements contact_member_statements = {
	.also = STATEMENTS(&contact_statements, &contact_list_statements,
	    &contact_merge_statements, &contact_tag_statements,
	    &search_statements)
};

static void
import(struct cli *c)
{
	struct session *m = cli_db_seal(c, &contact_member_statements);

	import_file(c, m, c->args[0]);
	cli_db_wake(c); /* for their words in the search */
}

static const char *
joined(struct pool *p, const struct contact *b)
{
	const char *all = NULL;
	size_t i;

	for (i = 0; i < b->n_tags; i++)
		all = all == NULL ? b->tags[i]
				  : pool_printf(p, "%s, %s", all, b->tags[i]);
	return all;
}

static void
put_fields(struct cli *c, struct output *s, const struct contact *b)
{
	output_int(s, "id", b->id);
	output_text(s, "phone", b->phone);
	output_text(s, "user_id", b->user_id);
	output_text(s, "username", b->username);
	output_text(s, "name", b->name);
	output_text(s, "email", b->email);
	if (c->json)
		output_texts(s, "tags", b->tags, b->n_tags);
	else
		output_text(s, "tags", joined(c->pool, b));
	output_time(s, "created_at", b->created_at);
}

static void
put_cmd_contact(struct cli *c, struct output *s, const struct contact *b)
{
	output_row(s);
	put_fields(c, s, b);
}

/* What contact import reads. */
struct file {
	int vcard;
	int n_fields; /* the columns of own fields */
	struct contact_field fields[CONTACT_FIELDS_MAX];
};

static void
begin_file(struct cli *c, struct session *m, struct file *f)
{
	struct buf b = { .pool = c->pool };

	if (f->vcard)
		return;
	f->n_fields = cli_db_ok(c, contact_field_list(m, c->pool, f->fields));
	contact_csv_write_head(&b, f->fields, f->n_fields);
	fputs(buf_end(&b), stdout);
}

static void
write_contact(struct cli *c, const struct file *f, const struct contact *k)
{
	struct buf b = { .pool = c->pool };

	if (f->vcard)
		contact_vcard_write(&b, k);
	else
		contact_csv_write(&b, k, f->fields, f->n_fields);
	fputs(buf_end(&b), stdout);
}

/* csv or vcard: 1 the latter. */
static int
read_format(struct cli *c)
{
	const char *format = cli_option(c, "as");

	if (format != NULL && !text_is(format, "csv") &&
	    !text_is(format, "vcard"))
		cli_usage(c, "--as is csv or vcard, not '%s'", format);
	return text_is(format, "vcard");
}

static void
list_contact(struct cli *c)
{
	const char *as = cli_option(c, "as");
	int64_t left =
	    cli_option_number(c, "limit", as != NULL ? INT64_MAX : 1000);
	struct file file = { .vcard = read_format(c) };
	struct session *m = cli_db_seal(c, &contact_member_statements);
	struct output *s = as == NULL ? output_list(c) : NULL;
	struct contact_list_filter f = { cli_option(c, "q"),
		cli_option(c, "tag"), INT64_MAX };
	int64_t ids[CMD_PAGE];
	struct contact b;
	int i, n, complete, all = 1;

	if (as != NULL)
		begin_file(c, m, &file);
	do {
		n = cli_db_ok(
		    c, contact_list_read(m, c->pool, &f, ids,
			   left < CMD_PAGE ? (int)left : CMD_PAGE, &complete));
		for (i = 0; i < n; i++) {
			f.before = ids[i];
			if (!cli_db_ok(
				c, contact_get(m, c->pool, f.before, &b)))
				continue;
			if (as != NULL)
				write_contact(c, &file, &b);
			else
				put_cmd_contact(c, s, &b);
		}
		all &= complete;
		left -= n;
	} while (n == CMD_PAGE && left > 0);
	if (as == NULL)
		output_end(s);
	if (left == 0)
		print_hint(c, "There may be more: --limit");
	if (!all)
		print_hint(c, "There may be more: not all was searched.");
}

static void
merge(struct cli *c)
{
	struct contact_merge m = {
		.keep = cli_number(c, c->args[0], "a contact's id"),
		.gone = cli_number(c, c->args[1], "a contact's id"),
		.phone = phone_e164(c->pool, cli_option(c, "phone"), 1),
		.user_id = cli_option(c, "user-id"),
	};
	struct session *s = cli_db_seal(c, &contact_member_statements);
	enum contact_merge_result rc;
	struct contact b;

	if (session_begin(s) == -1)
		cli_db_fail(session_error(s));
	rc = contact_merge(s, c->pool, &m, c->now);
	if (rc == CONTACT_MERGE_FAILED ||
	    (rc == CONTACT_MERGE_DONE && session_commit(s) == -1))
		cli_db_fail(session_error(s));
	if (rc == CONTACT_MERGE_NO_KEEP || rc == CONTACT_MERGE_NO_GONE)
		cli_fail(EX_DATAERR, "there is no %scontact %s",
		    m.keep == m.gone ? "other " : "",
		    c->args[rc == CONTACT_MERGE_NO_GONE]);
	if (rc == CONTACT_MERGE_CHOOSE)
		cli_fail(EX_DATAERR,
		    "both have a %s: --%s says which of the two stays",
		    m.choose, *m.choose == 'p' ? "phone" : "user-id");
	if (rc == CONTACT_MERGE_MANY)
		cli_fail(EX_DATAERR,
		    "contact %s has more than %d conversations", c->args[1],
		    CONTACT_MERGE_MAX);
	if (contact_get(s, c->pool, m.keep, &b) == 1) {
		struct output *out = output_object(c);

		put_fields(c, out, &b);
		output_end(out);
	}
	cli_db_wake(c);
}

static const struct cli_option import_options[] = {
	CMD_WORKSPACE,
	{ "skip-bad", NULL, "import the good lines although some are bad" },
	{ 0 },
};

static const struct cli_option list_options_contact[] = {
	CMD_WORKSPACE,
	{ "q", "TEXT",
	    "with these words in name or e-mail, or digits in the phone" },
	{ "tag", "NAME", "with this tag" },
	{ "limit", "N", "at most so many (1000; with --as all)" },
	{ "as", "FORMAT", "csv or vcard, as import reads it" },
	{ 0 },
};

static const struct cli_option merge_options[] = {
	CMD_WORKSPACE,
	{ "phone", "PHONE", "which of two phones stays" },
	{ "user-id", "USER_ID", "which of two user ids stays" },
	{ 0 },
};

static const struct cli_option erase_options[] = {
	CMD_WORKSPACE,
	{ "dry-run", NULL, "only shows what would be erased" },
	{ "anyway", NULL, "also when the person is not known here" },
	{ "no-wait", NULL, "does not wait until it is done" },
	{ 0 },
};

static const struct cli_option erasures_options[] = {
	CMD_WORKSPACE,
	{ "limit", "N", "at most so many (50, and not over 1000)" },
	{ 0 },
};

static const struct cli_option export_options[] = {
	CMD_WORKSPACE,
	{ "output", "FOLDER", "which is made (waspool-PHONE)" },
	{ 0 },
};

const struct cli_verb cmd_contact[] = {
	{ "import", "FILE", 1, 1, "Adds contacts from a file, CSV or vCard",
	    "A vCard (2.1, 3.0, 4.0) with several phones becomes a contact "
	    "for\neach; of a CSV file\n"
	    "the first line names the columns: phone, user_id, name, email,\n"
	    "tags, and the keys of own fields, in any order, with commas or\n"
	    "semicolons.  Each line has a\n"
	    "phone, with + and country code, a user_id, or both; several tags\n"
	    "in one cell stand between commas, semicolons or bars.\n"
	    "A phone or user_id that is there already gets the name, the "
	    "email\n"
	    "and the further tags of its line.  Nothing is imported when a "
	    "line\n"
	    "is bad.\n"
	    "FILE - is the standard input.  Lines go in some at a time, and\n"
	    "others write in between; what was in when it ended stays, and "
	    "the\n"
	    "same file again takes the rest.",
	    "waspool contact import customers.csv --workspace 1",
	    import_options, import },
	{ "list", "", 0, 0, "Lists the contacts of a workspace, newest first",
	    NULL, "waspool contact list --tag vip", list_options_contact,
	    list_contact },
	{ "merge", "ID OTHER", 2, 2,
	    "Makes one contact of two of the same person",
	    "Contact ID gets the phone, user id, e-mail and tags that only "
	    "OTHER\nhas, and its conversations; OTHER is deleted.  Nothing "
	    "merges\ncontacts by itself.",
	    "waspool contact merge 12 17", merge_options, merge },
	{ "erase", "PHONE|USER_ID", 1, 1,
	    "Erases a person: all data of them in a workspace",
	    "Conversations, messages, files that no other message has, "
	    "the\ncontact, raw copies, and the words in the search index.  "
	    "The\nprocessor does it in small steps; this waits up to a minute, "
	    "and\nerasures shows when it is done.  It cannot be undone, and "
	    "backups\nkeep their data.  A new message begins a new "
	    "conversation.",
	    "waspool contact erase +491711234567", erase_options,
	    contact_erase_person },
	{ "erasures", "", 0, 0, "Lists erasures and their state", NULL,
	    "waspool contact erasures", erasures_options, contact_erase_list },
	{ "export", "PHONE|USER_ID", 1, 1,
	    "Writes all data of a person in a workspace into a folder",
	    "export.json, and the files of messages in media.  The folder "
	    "is\ncreated, readable for its owner only, and must not exist.",
	    "waspool contact export +491711234567 --output /tmp/person",
	    export_options, contact_export },
	{ 0 },
};
