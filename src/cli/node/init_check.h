#ifndef CLI_NODE_INIT_CHECK_H
#define CLI_NODE_INIT_CHECK_H

struct cli;

/*
 * What init and upgrade refuse before anything is made or changed: each ends
 * the program with what is in the way and what to type, or returns.
 *
 * init_check: every folder is there, or the caller may make it; and what is
 * there is not another user's, whom files of root's would lock out.
 * upgrade_check: no program has the inbox open that has to be changed.
 */
void init_check(struct cli *);
void upgrade_check(struct cli *, const char *inbox);

#endif
