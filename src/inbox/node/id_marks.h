#ifndef INBOX_NODE_ID_MARKS_H
#define INBOX_NODE_ID_MARKS_H

#include <stdint.h>

struct db;
struct statements;

/*
 * The high-water marks of an inbox: the highest id ever given in each table,
 * and the highest seq of changes.  The processor keeps them in a file beside
 * the inbox (inbox.highwater).  When an older copy is put back, ids continue
 * above the marks, so that no id comes to mean something else.
 */
#define ID_MARKS_MAX 32

struct id_mark {
	char name[32]; /* a table; "changes" is its seq */
	int64_t id;
};

struct id_marks {
	int64_t at; /* when they were read; 0 nothing is known */
	int n;
	struct id_mark mark[ID_MARKS_MAX];
};

extern const struct statements id_marks_statements;

/* Reads the marks of an inbox: 0, or -1. */
int id_marks_read(struct db *, int64_t now, struct id_marks *);

/* id_marks_load reads the file: 1, 0 (no such file, or none of ours), -1.
 * id_marks_save writes it, all or nothing: 0, or -1, said in the log. */
int id_marks_load(const char *path, struct id_marks *);
int id_marks_save(const char *path, const struct id_marks *);

/* 1 when A has given an id that B has not: B is older. */
int id_marks_beyond(const struct id_marks *a, const struct id_marks *b);

/* Each mark of TO becomes the higher of both; its time stays. */
void id_marks_join(struct id_marks *to, const struct id_marks *from);

/*
 * Raises the marks to what the inbox may have given until NOW, when nothing
 * later is known: generously.  Marks of tables that programs write rise by
 * 10,000,000 and 1,000 for each second since; of those that people write
 * (workspaces, users, numbers, tokens, tags) by 1,000 and one for each minute.
 */
void id_marks_stride(struct id_marks *, int64_t now);

/*
 * In the caller's transaction: from now on the inbox gives ids above the marks.
 * Its changes begin anew, above their mark, so that a client with an older seq
 * is told to load everything again.  0, or -1.
 */
int id_marks_raise(struct db *, const struct id_marks *);

#endif
