#ifndef INBOX_MARK_MARK_H
#define INBOX_MARK_MARK_H

#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * Teams and labels of the workspace that the session serves.  KIND says which:
 * MARK_TEAM or MARK_LABEL.  Within a kind a name is there once, whatever its
 * letters' case.  Functions that write need the caller's transaction.
 */
#define MARK_TEAM	"team"
#define MARK_LABEL	"label"
#define MARK_NAME_MAX	60 /* code points */
#define MARK_TEAMS_MAX	100
#define MARK_LABELS_MAX 200

struct mark { /* texts in POOL */
	int64_t id;
	const char *kind;
	const char *name;
	const char *color; /* of a label, #rrggbb; NULL none */
	int64_t created_at;
};

/* At most MAX by name, after AFTER ("" from the start): how many, -1. */
int mark_list(struct session *, struct pool *, const char *kind,
    const char *after, struct mark *, int max);
/* 1, 0 there is none of that kind, -1. */
int mark_get(struct session *, struct pool *, const char *kind, int64_t id,
    struct mark *);
/* The id of NAME: 1, 0, -1. */
int mark_find(
    struct session *, const char *kind, const char *name, int64_t *id);

/* Adds one, whose name the caller has looked for: 1 and *ID; 0 there are as
 * many as there may be; -1. */
int mark_create(struct session *, const char *kind, const char *name,
    const char *color, int64_t now, int64_t *id);
/* What does not change is given as it is: 0, -1. */
int mark_change(struct session *, const struct mark *);
/* Takes it off its conversations, too, then or soon after: 0, -1. */
int mark_delete(struct session *, int64_t id);

/* What a person typed, for COLOR: #rrggbb in small letters, in POOL; NULL: it
 * is none. */
const char *mark_color(struct pool *, const char *typed);

extern const struct statements mark_statements;

#endif
