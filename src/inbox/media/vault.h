#ifndef INBOX_MEDIA_VAULT_H
#define INBOX_MEDIA_VAULT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Files by what is in them: DIR/ab/cdef… is the SHA-256 in hex, so a file is
 * there once however often it comes.  What is being written is in DIR/tmp and
 * gets its name only when it is whole and on disk.  Several processes may
 * write; whoever names or deletes a file holds the inbox's write lock, so that
 * none is deleted between its name and its row.
 */
#define VAULT_PATH_MAX 68		/* "ab/cdef…" and its NUL */
#define VAULT_HASH_LEN 32

struct vault_file;			/* being written */

/*
 * For a file of LEN bytes, 0 when that is not known: they are taken from the
 * disk at once, as files under way count too.  MIN_FREE bytes stay free, now
 * and while it is written (WASPOOL_FILES_MIN_FREE).  owned: vault_drop.  NULL:
 * said in the log.
 */
struct vault_file *vault_begin(const char *dir, int64_t len,
	    int64_t min_free);
/* The next LEN bytes: 0, or -1 (said once), and then all else is -1 too. */
int	vault_add(struct vault_file *, const void *s, size_t len);
int64_t	vault_len(const struct vault_file *);

/* All of it is there and on disk, HASH is its SHA-256: 0, or -1. */
int	vault_end(struct vault_file *, unsigned char hash[VAULT_HASH_LEN]);
/* Gives it its name, PATH, once it has ended; may be repeated: 0, or -1. */
int	vault_keep(struct vault_file *, char path[VAULT_PATH_MAX]);

/* The name of a file with that SHA-256. */
void	vault_name(const unsigned char hash[VAULT_HASH_LEN],
	    char path[VAULT_PATH_MAX]);

/* Ends the writing; what was not kept is gone.  NULL is harmless. */
void	vault_drop(struct vault_file *);

enum vault_state { VAULT_GOOD, VAULT_GONE, VAULT_DAMAGED };

/* Rereads a file. */
enum vault_state vault_check(const char *dir, const char *path);
/* 1 when there is a file of that name. */
int	vault_has(const char *dir, const char *path);
/* 1 deleted, 0 was not there, -1. */
int	vault_delete(const char *dir, const char *path);

/* Deletes what somebody began to write a day ago and never ended. */
void	vault_sweep(const char *dir, int64_t now);

/* Calls EACH with every path until it answers -1: 0, or -1. */
typedef int vault_each(void *arg, const char *path);
int	vault_walk(const char *dir, vault_each *, void *arg);

#endif
