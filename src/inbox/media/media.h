#ifndef INBOX_MEDIA_MEDIA_H
#define INBOX_MEDIA_MEDIA_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct db_rows;
struct picture_size;
struct pool;
struct statements;

/*
 * The table media: the files of messages, for the processor and the command
 * line.  (blob.h has the files themselves.)  In the caller's transactions.
 */
struct media { /* texts in POOL, NULL none */
	int64_t id;
	int64_t message_id;
	int64_t number_id;
	const char *phone_number_id; /* NULL: the number was removed */
	const char *provider;	     /* of the number */
	const char *media_id;
	const char *state;
	const char *reason;
	const char *mime_type;
	const char *sha256; /* hex or base64 */
	const char *path;
	int64_t size;
	int attempts;
	int64_t due_at;
	int64_t created_at;
};

extern const struct statements media_statements;

/* The first number after AFTER that has a pending file: 1, 0, -1. */
int media_next_number(struct db *, int64_t after, int64_t *number_id);
/* The pending files of NUMBER_ID that are due, oldest first, at most MAX: 0, or
 * -1. */
int media_due(struct db *, struct pool *, int64_t number_id, int64_t now,
    int max, struct media **out, int *n);

/*
 * Results of a download; they change nothing when the file is not pending any
 * more.  media_stored: of 0 × 0 pixels where these are not known.  media_later:
 * an attempt failed.  media_wait: it was not even tried.  0, or -1.
 */
int media_stored(struct db *, int64_t id, const char *path, int64_t size,
    const char *mime_type, const struct picture_size *);
int media_later(struct db *, int64_t id, const char *reason, int64_t due_at);
int media_wait(struct db *, int64_t id, const char *reason, int64_t due_at);
int media_failed(struct db *, int64_t id, const char *reason);
int media_missing(struct db *, int64_t id, const char *reason);

/* How many bytes of files the workspace of file ID has: 0, or -1. */
int media_used(struct db *, int64_t id, int64_t *bytes);

/* The provider's errors of the last MEDIA_HOUR seconds, for each number:
 * media_error notes one, */
#define MEDIA_HOUR 3600

int media_error(struct db *, int64_t number_id, int64_t now);
/* media_errors counts them; *OLDEST: when the oldest was.  0, or -1. */
int media_errors(
    struct db *, int64_t number_id, int64_t now, int *n, int64_t *oldest);

/* For waspool stats: files by state, numbers with at least MAX errors. */
struct media_counts {
	int64_t pending, stored, failed, missing;
	int64_t blocked;
};
int media_count(struct db *, int64_t now, int max, struct media_counts *);

/* media_read reads a row of any statement that begins so. */
#define MEDIA_SELECT                                                           \
	"SELECT m.id, m.message_id, m.number_id,"                              \
	" n.phone_number_id, m.media_id, m.state, m.reason, m.mime_type,"      \
	" m.sha256, m.path, m.size, m.attempts, m.due_at, m.created_at,"       \
	" n.provider"                                                          \
	" FROM media m LEFT JOIN numbers n ON n.id = m.number_id"
void media_read(struct db_rows *, struct pool *, struct media *);

#endif
