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
	const char *credential; /* that let it in: token-1, secret-1, … */
	const char *body;	/* NULL in a list */
	size_t body_len;
	size_t received_len; /* not body_len: the body was rewritten */
};

/*
 * For webhook-ingest.  spool_put refuses when less than MIN_FREE bytes of disk
 * are free.  Each commit wakes the processor at WAKE_PATH (base/notify.h).
 * owned: spool_close.  NULL, said in the log: the file cannot be opened, or has
 * another schema version.
 */
struct spool *spool_open_writer(
    const char *path, const char *wake_path, int64_t min_free, int wait_ms);

/* The same for the processor and the command line, without appending. */
struct spool *spool_open_reader(const char *path, int wait_ms);
/* … to read only (DB_LOOK). */
struct spool *spool_open_look(const char *path, int wait_ms);
/* … of a damaged file, for what can still be read; its node may be "". */
struct spool *spool_open_salvage(const char *path, int wait_ms);
void spool_close(struct spool *); /* NULL is harmless */

/* The processor has applied all up to delivery ID, and committed: for
 * webhook-ingest, which gives way when that is far behind (spool_pace.h). */
void spool_applied(struct spool *, int64_t id);

/* As db_rest. */
void spool_rest(struct spool *, int64_t now_ms);

void spool_check_file(struct spool *); /* db_check of its file */

/*
 * Keeps the delivery.  Its id is higher than any given before, also when the
 * file is an older copy (spool_highwater.h); it is not filled in.  Blocks until
 * the delivery is on disk: 0 means durable, and only then may 200 be answered.
 * -1: not kept, and said in the log (ENOSPC, EIO, a damaged file).  Safe from
 * many threads.
 */
int spool_put(struct spool *, const struct spool_delivery *);

/*
 * The same without waiting (group commit).  KEPT is called with the answer of
 * spool_put; from then on the order is the caller's again.  When no thread is
 * committing, the calling thread commits this order and those that others bring
 * meanwhile: KEPT is called before spool_order returns.  Else the committing
 * thread calls it later.
 */
struct spool_order {
	/* body NULL: stores nothing, only tries whether a commit reaches the
	 * disk */
	struct spool_delivery delivery;
	void (*kept)(struct spool_order *, int rc);
	void *arg;		  /* the caller's */
	struct spool_order *next; /* the spool's */
};

void spool_order(struct spool *, struct spool_order *);

/*
 * The node: this spool's name in the inbox; a new file has a new name.
 * spool_rename gives it another one, so that the inbox takes every delivery in
 * it as new.  spool_reread reads the name again, after another process may have
 * renamed it.  0, or -1.
 */
const char *spool_node(struct spool *);
int spool_rename(struct spool *);
int spool_reread(struct spool *);

/*
 * The fingerprint of a delivery: hex digits of a hash over its time, its length
 * and its first bytes.  The id alone does not identify it, since an older copy
 * of the file, or an emptied one, gives the same ids again.
 */
#define SPOOL_FINGERPRINT 17 /* with NUL */

void spool_fingerprint(
    const struct spool_delivery *, char out[SPOOL_FINGERPRINT]);

/*
 * The next deliveries: id > AFTER, in order, at most MAX, and at most MAX_BYTES
 * of bodies, but at least one.  *OUT (in POOL) and *N; 0, or -1.
 */
int spool_next(struct spool *, struct pool *, int64_t after, int max,
    size_t max_bytes, struct spool_delivery **out, int *n);

/*
 * The same after the delivery CURSOR, the last one applied, if it has
 * FINGERPRINT (NULL: not known).  1; -1; or 0, and nothing is read: that
 * delivery is not in the file, which is an older copy, or was emptied or
 * replaced.  MAX may be 0.
 */
int spool_follow(struct spool *, struct pool *, int64_t cursor,
    const char *fingerprint, int max, size_t max_bytes,
    struct spool_delivery **out, int *n);

/* One delivery with its body: 1, 0 (purged or never there), -1. */
int spool_get(
    struct spool *, struct pool *, int64_t id, struct spool_delivery *);

/* The newest id, 0 when empty: 0, or -1. */
int spool_last(struct spool *, int64_t *id);

/* How many deliveries wait after CURSOR, as a difference of ids, and when the
 * oldest of them was received: 0, or -1. */
int spool_waiting(struct spool *, struct pool *, int64_t cursor, int64_t *n,
    int64_t *oldest_at);

/* The newest MAX deliveries with id < BEFORE (0: any), newest first, without
 * bodies but with body_len; in POOL.  0, or -1. */
int spool_list(struct spool *, struct pool *, int64_t before, int max,
    struct spool_delivery **out, int *n);

/* How many deliveries there are, and the bytes that they take on disk: 0, or
 * -1. */
int spool_count(struct spool *, int64_t *n, int64_t *bytes);

/* The bytes in use of the file, and the size of its WAL: 0, or -1. */
int spool_size(struct spool *, int64_t *bytes, int64_t *wal);

/* For purging.  spool_ages lists up to MAX deliveries with AFTER < id <=
 * UPTO, in order, into OUT: how many, or -1.  spool_delete deletes those N,
 * but never the newest of the file, whose id must not be given again: how
 * many, or -1. */
struct spool_age {
	int64_t id;
	int64_t received_at;
};

int spool_ages(struct spool *, int64_t after, int64_t upto, int max,
    struct spool_age *out);
int spool_delete(struct spool *, const int64_t *ids, int n);

/*
 * Replaces the bodies of deliveries, all N or none: 0, or -1.  A new body must
 * differ in length from the one received: a received_len that is not body_len
 * marks it as rewritten.
 */
struct spool_body {
	int64_t id;
	const char *body;
	size_t len;
};
int spool_rewrite(struct spool *, const struct spool_body *, int n);

/* Empties the WAL, so that it holds nothing deleted or rewritten any more: 1;
 * 0: a reader prevents it, try later; -1. */
int spool_flush(struct spool *);

/*
 * Appends the deliveries of FROM with id > AFTER to TO (open to write), with
 * new ids of TO.  *N: how many.  0; -1: FROM is damaged, and what follows the
 * *N cannot be read; -2: TO cannot be written.  spool_import_one appends
 * delivery ID: 1, 0 there is none, -1.
 */
int spool_import(
    struct spool *to, struct spool *from, int64_t after, int64_t *n);
int spool_import_one(struct spool *to, struct spool *from, int64_t id);

/* Creates file and schema: 1 created, 0 they exist, -1. */
int spool_create(const char *path);

#endif
