#ifndef CLI_NODE_SPOOL_FOLDER_H
#define CLI_NODE_SPOOL_FOLDER_H

#include <sys/types.h>

struct cli;

/*
 * The folder of the spool, its owner and group.  When the group SPOOL_GROUP
 * exists and we are a member, webhook-ingest may run as a user of its own in
 * that group, which shares this folder and reads the webhook tokens.  Else all
 * programs run as one user, and nobody else may enter.
 */
#define SPOOL_GROUP "waspool-spool"

/* Gives folder PATH, if it is ours, that group and GROUP_MODE; does nothing
 * when there is no such group. */
void spool_folder_give(const char *path, mode_t group_mode);

/* Gives the group to webhook tokens that are older than it. */
void spool_folder_tokens(struct cli *);

/* Makes the file of webhook-ingest's counters, and gives it to the group, which
 * may make no file in the state folder; does nothing when there is no such
 * group. */
void spool_folder_counters(struct cli *);

/* Ends the program when a spool of an older version must be moved first, and
 * says what to type. */
void spool_folder_check(struct cli *);

/* The same, and makes the folder if it is missing, with owner UID and that
 * group (GID when there is no such group). */
void spool_folder_again(struct cli *, uid_t uid, gid_t gid);

/* waspool upgrade: moves the spool to its folder.  1 moved, 0 it was there. */
int spool_folder_move(struct cli *);

#endif
