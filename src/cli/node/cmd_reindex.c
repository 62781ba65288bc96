/*
 * waspool reindex: empties the indexes of the search; the processor makes them
 * anew.  Works where FTS5 does not even open them.
 */
#include <sysexits.h>

#include "inbox/inbox.h"
#include "inbox/search/search_reset.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/fail.h"
#include "cli/print.h"

static void
reindex(struct cli *c)
{
	const char *path = cli_db_path(c, "inbox.db");
	int wait_ms = (int)c->config.wait_ms;
	struct db *db;

	db = inbox_open(path, DB_READ, wait_ms);
	if (db == NULL)
		cli_fail(EX_UNAVAILABLE, "the inbox cannot be opened");
	db_close(db);
	if (search_reset(path, wait_ms) == -1)
		cli_fail(EX_UNAVAILABLE,
		    "the indexes cannot be emptied: type 'waspool doctor'");
	cli_db_wake(c);
	print_done(c, "emptied", 1,
	    "The indexes are empty, and the processor makes them anew: until "
	    "then a search says that it is not complete, and 'waspool stats' "
	    "how far it is.");
}

const struct cli_verb cmd_reindex[] = {
	{ "", "", 0, 0, "Makes the indexes of the search anew",
	    "For an index that is damaged, as the log or doctor say.  They are "
	    "emptied at once; the processor fills them, the newest messages "
	    "first, while all else goes on.",
	    "waspool reindex", NULL, reindex },
	{ 0 },
};
