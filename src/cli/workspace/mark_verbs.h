#ifndef CLI_WORKSPACE_MARK_VERBS_H
#define CLI_WORKSPACE_MARK_VERBS_H

#include <stdint.h>

struct cli;
struct mark;
struct output;
struct session;

/* What waspool team and waspool label do alike, with marks of KIND (mark.h). */
void mark_verbs_list(struct cli *, const char *kind);
void mark_verbs_add(struct cli *, const char *kind, const char *color);
void mark_verbs_delete(struct cli *, const char *kind);
/* NULL: that stays; COLOR "" takes it away. */
void mark_verbs_change(
    struct cli *, const char *kind, const char *name, const char *color);

/* The mark of the first argument, in a transaction of *M; the program ends when
 * there is none. */
struct mark mark_verbs_begin(
    struct cli *, const char *kind, struct session **m);
/* Commits, and shows it. */
void mark_verbs_end(struct cli *, struct session *, const struct mark *);

#endif
