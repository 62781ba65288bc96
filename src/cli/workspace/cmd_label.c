/*
 * waspool label: what members sort conversations by.
 */
#include "inbox/mark/mark.h"

#include "cli/cmd.h"
#include "cli/workspace/mark_verbs.h"

static void
list_labels(struct cli *c)
{
	mark_verbs_list(c, MARK_LABEL);
}

static void
add_label(struct cli *c)
{
	mark_verbs_add(c, MARK_LABEL, cli_option(c, "color"));
}

static void
set_label(struct cli *c)
{
	const char *name = cli_option(c, "name");
	const char *color = cli_option(c, "color");

	if (name == NULL && color == NULL)
		cli_usage(c, "say what: --name NAME, --color COLOR");
	mark_verbs_change(c, MARK_LABEL, name, color);
}

static void
delete_label(struct cli *c)
{
	mark_verbs_delete(c, MARK_LABEL);
}

static const struct cli_option label_options[] = {
	CMD_WORKSPACE,
	{ 0 },
};

static const struct cli_option label_add_options[] = {
	{ "color", "COLOR", "like #2e7d32" },
	CMD_WORKSPACE,
	{ 0 },
};

static const struct cli_option label_set_options[] = {
	{ "name", "NAME", "what it is called from now on" },
	{ "color", "COLOR", "like #2e7d32; '' is none" },
	CMD_WORKSPACE,
	{ 0 },
};

const struct cli_verb cmd_label[] = {
	{ "list", "", 0, 0, "Lists the labels", NULL, "waspool label list",
	    label_options, list_labels },
	{ "add", "NAME", 1, 1, "Makes a label", NULL,
	    "waspool label add Refund --color '#2e7d32'", label_add_options,
	    add_label },
	{ "set", "NAME", 1, 1, "Changes a label", NULL,
	    "waspool label set Refund --name Refunds", label_set_options,
	    set_label },
	{ "delete", "NAME", 1, 1, "Deletes a label",
	    "It is taken off its conversations.", "waspool label delete Refund",
	    label_options, delete_label },
	{ 0 },
};
