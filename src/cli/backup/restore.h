#ifndef CLI_BACKUP_RESTORE_H
#define CLI_BACKUP_RESTORE_H

#include <sys/types.h>

#include <stdint.h>

#include "inbox/node/id_marks.h"

#include "cli/backup/manifest.h"

struct cli;
struct lock;

/*
 * The parts of waspool restore, in their order.  Until cmd_restore.c swaps the
 * files, nothing that exists is changed, except that deliveries may be appended
 * to the present spool.  A part that fails deletes what it has written and ends
 * the program, and says what to type.
 */
struct restore {
	struct cli *c;
	const char *from;  /* the backup */
	const char *state; /* the state folder */
	const char *dir;   /* in state: the copies, until the swap */
	const char *aside; /* in state: the files that were replaced */
	struct manifest manifest;
	int64_t made_at; /* when the backup was made, as far as known */
	uid_t uid;	 /* owner of the state folder */
	gid_t gid;

	/* what is to be done, and what was done */
	int keep_inbox;	       /* 1: --inbox present */
	int keep_spool;	       /* 1: the present one stays */
	const char *spool_why; /* why it stays, or not */
	int schema_from;
	struct id_marks marks; /* the highest ids that may have been given */
	int revoke_all;
	int n_revoked;
	int64_t n_valid;
	int knows_since; /* what came since the backup: the inbox was there */
	int n_unsent;
	int n_unasked;	    /* requests to the provider */
	int n_paused;	    /* endpoints of webhooks */
	int n_secrets;	    /* of endpoints, that were renewed since */
	int n_passwords;    /* that were changed since */
	int64_t n_erased;   /* people, since the backup */
	int64_t n_imported; /* deliveries into the spool */
	int64_t n_media, n_damaged, n_media_bytes;
};

/*
 * restore_common.c: restore_open opens a file of the backup with the rights of
 * the user who called us: its descriptor, or -1.  restore_as_caller does so for
 * all that follows, until restore_as_owner.
 */
int restore_open(struct restore *, const char *path);
void restore_as_caller(struct restore *);
void restore_as_owner(struct restore *);
/* Deletes DIR and ends the program. */
void restore_fail(struct restore *, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4), noreturn));
void restore_clear(struct restore *);

/*
 * restore_check.c: restore_check_folders checks the folders and the user;
 * restore_check the programs and the disk, and makes and checks the copies in
 * DIR.  After it we run as the owner of the state folder.
 */
void restore_check_folders(struct restore *);
void restore_check(struct restore *);
/* Ends the program when a process has database NAME of the state folder
 * open. */
void restore_check_closed(struct restore *, const char *name);
/* restore_inbox.c: upgrades the copy, raises its ids, removes what must not
 * come back (inbox/node/restored.h). */
void restore_inbox(struct restore *);

/* restore_spool.c: decides which spool stays, and appends deliveries of the
 * other one to it. */
void restore_spool(struct restore *);

/* restore_media.c: copies the missing files of messages. */
void restore_media(struct restore *);
int64_t restore_media_len(struct restore *); /* how many bytes that is */

#endif
