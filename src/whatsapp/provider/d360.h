#ifndef WHATSAPP_PROVIDER_D360_H
#define WHATSAPP_PROVIDER_D360_H

#include <stddef.h>
#include <stdint.h>

struct client_answer;
struct client_request;
struct pool;

/*
 * 360dialog's API (docs/protocol.md §6): what to ask, and what an answer
 * means.  Nothing here waits or connects; requests go to lib/http/client.  The key
 * is for the host of URL only.
 */
struct d360_account {
	const char	*url;		/* https://waba-v2.360dialog.io */
	const char	*key;		/* of one number */
};

/* Where a message goes: PHONE (E.164 with +) when there is one, else USER_ID,
 * else GROUP_ID. */
struct d360_recipient {
	const char	*phone;
	const char	*user_id;
	const char	*group_id;
};

/*
 * REQUEST gets the call, in POOL.
 * send: MESSAGE is what compose.h wrote, CALLBACK our own word (at most 512
 * bytes) that statuses will carry.  read: WAMID of the newest inbound message;
 * TYPING also shows "typing".  download: URL as media_url answered; -1 when
 * it is not on a host that may see the key.
 */
void	d360_send(struct pool *, const struct d360_account *,
	    const char *message, const struct d360_recipient *,
	    const char *callback, struct client_request *);
void	d360_read(struct pool *, const struct d360_account *,
	    const char *wamid, int typing, struct client_request *);
void	d360_media_url(struct pool *, const struct d360_account *,
	    const char *media_id, struct client_request *);
int	d360_download(struct pool *, const struct d360_account *,
	    const char *url, struct client_request *);
void	d360_upload(struct pool *, const struct d360_account *,
	    const char *path, const char *file_name, const char *mime_type,
	    struct client_request *);
void	d360_get_webhook(struct pool *, const struct d360_account *,
	    struct client_request *);
/* HEADER "Authorization: Bearer …" for every delivery, or NULL. */
void	d360_set_webhook(struct pool *, const struct d360_account *,
	    const char *webhook_url, const char *header,
	    struct client_request *);

/* What to do after an answer, by the table in docs/protocol.md §6.4. */
enum d360_decision {
	D360_DONE,		/* taken: wamid, media_id, url, … */
	D360_RETRY,		/* later, by itself: RETRY_AFTER or back-off */
	D360_SLOW,		/* the number sends too fast: as RETRY, all of it */
	D360_PAIR,		/* this conversation too fast: only that waits */
	D360_REFUSED,		/* never: CODE and words say why */
	D360_STOP,		/* the number cannot send: key, account, payment */
	D360_UNKNOWN		/* it may have been taken: never blindly again */
};

struct d360_outcome {			/* texts in POOL, NULL not said */
	enum d360_decision decision;
	int		 retry_after;	/* seconds, -1 not said */
	int		 code;		/* the provider's, else HTTP status, 0 */
	const char	*title;
	const char	*detail;
	const char	*error;		/* JSON {"code","title","detail"} */

	const char	*wamid;		/* of what was sent */
	const char	*input;		/* the recipient as we said it … */
	const char	*wa_id;		/* … and as the provider knows it */
	const char	*user_id;

	const char	*media_id;	/* upload */
	const char	*url;		/* media_url, get_webhook */
	const char	*mime_type;	/* media_url */
	const char	*sha256;	/* 64 hex digits, lower case */
	int64_t		 size;		/* -1 not said */
};

/*
 * Never fails.  An answer that cannot be read, or none, is UNKNOWN when it may
 * have been SENT (the call was d360_send, which must not happen twice), else
 * RETRY.
 */
void	d360_outcome(struct pool *, const struct client_answer *, int sent,
	    struct d360_outcome *);

/* 32 bytes as 64 hex digits from hex or base64 (webhooks and answers differ),
 * in POOL; NULL when S is neither. */
char	*d360_sha256(struct pool *, const char *s);

#endif
