/*
 * Keeps the inbox's high-water marks of ids in a file beside it.
 */
#include <stddef.h>

#include "base/log.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "process/id_highwater.h"

const struct statements id_highwater_statements = {
	.also = STATEMENTS(&id_marks_statements),
};

int
id_highwater_check(struct id_highwater *ids, int64_t now)
{
	struct id_marks noted, here;

	if (id_marks_load(ids->path, &noted) != 1)
		return 0;
	if (id_marks_read(ids->db, now, &here) == -1)
		return -1;
	if (!id_marks_beyond(&noted, &here))
		return 0;
	id_marks_stride(&noted, now);
	id_marks_join(&noted, &here);
	if (db_begin(ids->db) == -1)
		return -1;
	if (id_marks_raise(ids->db, &noted) == -1) {
		db_rollback(ids->db);
		return -1;
	}
	if (db_commit(ids->db) == -1)
		return -1;
	log_warn(
	    "the inbox is an older copy (it has given higher ids before): new "
	    "ids continue far above them, and clients must load everything "
	    "again.  To restore a backup type 'waspool restore FOLDER'.  "
	    "Revoked tokens may be valid again: 'waspool token list'");
	return 0;
}

void
id_highwater_note(struct id_highwater *ids, int64_t now)
{
	struct id_marks here;

	if (id_marks_read(ids->db, now, &here) == -1 ||
	    !id_marks_beyond(&here, &ids->noted))
		return;
	if (id_marks_save(ids->path, &here) == 0)
		ids->noted = here;
}
