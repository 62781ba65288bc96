#ifndef INBOX_WORKSPACE_NUMBER_CHOOSE_H
#define INBOX_WORKSPACE_NUMBER_CHOOSE_H

#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * Which of the workspace's numbers is meant: SAID, a phone_number_id; NULL: the
 * only one, else OTHERWISE if that is the workspace's (NULL: it is not).  1 and
 * its *ID; 0, and *WHY says it (in POOL) for a field phone_number_id, with a
 * list of the numbers; -1.
 */
int number_choose(struct session *, struct pool *, const char *said,
    const char *otherwise, int64_t *id, const char **why);

extern const struct statements number_choose_statements;

#endif
