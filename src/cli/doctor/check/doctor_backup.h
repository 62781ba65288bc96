#ifndef CLI_DOCTOR_CHECK_DOCTOR_BACKUP_H
#define CLI_DOCTOR_CHECK_DOCTOR_BACKUP_H

#include <stdint.h>

struct cli;
struct doctor;

/*
 * The last backup that was made here, from STATE_DIR/backup.last, which has its
 * folder.
 */
struct doctor_backup { /* texts in POOL */
	const char *path;
	int64_t at; /* 0: not there any more, or no backup */
	int schema; /* of its inbox */
};

/* 1, 0 none is known. */
int doctor_last_backup(struct doctor *, struct doctor_backup *);

/* COMMAND with the commands that stop all programs before it and start them
 * after it, if their supervisor is known. */
const char *doctor_stopped(struct doctor *, const char *command);

#endif
