/*
 * waspool tag: the tags of a workspace's contacts.
 */
#include <string.h>
#include <sysexits.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/statements.h"

#include "inbox/contact/contact.h"
#include "inbox/contact/contact_tag.h"

#include "session/session.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/print.h"

#define PAGE 100

static void
put_tag(struct output *s, const struct contact_tag *tag)
{
	output_int(s, "id", tag->id);
	output_text(s, "name", tag->name);
	output_int(s, "contacts", tag->contacts);
}

static void
list_tag(struct cli *c)
{
	struct session *m = cli_db_seal(c, &contact_tag_statements);
	struct output *s = output_list(c);
	struct contact_tag page[PAGE];
	const char *after = "";
	int n;

	do {
		n = cli_db_ok(c, contact_tags(m, c->pool, after, page, PAGE));
		for (int i = 0; i < n; i++) {
			output_row(s);
			put_tag(s, &page[i]);
		}
		if (n > 0)
			after = page[n - 1].name;
	} while (n == PAGE);
	output_end(s);
}

/* A name as it is typed, as tags have it; the program ends when it is none. */
static const char *
read_tag(struct cli *c, const char *typed)
{
	const char *why = NULL, *name = NULL;

	if (text_is_utf8(typed, strlen(typed)))
		name = contact_validate_tag(c->pool, typed, &why);
	if (name == NULL)
		cli_usage(c, "NAME %s", why != NULL ? why : "is no UTF-8");
	return name;
}

/* In a transaction of *M. */
static int64_t
begin_tag(struct cli *c, struct session **m)
{
	const char *name = read_tag(c, c->args[0]);
	int64_t id = 0;

	*m = cli_db_seal(c, &contact_tag_statements);
	cli_db_begin_member(*m);
	if (cli_db_ok(c, contact_tag_id(*m, name, &id)) == 0)
		cli_fail(EX_DATAERR, "there is no tag '%s': waspool tag list",
		    text_visible(c->pool, name));
	return id;
}

static void
rename_tag(struct cli *c)
{
	const char *name = read_tag(c, c->args[1]);
	struct session *m;
	int64_t id = begin_tag(c, &m), other = 0;
	struct contact_tag tag;
	struct output *s;

	if (cli_db_ok(c, contact_tag_id(m, name, &other)) == 1 && other != id)
		cli_fail(EX_DATAERR, "there is a tag of that name");
	cli_db_ok(c, contact_tag_rename(m, id, name));
	cli_db_ok(c, contact_tag_get(m, c->pool, id, &tag));
	cli_db_commit_member(m);
	cli_db_wake(c); /* for the job, where many contacts have it */
	s = output_object(c);
	put_tag(s, &tag);
	output_end(s);
}

static void
delete_tag(struct cli *c)
{
	struct session *m;
	int64_t id = begin_tag(c, &m);

	cli_db_ok(c, contact_tag_remove(m, id));
	cli_db_commit_member(m);
	cli_db_wake(c); /* as above */
	print_done(c, "deleted", id, "No contact has this tag any more.");
}

static const struct cli_option tag_options[] = { CMD_WORKSPACE, { 0 } };

const struct cli_verb cmd_tag[] = {
	{ "list", "", 0, 0, "Lists the tags, and how many contacts have each",
	    NULL, "waspool tag list", tag_options, list_tag },
	{ "rename", "NAME NEW_NAME", 2, 2, "Calls a tag otherwise", NULL,
	    "waspool tag rename vip VIP", tag_options, rename_tag },
	{ "delete", "NAME", 1, 1, "Deletes a tag, and takes it off contacts",
	    "It cannot be undone.", "waspool tag delete vip", tag_options,
	    delete_tag },
	{ 0 },
};
