#ifndef WHATSAPP_EVENT_H
#define WHATSAPP_EVENT_H

#include <stdint.h>

/*
 * One thing that a delivery says, in our words.  Plain data: all pointers are
 * in the pool that the delivery was parsed in, NULL means "not said" (absent,
 * null and "" alike), times are unix seconds, 0 unknown.
 */
enum event_kind {
	EVENT_MESSAGE,	/* a message, also reaction and system */
	EVENT_EDIT,	/* target_wamid gets new content */
	EVENT_REVOKE,	/* target_wamid was deleted by its sender */
	EVENT_STATUS,	/* target_wamid, one of ours, moved on */
	EVENT_IDENTITY, /* the customer has another wa_id or user_id */
	EVENT_NOTICE,	/* kept as a workspace event */
	EVENT_IGNORED	/* calls: a trace in the log, nothing else */
};

enum event_source {
	EVENT_LIVE,   /* the customer wrote it now */
	EVENT_ECHO,   /* typed by the business on its phone app */
	EVENT_HISTORY /* from before; neither unread nor a window */
};

/* Who a conversation is with, as it is said at one time. */
struct customer {
	const char *wa_id;   /* digits, no +; an account, not a phone */
	const char *user_id; /* BSUID, CC.xxxx */
	const char *parent_user_id;
	const char *username; /* without @ */
	const char *profile_name;
	const char *group_id; /* alone makes it a group's */

	/* identity, and messages of type system: what the customer becomes */
	const char *new_wa_id;
	const char *new_user_id;
	const char *new_parent_user_id;

	/* the event's own, filled in by who takes the customer out of it */
	const char *portfolio; /* of the user ids: the account (WABA) */
	int64_t at;
};

/* A file that can be fetched later, when content has one. */
struct event_media {
	const char *id; /* NULL: none to fetch */
	const char *mime_type;
	const char *sha256;   /* as sent: base64 */
	const char *filename; /* the sender's; never a path of ours */
};

/* The provider sends at most 1000 updates at a time; history more. */
#define DELIVERY_EVENTS_MAX 65536

struct event {
	enum event_kind kind;
	enum event_source source;
	int inbound; /* 1 from the customer, 0 from us */

	const char *waba_id;
	const char *phone_number_id; /* NULL: the delivery names none */
	const char *display_phone_number;

	struct customer customer;
	int64_t at; /* the provider's, whatever our clock says */
	int timed;  /* 1: it said so of this event itself */

	/* messages */
	const char *wamid;
	const char *type;     /* docs/openapi.yaml's, or the provider's */
	const char *content;  /* JSON object, the provider's for TYPE */
	const char *context;  /* JSON {"wamid","from","forwarded",…} */
	const char *referral; /* JSON, the provider's */
	const char *error;    /* JSON {"code","title","detail"} */
	int64_t error_code;   /* its code, 0 none */
	const char *preview;  /* one line, at most 100 code points */
	const char *text;     /* what a person would search for */
	int counts_unread;    /* a person should look at it */
	int opens_window;     /* it opens the 24 h window */
	struct event_media media;

	/* edit, revoke, reaction, status */
	const char *target_wamid;
	const char *emoji; /* reaction; NULL takes it back */

	/* status; also what history says of its messages */
	const char *status;	 /* lower case: sent, delivered, read, … */
	const char *participant; /* who in a group, else NULL */
	const char *callback;	 /* biz_opaque_callback_data */

	/* notice, ignored, status: the provider's field and the value, raw */
	const char *field;
	const char *raw; /* JSON */
};

#endif
