#ifndef CLI_NODE_INIT_CHECK_H
#define CLI_NODE_INIT_CHECK_H

struct cli;

/*
 * The checks of init and upgrade, before anything is created or changed.  Each
 * returns, or ends the program and says what is wrong and what to type.
 *
 * init_check: every folder exists, or the caller may make it; and none belongs
 * to another user, who would be locked out by files of root.  upgrade_check:
 * when the inbox must be upgraded, no program has it open.
 */
void init_check(struct cli *);
void upgrade_check(struct cli *, const char *inbox);

#endif
