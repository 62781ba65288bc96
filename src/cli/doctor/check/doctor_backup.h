#ifndef CLI_DOCTOR_CHECK_DOCTOR_BACKUP_H
#define CLI_DOCTOR_CHECK_DOCTOR_BACKUP_H

#include <stdint.h>

struct cli;
struct doctor;

/*
 * The last backup that was made here: STATE_DIR/backup.last has its folder, for
 * doctor to say how old it is and to name it where it would help.
 */
struct doctor_backup { /* texts in POOL */
	const char *path;
	int64_t at; /* 0: not there any more, or no backup */
	int schema; /* of its inbox */
};

/* 1, 0 none is known. */
int doctor_last_backup(struct doctor *, struct doctor_backup *);

/* COMMAND, before which all programs are stopped and after which they are
 * started, where it is known what supervises them. */
const char *doctor_stopped(struct doctor *, const char *command);

#endif
