/*
 * The high-water marks of all ids of the inbox.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/log.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/node/id_marks.h"

enum { CHANGES, FORGET, UNMARK, ANEW, N_SQL };

static const char changes[] = "changes";

static const char *const id_marks_sql[N_SQL] = {
	[CHANGES] = "SELECT 'changes', max((SELECT c.seq FROM changes AS c"
		    "  WHERE c.workspace_id = w.id"
		    "  ORDER BY c.seq DESC LIMIT 1))"
		    " FROM workspaces AS w UNION ALL"
		    /* of workspaces that were removed */
		    " SELECT 'changes', at FROM retention"
		    " WHERE rule = 'changes'",
	[FORGET] = "DELETE FROM changes",
	[UNMARK] = "DELETE FROM change_marks",
	/* + 2: no client has this seq or the one before it.  The change
	 * names an id that no conversation has, as if one was deleted. */
	[ANEW] = "INSERT INTO changes(workspace_id, seq, type, object_id,"
		 " conversation_id) SELECT id, CAST($1 AS BIGINT) + 2,"
		 " 'conversation.updated', CAST($2 AS BIGINT),"
		 " CAST($2 AS BIGINT) FROM workspaces",
};

static const char *const by_hand[] = { "workspaces", "users", "numbers",
	"api_tokens", "tags" };

const struct statements id_marks_statements = {
	.sql = id_marks_sql,
	.n = N_SQL,
};

static struct id_mark *
find_id_marks(struct id_marks *m, const char *name)
{
	for (int i = 0; i < m->n; i++)
		if (text_is(m->mark[i].name, name))
			return &m->mark[i];
	return NULL;
}

static void
raise_one(struct id_marks *m, const char *name, int64_t id)
{
	struct id_mark *mark = find_id_marks(m, name);

	if (mark == NULL) {
		if (m->n == ID_MARKS_MAX || strlen(name) >= sizeof(mark->name))
			return;
		mark = &m->mark[m->n++];
		strcpy(mark->name, name);
		mark->id = 0;
	}
	if (mark->id < id)
		mark->id = id;
}

static int
raise_all(struct id_marks *m, struct db_rows *r)
{
	int rc;

	while ((rc = db_next(r)) == 1)
		raise_one(m, db_col_text(r, 0), db_col_int(r, 1));
	db_end(r);
	return rc;
}

int
id_marks_read(struct db *db, int64_t now, struct id_marks *m)
{
	*m = (struct id_marks){ .at = now };
	if (raise_all(m, db_sequence_list(db)) == -1)
		return -1;
	return raise_all(m, db_query(db, id_marks_sql[CHANGES], DB_NONE));
}

int
id_marks_load(const char *path, struct id_marks *m)
{
	FILE *f = fopen(path, "re");
	char name[32];
	long long id;

	*m = (struct id_marks){ 0 };
	if (f == NULL)
		return errno == ENOENT ? 0 : -1;
	while (fscanf(f, "%31s %lld", name, &id) == 2) {
		if (id < 0 || id > INT64_MAX / 2)
			continue;
		if (text_is(name, "at"))
			m->at = id;
		else
			raise_one(m, name, id);
	}
	fclose(f);
	return m->at > 0;
}

static int
write_all(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	int rc;

	if (fd == -1)
		return -1;
	disk_give(fd, path);
	rc = write(fd, text, len) == (ssize_t)len && fsync(fd) == 0 ? 0 : -1;
	close(fd);
	return rc;
}

int
id_marks_save(const char *path, const struct id_marks *m)
{
	char text[ID_MARKS_MAX * 56 + 64], tmp[4096];
	int len = snprintf(text, sizeof(text), "at %lld\n", (long long)m->at);

	for (int i = 0; i < m->n; i++)
		len += snprintf(text + len, sizeof(text) - (size_t)len,
		    "%s %lld\n", m->mark[i].name, (long long)m->mark[i].id);
	if (snprintf(tmp, sizeof(tmp), "%s.new", path) < (int)sizeof(tmp) &&
	    write_all(tmp, text, (size_t)len) == 0 && rename(tmp, path) == 0)
		return 0;
	log_warn("%s: %s", path, strerror(errno));
	return -1;
}

int
id_marks_beyond(const struct id_marks *a, const struct id_marks *b)
{
	for (int i = 0; i < a->n; i++) {
		const struct id_mark *mine = &a->mark[i];
		const struct id_mark *other =
		    find_id_marks((struct id_marks *)b, mine->name);

		if (mine->id > (other != NULL ? other->id : 0))
			return 1;
	}
	return 0;
}

void
id_marks_join(struct id_marks *to, const struct id_marks *from)
{
	for (int i = 0; i < from->n; i++)
		raise_one(to, from->mark[i].name, from->mark[i].id);
}

static int
is_by_hand(const char *name)
{
	for (size_t i = 0; i < sizeof(by_hand) / sizeof(by_hand[0]); i++)
		if (text_is(by_hand[i], name))
			return 1;
	return 0;
}

void
id_marks_stride(struct id_marks *m, int64_t now)
{
	int64_t s = now > m->at ? now - m->at : 0;

	for (int i = 0; i < m->n; i++)
		m->mark[i].id += is_by_hand(m->mark[i].name)
				     ? 1000 + s / 60
				     : 10000000 + 1000 * s;
}

int
id_marks_raise(struct db *db, const struct id_marks *m)
{
	int64_t seq = 0, conversation = 0;

	for (int i = 0; i < m->n; i++) {
		const char *name = m->mark[i].name;

		if (text_is(name, changes)) {
			seq = m->mark[i].id;
			continue;
		}
		if (db_sequence_raise(db, name, m->mark[i].id) == -1)
			return -1;
	}
	if (db_sequence_get(db, "conversations", &conversation) == -1 ||
	    db_run(db, id_marks_sql[FORGET], DB_NONE) == -1 ||
	    db_run(db, id_marks_sql[UNMARK], DB_NONE) == -1 ||
	    db_run(db, id_marks_sql[ANEW],
		DB_ARGS(db_int(seq), db_int(conversation))) == -1)
		return -1;
	return 0;
}
