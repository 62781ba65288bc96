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
 * A provider carries our messages to WhatsApp (docs/protocol.md §6).  Each is
 * one table of functions, which say which request to make and what an answer
 * means.  Nothing here waits or connects: lib/http/client makes the requests.
 * The key goes to the provider's hosts only.
 */
struct provider_account {
	const struct provider *provider;
	const char *url; /* base URL of the API, as configured */
	const char *key; /* of one number */
	const char *phone_number_id;
	const char *waba_id;	/* NULL: not known */
	const char *app_secret; /* of Meta's app; NULL: not known */
};

/* Whom a message goes to: phone (E.164 with +) when there is one, else user_id,
 * else group_id. */
struct provider_recipient {
	const char *phone;
	const char *user_id;
	const char *group_id;
};

/* The webhook to be set: where the provider shall send deliveries. */
struct provider_webhook {
	const char *url;
	const char *header;	  /* "Name: value", sent with each; or NULL */
	const char *verify_token; /* is_meta: of its first request (GET) */
};

/* A file that the provider looks at before it creates a template. */
struct provider_example {
	const char *path;
	const char *file_name; /* NULL none */
	const char *mime_type;
	int64_t size;
};

enum provider_group {
	PROVIDER_GROUP_CREATE,
	PROVIDER_GROUP_CHANGE,
	PROVIDER_GROUP_LINK,
	PROVIDER_GROUP_APPROVE,
	PROVIDER_GROUP_REJECT,
	PROVIDER_GROUP_REMOVE,
	PROVIDER_GROUP_END
};

/* What to do after an answer, by the table in docs/protocol.md §6.4. */
enum provider_decision {
	PROVIDER_DONE,	  /* accepted: wamid, media_id, url, … */
	PROVIDER_RETRY,	  /* again after retry_after, or with back-off */
	PROVIDER_SLOW,	  /* as RETRY: rate limit, all of the number waits */
	PROVIDER_PAIR,	  /* as RETRY: rate limit, one conversation waits */
	PROVIDER_REFUSED, /* never again: code, title and detail say why */
	PROVIDER_STOP,	  /* the number cannot send: key, account, payment */
	PROVIDER_UNKNOWN  /* perhaps accepted: not again by itself */
};

/* The cause of an error, whatever its code.  It decides what a person is told
 * to do, and what is tried again. */
enum provider_fault {
	PROVIDER_FAULT_OTHER,
	PROVIDER_FAULT_KEY, /* the key, or authentication as a whole */
	PROVIDER_FAULT_PERMISSION,
	/* a parameter of the request; with PROVIDER_STOP: the app secret */
	PROVIDER_FAULT_PARAMETER,
	PROVIDER_FAULT_PAYMENT,
	PROVIDER_FAULT_NAME, /* the display name */
	PROVIDER_FAULT_REGISTRATION,
	PROVIDER_FAULT_FILE_FETCH, /* the provider could not fetch the file */
	PROVIDER_FAULT_FILE_TYPE   /* the provider takes no such file */
};

struct provider_outcome { /* texts in POOL, NULL not said */
	enum provider_decision decision;
	int retry_after; /* seconds, -1 not said */
	int code;	 /* the provider's, else the HTTP status, else 0 */
	const char *title;
	const char *detail;
	const char *error; /* JSON {"code","title","detail"} */

	const char *wamid; /* of what was sent */
	const char *input; /* the recipient as in our request … */
	const char *wa_id; /* … and the account that it is */
	const char *user_id;

	int blocked;	       /* block: 1 the answer says that it is done */
	const char *media_id;  /* upload */
	const char *url;       /* media_address, webhook */
	const char *mime_type; /* media_address */
	const char *sha256;    /* 64 hex digits, lower case */
	int64_t size;	       /* -1 not said */
};

/* REQUEST gets the call, in POOL. */
struct provider {
	const char *name; /* numbers.provider, --provider */
	/* 1: Meta itself: WHATSAPP_CLOUD_URL, an access token, and deliveries
	 * that are signed instead of carrying a header of ours */
	int is_meta;

	/* CALLBACK: a text of ours (at most 512 bytes) that comes back with the
	 * message's statuses. */
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
	/* URL: as in the answer to media_address.  -1 when its host may not see
	 * the key. */
	int (*download)(struct pool *, const struct provider_account *,
	    const char *url, struct client_request *);
	/* A page of the account's message templates: the first, or the one
	 * after AFTER, the previous page's cursor.  -1: waba_id is needed. */
	int (*templates)(struct pool *, const struct provider_account *,
	    const char *after, struct client_request *);
	/* How the number is (graph_health.h); FEW: only the fields that all
	 * know. */
	void (*health)(struct pool *, const struct provider_account *, int few,
	    struct client_request *);
	/* ON: the customer, by phone or user id, can write to the number no
	 * more, and it not to them; else they can again. */
	void (*block)(struct pool *, const struct provider_account *,
	    const struct provider_recipient *, int on, struct client_request *);
	/* A page of the list of whom the number blocks; AFTER as above. */
	void (*blocked)(struct pool *, const struct provider_account *,
	    const char *after, struct client_request *);
	/* Creates a template: TEMPLATE is the provider's object, JSON.  Deletes
	 * that of NAME, in all its languages.  -1: waba_id is needed. */
	int (*template_create)(struct pool *, const struct provider_account *,
	    const char *template, struct client_request *);
	int (*template_delete)(struct pool *, const struct provider_account *,
	    const char *name, struct client_request *);
	/* Gives the provider a file to look at (docs/protocol.md §6.7): first
	 * its name, type and length, which the answer's "id" is a session for;
	 * then the file at PATH, whose handle is "h".  -1: SESSION is none. */
	void (*example_begin)(struct pool *, const struct provider_account *,
	    const struct provider_example *, struct client_request *);
	int (*example_file)(struct pool *, const struct provider_account *,
	    const struct provider_example *, const char *session,
	    struct client_request *);
	/* Makes a group of the number: BODY is the provider's JSON; then
	 * GROUP_ID is NULL, and a delivery says what became of it.  Or
	 * changes GROUP_ID (BODY), gives it another invite link (BODY), answers
	 * requests to join it (BODY), removes participants (BODY), ends it (no
	 * BODY). */
	void (*group)(struct pool *, const struct provider_account *,
	    enum provider_group what, const char *group_id, const char *body,
	    struct client_request *);
	/* A page of who asks to join it; AFTER as above. */
	void (*group_asking)(struct pool *, const struct provider_account *,
	    const char *group_id, const char *after, struct client_request *);
	/* Gives it the picture in the file at PATH, a JPEG. */
	void (*group_picture)(struct pool *, const struct provider_account *,
	    const char *group_id, const char *path, struct client_request *);
	/* Sets the webhook; NULL: asks which one is set. */
	void (*webhook)(struct pool *, const struct provider_account *,
	    const struct provider_webhook *, struct client_request *);

	/*
	 * Never fails.  SENT: the request was one of send, which must not
	 * happen twice; then an unreadable answer, or none, is
	 * PROVIDER_UNKNOWN.  Else it is PROVIDER_RETRY.
	 */
	void (*outcome)(struct pool *, const struct client_answer *, int sent,
	    struct provider_outcome *);
	enum provider_fault (*fault)(int64_t code);
};

/* The provider of that name; of NULL: the first, which is the default.  NULL
 * when there is none. */
const struct provider *provider_find(const char *name);
/* All names, "360dialog, …", for an error message; in POOL. */
const char *provider_names(struct pool *);

/* 32 bytes as 64 hex digits from hex or base64 (webhooks and answers differ),
 * in POOL; NULL when S is neither. */
char *provider_sha256(struct pool *, const char *s);

#endif
