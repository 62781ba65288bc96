#ifndef INBOX_MESSAGE_THREAD_H
#define INBOX_MESSAGE_THREAD_H

#include <stddef.h>
#include <stdint.h>

#include "inbox/message/waiting.h"

struct db;
struct pool;

/*
 * The messages of a conversation, newest first, through a member connection.
 */
struct thread_place {
	int64_t		 sent_at;
	int64_t		 id;
};

#define THREAD_END ((struct thread_place) { INT64_MAX, INT64_MAX })

struct thread_reaction {
	const char	*emoji;
	const char	*from;		/* customer, business; in groups who */
	int64_t		 at;
};

struct thread_message {		/* texts in POOL, NULL none; times 0 none */
	int64_t		 id;
	int64_t		 conversation_id;
	int64_t		 number_id;
	const char	*wamid;
	const char	*direction;
	const char	*type;
	const char	*content;	/* JSON */
	const char	*status;
	const char	*context;	/* JSON */
	const char	*referral;	/* JSON */
	const char	*error;		/* JSON */
	const char	*sender;	/* who in a group */
	const char	*media_state;	/* NULL: it has no file */
	struct thread_reaction *reactions;
	size_t		 n_reactions;
	int64_t		 sent_by;	/* which member, 0 none */
	const char	*sent_by_name;
	int64_t		 sent_at;
	int64_t		 edited_at;
	int64_t		 revoked_at;
	int64_t		 created_at;
	struct waiting	 waiting;	/* for the caller (waiting_of_message) */
};

/*
 * At most MAX messages of a conversation before PLACE: how many, or -1.  Those
 * of a conversation that became part of it are among them at once, although
 * their rows move later (merge.h): each is read once.  It ends early when
 * their texts fill THREAD_BYTES_MAX: only the first may be longer than that.
 * *MORE says whether there are others behind the last.
 */
#define THREAD_BYTES_MAX ((size_t)1 << 20)

int	thread_read(struct db *, struct pool *, int64_t conversation_id,
	    struct thread_place, struct thread_message *, int max, int *more);

/* One message, wherever it stands: 1, 0 (there is none), -1. */
int	thread_get(struct db *, struct pool *, int64_t message_id,
	    struct thread_message *);

/* Its file, as the table media has it: 1, 0 (it has none), -1. */
struct thread_file {			/* texts in POOL, NULL none */
	const char	*state;
	const char	*reason;
	const char	*mime_type;
	const char	*filename;	/* the sender's: no path of ours */
	const char	*path;		/* once stored */
};

int	thread_file(struct db *, struct pool *, int64_t message_id,
	    struct thread_file *);

/* Where a message stands in its conversation: 1; 0 it is not in it; -1. */
int	thread_find(struct db *, int64_t conversation_id, int64_t message_id,
	    struct thread_place *);

const char *const *thread_sql(size_t *n);

#endif
