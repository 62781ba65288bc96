#ifndef INBOX_MEDIA_BLOB_H
#define INBOX_MEDIA_BLOB_H

#include <stddef.h>
#include <stdint.h>

/*
 * The blob store, content-addressed: the name of a file is the SHA-256 of its
 * content in hex, DIR/ab/cdef…, so the same content is stored once.  A file is
 * written in DIR/tmp, and gets its name only when it is whole and on disk.
 * Several processes may write.  A caller that names or deletes a file holds the
 * inbox's write lock, so that no file is deleted before its row is written.
 */
#define BLOB_PATH_MAX 68 /* "ab/cdef…" and its NUL */
#define BLOB_HASH_LEN 32

struct blob_file; /* being written */

/*
 * Begins a file of LEN bytes, 0 when not known.  They are reserved on the disk
 * at once, so that files being written count, too.  MIN_FREE bytes of disk stay
 * free, now and while it is written (WASPOOL_FILES_MIN_FREE).  owned:
 * blob_drop.  NULL, said in the log.
 */
struct blob_file *blob_begin(const char *dir, int64_t len, int64_t min_free);
/* Appends LEN bytes: 0; or -1, said in the log once, and later calls are -1,
 * too. */
int blob_add(struct blob_file *, const void *s, size_t len);
int64_t blob_len(const struct blob_file *);

/* Ends it: 0 all of it is on disk, and HASH is its SHA-256; or -1. */
int blob_end(struct blob_file *, unsigned char hash[BLOB_HASH_LEN]);
/* After blob_end: gives it its name, PATH.  May be repeated, when the caller's
 * transaction failed: 0, or -1. */
int blob_keep(struct blob_file *, char path[BLOB_PATH_MAX]);

/* The name of the file with that SHA-256. */
void blob_name(
    const unsigned char hash[BLOB_HASH_LEN], char path[BLOB_PATH_MAX]);

/* Deletes the file in DIR/tmp; one that blob_keep named stays.  NULL is
 * harmless. */
void blob_drop(struct blob_file *);

enum blob_state { BLOB_GOOD, BLOB_GONE, BLOB_DAMAGED };

/* Reads a file and compares its hash with its name. */
enum blob_state blob_check(const char *dir, const char *path);
/* 1 when there is a file of that name. */
int blob_has(const char *dir, const char *path);
/* 1 deleted, 0 it was not there, -1, said in the log. */
int blob_delete(const char *dir, const char *path);

/* Deletes files in DIR/tmp that were begun a day ago and never ended. */
void blob_sweep(const char *dir, int64_t now);

/* Calls EACH with every path, until EACH answers -1: 0, or -1. */
typedef int blob_each(void *arg, const char *path);
int blob_walk(const char *dir, blob_each *, void *arg);

#endif
