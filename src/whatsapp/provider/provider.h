#ifndef WHATSAPP_PROVIDER_PROVIDER_H
#define WHATSAPP_PROVIDER_PROVIDER_H

#include <stddef.h>
#include <stdint.h>

struct client_answer;
struct client_request;
struct outgoing;
struct pool;
struct provider;

/*
 * Who carries our messages to WhatsApp: one table of functions a provider
 * (docs/protocol.md §6), which say what to ask and what an answer means.
 * Nothing here waits or connects; requests go to lib/http/client.  The key is
 * for the provider's hosts only.
 */
struct provider_account {
	const struct provider *provider;
	const char *url; /* its base, as configured */
	const char *key; /* of one number */
	const char *phone_number_id;
	const char *waba_id;	/* NULL: not known */
	const char *app_secret; /* of Meta's app; NULL: not known */
};

/* Where a message goes: PHONE (E.164 with +) when there is one, else USER_ID,
 * else GROUP_ID. */
struct provider_recipient {
	const char *phone;
	const char *user_id;
	const char *group_id;
};

/* Where deliveries shall go. */
struct provider_webhook {
	const char *url;
	const char *header;	  /* "Name: value" for each, or NULL */
	const char *verify_token; /* what is_meta asks us for first */
};

/* What to do after an answer, by the table in docs/protocol.md §6.4. */
enum provider_decision {
	PROVIDER_DONE,	  /* taken: wamid, media_id, url, … */
	PROVIDER_RETRY,	  /* later, by itself: RETRY_AFTER or back-off */
	PROVIDER_SLOW,	  /* the number sends too fast: as RETRY, all of it */
	PROVIDER_PAIR,	  /* this conversation too fast: only that waits */
	PROVIDER_REFUSED, /* never: CODE and words say why */
	PROVIDER_STOP,	  /* the number cannot send: key, account, payment */
	PROVIDER_UNKNOWN  /* it may have been taken: never blindly again */
};

/* What an error is about, whatever its code is: what a person does of it, and
 * what is tried again. */
enum provider_fault {
	PROVIDER_FAULT_OTHER,
	PROVIDER_FAULT_KEY, /* or the sign-in as a whole */
	PROVIDER_FAULT_PERMISSION,
	/* of the request; with STOP: the app secret */
	PROVIDER_FAULT_PARAMETER,
	PROVIDER_FAULT_PAYMENT,
	PROVIDER_FAULT_NAME, /* the display name */
	PROVIDER_FAULT_REGISTRATION,
	PROVIDER_FAULT_FILE_FETCH, /* it could not have the file */
	PROVIDER_FAULT_FILE_TYPE   /* or would not take it */
};

struct provider_outcome { /* texts in POOL, NULL not said */
	enum provider_decision decision;
	int retry_after; /* seconds, -1 not said */
	int code;	 /* the provider's, else HTTP status, 0 */
	const char *title;
	const char *detail;
	const char *error; /* JSON {"code","title","detail"} */

	const char *wamid; /* of what was sent */
	const char *input; /* the recipient as we said it … */
	const char *wa_id; /* … and as the provider knows it */
	const char *user_id;

	const char *media_id;  /* upload */
	const char *url;       /* media_address, webhook */
	const char *mime_type; /* media_address */
	const char *sha256;    /* 64 hex digits, lower case */
	int64_t size;	       /* -1 not said */
};

/* REQUEST gets the call, in POOL. */
struct provider {
	const char *name; /* numbers.provider, --provider */
	/* it is Meta: WHATSAPP_CLOUD_URL, an access token, no header for
	 * deliveries */
	int is_meta;

	/* CALLBACK is our own word (at most 512 bytes) that statuses will
	 * carry. */
	void (*send)(struct pool *, const struct provider_account *,
	    const struct outgoing *, const struct provider_recipient *,
	    const char *callback, struct client_request *);
	/* WAMID of the newest inbound message; TYPING also shows "typing". */
	void (*mark_read)(struct pool *, const struct provider_account *,
	    const char *wamid, int typing, struct client_request *);
	void (*upload)(struct pool *, const struct provider_account *,
	    const char *path, const char *file_name, const char *mime_type,
	    struct client_request *);
	void (*media_address)(struct pool *, const struct provider_account *,
	    const char *media_id, struct client_request *);
	/* URL as media_address was answered; -1 when it is not on a host that
	 * may see the key. */
	int (*download)(struct pool *, const struct provider_account *,
	    const char *url, struct client_request *);
	/* A page of the account's message templates: the first, or the one
	 * behind AFTER, the cursor of the last.  -1: waba_id is needed. */
	int (*templates)(struct pool *, const struct provider_account *,
	    const char *after, struct client_request *);
	/* Sets where deliveries go; NULL: asks where they go. */
	void (*webhook)(struct pool *, const struct provider_account *,
	    const struct provider_webhook *, struct client_request *);

	/*
	 * Never fails.  An answer that cannot be read, or none, is UNKNOWN when
	 * it may have been SENT (the call was send, which must not happen
	 * twice), else RETRY.
	 */
	void (*outcome)(struct pool *, const struct client_answer *, int sent,
	    struct provider_outcome *);
	enum provider_fault (*fault)(int64_t code);
};

/* By its name; NULL (no name): the first.  NULL when there is none such. */
const struct provider *provider_find(const char *name);
/* "360dialog, …": what may be typed, in POOL. */
const char *provider_names(struct pool *);

/* 32 bytes as 64 hex digits from hex or base64 (webhooks and answers differ),
 * in POOL; NULL when S is neither. */
char *provider_sha256(struct pool *, const char *s);

#endif
