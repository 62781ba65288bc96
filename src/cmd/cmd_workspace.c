#include "cmd/cmd.h"
#include "cmd/show.h"
#include "cmd/store.h"
#include "inbox/workspace.h"

static void
add(struct cli *c)
{
	const char *name = cli_name(c, c->args[0], "the name");
	struct db *db = store_inbox(c, DB_WRITE);
	struct show *s;
	int64_t id;

	store_begin(c);
	store_ok(c, workspace_add(db, name, c->now, &id));
	store_commit(c);
	s = show_object(c);
	show_int(s, "id", id);
	show_text(s, "name", name);
	show_end(s);
}

static void
list(struct cli *c)
{
	struct db *db = store_inbox(c, DB_READ);
	struct show *s = show_list(c);
	struct workspace *w;
	int64_t after = 0;
	int i, n;

	do {
		store_ok(
		    c, workspace_list(db, c->pool, after, CMD_PAGE, &w, &n));
		for (i = 0; i < n; i++) {
			show_row(s);
			show_int(s, "id", w[i].id);
			show_text(s, "name", w[i].name);
			show_int(s, "members", w[i].members);
			show_int(s, "numbers", w[i].numbers);
			show_int(s, "conversations", w[i].conversations);
			show_int(s, "file_bytes", w[i].file_bytes);
			show_time(s, "created_at", w[i].created_at);
			after = w[i].id;
		}
	} while (n == CMD_PAGE);
	show_end(s);
}

const struct cli_verb cmd_workspace[] = {
	{ "add", "NAME", 1, 1, "Makes a workspace", NULL,
	    "waspool workspace add 'Example Ltd'", NULL, add },
	{ "list", "", 0, 0, "Lists the workspaces", NULL,
	    "waspool workspace list", NULL, list },
	{ 0 },
};
