#ifndef CLI_NODE_SPOOL_FOLDER_H
#define CLI_NODE_SPOOL_FOLDER_H

#include <sys/types.h>

struct cli;

/*
 * The folder of the spool.  Where the group SPOOL_GROUP is there and we are in
 * it, webhook-ingest may be a user of its own in that group, who shares this
 * folder and reads the webhook tokens; else all programs are one user, and
 * nobody else gets in.
 */
#define SPOOL_GROUP "waspool-spool"

/* Folder PATH, if it is ours, gets that group and GROUP_MODE; nothing when
 * there is no such group. */
void spool_folder_give(const char *path, mode_t group_mode);

/* Webhook tokens that were there before the group was. */
void spool_folder_tokens(struct cli *);

/* The file in which webhook-ingest counts is there and the group's, who can
 * make none in the state folder; nothing when there is no such group. */
void spool_folder_counters(struct cli *);

/* No older spool waits to be moved; else the program ends and says what to
 * type. */
void spool_folder_check(struct cli *);

/* The same, and the folder is there again, UID's and the group's (GID's where
 * there is no such group). */
void spool_folder_again(struct cli *, uid_t uid, gid_t gid);

/* waspool upgrade: the spool is where it belongs.  1 moved, 0 it was there. */
int spool_folder_move(struct cli *);

#endif
