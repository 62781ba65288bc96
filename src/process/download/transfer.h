#ifndef PROCESS_DOWNLOAD_TRANSFER_H
#define PROCESS_DOWNLOAD_TRANSFER_H

#include <stdint.h>

#include "whatsapp/provider/d360.h"

#include "inbox/media/media.h"

struct fetch;
struct pool;
struct vault_file;

/*
 * One file under way, for download.c: its requests, and what their answers
 * mean.  Knows nothing of the database.
 */
enum transfer_step {
	TRANSFER_ASKING,	/* for the address */
	TRANSFER_ASKED,
	TRANSFER_FETCHING,
	TRANSFER_FETCHED,
	TRANSFER_JUDGED
};

enum transfer_verdict {
	TRANSFER_FETCH,		/* go on: there is an address */
	TRANSFER_ASK,		/* go on: ask for it once more */
	TRANSFER_STORE,		/* all of it is there, and right */
	TRANSFER_LATER,		/* this attempt went wrong */
	TRANSFER_WAIT,		/* our own trouble: no attempt */
	TRANSFER_FAILED,
	TRANSFER_MISSING
};

struct transfer {
	struct transfer	*next;
	struct pool	*pool;		/* its own: all below is in it */
	struct media	 media;
	struct d360_account account;
	const char	*dir;
	int64_t		 max_len;
	int64_t		 min_free;

	enum transfer_step step;
	int		 again;		/* the address was asked for twice */
	struct d360_outcome asked;
	struct vault_file *file;
	int		 status;	/* of the last answer, 0 none */
	int		 too_long;
	int		 disk_failed;
	int		 broken_off;	/* a 2xx answer that is not whole */
	int64_t		 retry_after;
	const char	*words;		/* why the last request failed */

	enum transfer_verdict verdict;
	int		 refused;	/* the provider counts it as an error */
	const char	*reason;
};

/* MEDIA is copied.  owned: transfer_free, not while a request is under way. */
struct transfer *transfer_new(const struct media *,
	    const struct d360_account *, const char *dir, int64_t max_len,
	    int64_t min_free);
void	transfer_free(struct transfer *);

/* Begin the one request or the other: 0; -1, and it is judged to wait. */
int	transfer_ask(struct transfer *, struct fetch *);
int	transfer_fetch(struct transfer *, struct fetch *);

/* From ASKED or FETCHED to JUDGED.  May wait for the disk. */
void	transfer_judge(struct transfer *);

#endif
