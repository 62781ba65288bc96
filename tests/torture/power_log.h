#ifndef TORTURE_POWER_LOG_H
#define TORTURE_POWER_LOG_H

#include <dlfcn.h>
#include <stdint.h>

/* libc's own, behind the one of power.c. */
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/*
 * What has to be undone when the power goes, of files below POWER_STATE, in
 * the folder POWER_LOG:
 *
 *   f<inode>      a record for each write, then the bytes that were there
 *   d<inode>      a line for each name that came or went in a folder
 *   g<inode>-…    another name of a file that was unlinked
 *
 * All programs write to them in turn, between log_take and log_give; who
 * is killed there leaves a record of what did not happen, which does no harm.
 */
void log_take(void);
void log_give(void);

/* Below the state folder, but for what SQLite makes anew by itself. */
int log_is_ours(const char *path);

/* FD is a file or folder of ours from now on, until log_close. */
void log_file(int fd);
int log_has(int fd);
void log_close(int fd);

/* Before LEN bytes at OFFSET are replaced, or all behind OFFSET cut off. */
void log_bytes(int fd, int64_t offset, int64_t len, int cuts);

/* FD is on disk as it is. */
void log_forget(int fd);

/* PATH has come: WHAT is C for a file, M for a folder.  GRAVE: "-". */
void log_name(char what, const char *path, const char *grave);

/* PATH is about to go. */
void log_bury(const char *path);

#endif
