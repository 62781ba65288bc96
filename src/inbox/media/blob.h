#ifndef INBOX_MEDIA_BLOB_H
#define INBOX_MEDIA_BLOB_H

#include <stddef.h>
#include <stdint.h>

/*
 * Blob store, content-addressed: a file's name is the hash of its content.
 *
 * Files by what is in them: DIR/ab/cdef… is the SHA-256 in hex, so a file is
 * there once however often it comes.  What is being written is in DIR/tmp and
 * gets its name only when it is whole and on disk.  Several processes may
 * write; whoever names or deletes a file holds the inbox's write lock, so that
 * none is deleted between its name and its row.
 */
#define BLOB_PATH_MAX 68 /* "ab/cdef…" and its NUL */
#define BLOB_HASH_LEN 32

struct blob_file; /* being written */

/*
 * For a file of LEN bytes, 0 when that is not known: they are taken from the
 * disk at once, as files under way count too.  MIN_FREE bytes stay free, now
 * and while it is written (WASPOOL_FILES_MIN_FREE).  owned: blob_drop.  NULL:
 * said in the log.
 */
struct blob_file *blob_begin(const char *dir, int64_t len, int64_t min_free);
/* The next LEN bytes: 0, or -1 (said once), and then all else is -1 too. */
int blob_add(struct blob_file *, const void *s, size_t len);
int64_t blob_len(const struct blob_file *);

/* All of it is there and on disk, HASH is its SHA-256: 0, or -1. */
int blob_end(struct blob_file *, unsigned char hash[BLOB_HASH_LEN]);
/* Gives it its name, PATH, once it has ended; may be repeated: 0, or -1. */
int blob_keep(struct blob_file *, char path[BLOB_PATH_MAX]);

/* The name of a file with that SHA-256. */
void blob_name(
    const unsigned char hash[BLOB_HASH_LEN], char path[BLOB_PATH_MAX]);

/* Ends the writing; what was not kept is gone.  NULL is harmless. */
void blob_drop(struct blob_file *);

enum blob_state { BLOB_GOOD, BLOB_GONE, BLOB_DAMAGED };

/* Rereads a file. */
enum blob_state blob_check(const char *dir, const char *path);
/* 1 when there is a file of that name. */
int blob_has(const char *dir, const char *path);
/* 1 deleted, 0 was not there, -1. */
int blob_delete(const char *dir, const char *path);

/* Deletes what somebody began to write a day ago and never ended. */
void blob_sweep(const char *dir, int64_t now);

/* Calls EACH with every path until it answers -1: 0, or -1. */
typedef int blob_each(void *arg, const char *path);
int blob_walk(const char *dir, blob_each *, void *arg);

#endif
