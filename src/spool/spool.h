#ifndef SPOOL_SPOOL_H
#define SPOOL_SPOOL_H

#include <stddef.h>
#include <stdint.h>

struct pool;
struct spool; /* opaque */

#define SPOOL_VERSION 1 /* of spool.sql */

/*
 * The spool: each delivery as it came, on this node's disk, in the order of
 * ids.  webhook-ingest appends, the processor reads and purges.  How far the
 * processor has read stands in the inbox, not here.
 */
struct spool_delivery {
	int64_t id;
	int64_t received_at;
	const char *remote;	/* client address */
	const char *credential; /* what let it in: token-1, secret-1, … */
	const char *body;	/* NULL when only listed */
	size_t body_len;
	size_t received_len; /* another number: it was rewritten */
};

/*
 * For webhook-ingest.  Below MIN_FREE bytes of free disk spool_put refuses.
 * After each commit the processor is woken at WAKE_PATH (base/notify.h).  NULL:
 * cannot be opened, or of another schema version, said in the log.
 */
struct spool *spool_open_writer(
    const char *path, const char *wake_path, int64_t min_free, int wait_ms);

/* For the processor and the command line. */
struct spool *spool_open_reader(const char *path, int wait_ms);
/* To look only (DB_LOOK): for the functions that read. */
struct spool *spool_open_look(const char *path, int wait_ms);
/* For what can still be read of a damaged file: its name may be "". */
struct spool *spool_open_salvage(const char *path, int wait_ms);
void spool_close(struct spool *);      /* NULL is harmless */
void spool_check_file(struct spool *); /* db_check of it */

/*
 * Keeps the delivery.  Its id is above every one that was ever given here, also
 * when the file is older than that (spool_highwater.h).  Blocks until it is on
 * disk: 0 means durable, and only then may 200 be answered.  -1: not kept, and
 * said in the log (ENOSPC, EIO, a damaged file).  Safe from many threads.  id
 * is not filled in.
 */
int spool_put(struct spool *, const struct spool_delivery *);

/*
 * The same without waiting (group commit).  KEPT is called with what spool_put
 * would answer, and the order is the caller's again.  When no thread is
 * writing, the caller's does, also what others order meanwhile: then KEPT is
 * called before spool_order returns.  Else it is called later, by the thread
 * that writes.
 */
struct spool_order {
	/* body NULL: none, it is only tried whether one would be kept, on
	 * disk too */
	struct spool_delivery delivery;
	void (*kept)(struct spool_order *, int rc);
	void *arg;		  /* the caller's */
	struct spool_order *next; /* the spool's */
};

void spool_order(struct spool *, struct spool_order *);

/*
 * This spool's name in the inbox; a new file has a new name.  spool_rename
 * gives it another, under which all that is in it is new to the inbox;
 * spool_reread looks whether another process did: 0, or -1.
 */
const char *spool_node(struct spool *);
int spool_rename(struct spool *);
int spool_reread(struct spool *);

/*
 * What a delivery is known by beside its id, which an older copy of the file,
 * or an emptied one, gives again: hex digits of its time and its bytes.
 */
#define SPOOL_FINGERPRINT 17 /* with NUL */

void spool_fingerprint(
    const struct spool_delivery *, char out[SPOOL_FINGERPRINT]);

/*
 * Up to MAX deliveries with id > AFTER, in order, and at most MAX_BYTES of
 * bodies (one at least); in POOL.  *OUT and *N; 0, or -1.
 */
int spool_next(struct spool *, struct pool *, int64_t after, int max,
    size_t max_bytes, struct spool_delivery **out, int *n);

/*
 * The same behind the delivery CURSOR, the last that was applied, whose
 * fingerprint was FINGERPRINT (NULL: not known).  1; -1; or 0, and nothing is
 * read, when that delivery is not in the file: an older copy was put back, or
 * it was emptied, or replaced.  MAX may be 0.
 */
int spool_follow(struct spool *, struct pool *, int64_t cursor,
    const char *fingerprint, int max, size_t max_bytes,
    struct spool_delivery **out, int *n);

/* One delivery with its body: 1, 0 (purged or never there), -1. */
int spool_get(
    struct spool *, struct pool *, int64_t id, struct spool_delivery *);

/* The newest id, 0 when empty: 0, or -1. */
int spool_last(struct spool *, int64_t *id);

/* How many there are behind CURSOR, by their ids, and since when: 0, or -1. */
int spool_waiting(struct spool *, struct pool *, int64_t cursor, int64_t *n,
    int64_t *oldest_at);

/* The newest MAX deliveries below BEFORE (0: all), newest first, no bodies
 * but with body_len; in POOL.  0, or -1. */
int spool_list(struct spool *, struct pool *, int64_t before, int max,
    struct spool_delivery **out, int *n);

/* How many there are, and the bytes that they take on disk: 0, or -1. */
int spool_count(struct spool *, int64_t *n, int64_t *bytes);

/* The bytes in use in the file, and those of its WAL: 0, or -1. */
int spool_size(struct spool *, int64_t *bytes, int64_t *wal);

/* Up to MAX deliveries with AFTER < id <= UPTO, in order, into OUT: how many,
 * or -1.  And deletes N of them, but never the newest of all, whose id must
 * not be given again: how many, or -1. */
struct spool_age {
	int64_t id;
	int64_t received_at;
};

int spool_ages(struct spool *, int64_t after, int64_t upto, int max,
    struct spool_age *out);
int spool_delete(struct spool *, const int64_t *ids, int n);

/*
 * Other bodies for deliveries that are there, of another length than the one
 * that was received; received_len tells it from then on.  All, or none.  0, -1.
 */
struct spool_body {
	int64_t id;
	const char *body;
	size_t len;
};
int spool_rewrite(struct spool *, const struct spool_body *, int n);

/* What was deleted or rewritten is in the file's WAL no more: 1; 0: a reader
 * is in the way, later; -1. */
int spool_flush(struct spool *);

/*
 * Appends what FROM has behind AFTER to TO (open to write), with ids of TO: 0,
 * -1 (FROM is damaged, and what stands behind the *N that were read is not
 * there) or -2 (TO cannot be written).  And one of them: 1, 0 none, -1.
 */
int spool_import(
    struct spool *to, struct spool *from, int64_t after, int64_t *n);
int spool_import_one(struct spool *to, struct spool *from, int64_t id);

/* Makes file and schema when they are not there: 1 made, 0 there, -1. */
int spool_create(const char *path);

#endif
