#ifndef CLI_BACKUP_RESTORE_H
#define CLI_BACKUP_RESTORE_H

#include <sys/types.h>

#include <stdint.h>

#include "inbox/node/id_marks.h"

#include "cli/backup/manifest.h"

struct cli;
struct lock;

/*
 * waspool restore, in the order in which it goes.  Until cmd_restore.c
 * swaps the files nothing that was there is changed but by spool_import's
 * additions; each of these
 * functions ends the program, with a word on what to type, when it cannot go
 * on, and what it had begun to write is deleted.
 */
struct restore {
	struct cli *c;
	const char *from;  /* the backup */
	const char *state; /* the state folder */
	const char *dir;   /* in there: the copies, until they are whole */
	const char *aside; /* in there: what stood there before */
	struct manifest manifest;
	int64_t made_at; /* of the backup, as well as we know */
	uid_t uid;	 /* whose the state folder is */
	gid_t gid;

	/* what is to be done, and was */
	int keep_inbox;	       /* --inbox present */
	int keep_spool;	       /* the present one stays */
	const char *spool_why; /* … or why not */
	int schema_from;
	struct id_marks marks; /* what may have been given */
	int revoke_all;
	int n_revoked;
	int64_t n_valid;
	int n_unsent;
	int64_t n_erased;   /* people, since the backup */
	int64_t n_imported; /* deliveries into the spool */
	int64_t n_media, n_damaged, n_media_bytes;
};

/*
 * restore_common.c: a file of the backup, as whoever called us may read it: its
 * descriptor, or -1.  And the same for more than that, until restore_as_owner.
 */
int restore_open(struct restore *, const char *path);
void restore_as_caller(struct restore *);
void restore_as_owner(struct restore *);
/* Ends the program, DIR deleted. */
void restore_fail(struct restore *, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4), noreturn));
void restore_clear(struct restore *);

/*
 * restore_check.c: the folders and the user; then the programs, the disk and
 * the copies, which are in DIR after it, whole, and we are the state folder's
 * owner.
 */
void restore_check_folders(struct restore *);
void restore_check(struct restore *);
/* Nobody may have them open; NAME is a database in the state folder. */
void restore_check_closed(struct restore *, const char *name);
/* restore_inbox.c: upgrades the copy, raises its ids, settles what must not
 * come back. */
void restore_inbox(struct restore *);

/* restore_spool.c: which spool it will be, and what of the other one goes into
 * it. */
void restore_spool(struct restore *);

/* restore_media.c: files that are not there. */
void restore_media(struct restore *);
int64_t restore_media_len(struct restore *); /* bytes of those */

#endif
