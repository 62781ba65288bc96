/*
 * Check of the search: its indexes can be read, and are not far behind.
 *
 * What SQLite says of damage deeper inside of them stands at "inbox", from
 * SQLite 3.44 on.
 */
#include <inttypes.h>
#include <unistd.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/search/search_look.h"
#include "inbox/search/search_progress.h"

#include "cli/doctor/doctor.h"

#define WAITING_MANY 20000 /* rows without words, while the processor runs */

void
doctor_search(struct doctor *d)
{
	struct search_progress p;
	struct db *db;
	int sound;

	doctor_config(d, 0);
	db = doctor_inbox(d);
	if (db_prepare_all(db, &search_progress_statements) == -1 ||
	    search_progress_read(db, d->now, &p) == -1)
		_exit(1);
	sound = db_prepare_all(db, &search_look_statements) == 0 &&
		search_look(db) == 0;
	if (!sound && db_error(db) != DB_INDEX)
		_exit(1);
	if (!sound)
		doctor_say(d, DOCTOR_FAIL, doctor_waspool(d, "reindex"),
		    "an index of the search is damaged; no message is lost, "
		    "and the processor makes it anew");
	else if (p.waiting >= WAITING_MANY)
		doctor_say(d, DOCTOR_WARN, doctor_waspool(d, "stats"),
		    "%" PRId64 " rows wait for their words: does the "
		    "processor run?  After a large import it is done in "
		    "minutes",
		    p.waiting);
	else if (!p.whole)
		doctor_say(d, DOCTOR_OK, NULL,
		    "the index of %s is being made, %d %% is done", p.kind,
		    p.percent);
	doctor_say(d, DOCTOR_OK, NULL, "its indexes can be read");
}
