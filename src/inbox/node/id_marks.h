#ifndef INBOX_NODE_ID_MARKS_H
#define INBOX_NODE_ID_MARKS_H

#include <stdint.h>

struct db;
struct statements;

/*
 * The highest ids that an inbox has ever given, one for each table, and the
 * highest seq of changes.  The processor keeps them in a file beside the inbox
 * (inbox.highwater), for the day on which an older copy is put back: ids go on
 * above all of them, so that none comes to mean somebody else.
 */
#define ID_MARKS_MAX 32

struct id_mark {
	char name[32]; /* a table; "changes" is its seq */
	int64_t id;
};

struct id_marks {
	int64_t at; /* they were so then; 0 nothing is known */
	int n;
	struct id_mark mark[ID_MARKS_MAX];
};

extern const struct statements id_marks_statements;

/* Those of an inbox: 0, or -1. */
int id_marks_read(struct db *, int64_t now, struct id_marks *);

/* From PATH: 1, 0 (no such file, or none of ours), -1.  And into it, whole or
 * not at all: 0, or -1, said in the log. */
int id_marks_load(const char *path, struct id_marks *);
int id_marks_save(const char *path, const struct id_marks *);

/* 1 when A has given an id that B has not: B is older. */
int id_marks_beyond(const struct id_marks *a, const struct id_marks *b);

/* TO becomes the higher of both, name by name; its time stays. */
void id_marks_join(struct id_marks *to, const struct id_marks *from);

/*
 * What may have been given until NOW by an inbox of which nothing else is
 * known than these: generously.  What a program gives goes up by 10,000,000
 * and 1,000 for each second, what a person makes by hand (workspaces, users,
 * numbers, tokens, tags) by 1,000 and one for each minute.
 */
void id_marks_stride(struct id_marks *, int64_t now);

/*
 * In a transaction of the caller: no id of this inbox will be one of those any
 * more, and its changes begin anew above them, so that whoever asks for what
 * came after an older one is told to load all again.  0, or -1.
 */
int id_marks_raise(struct db *, const struct id_marks *);

#endif
