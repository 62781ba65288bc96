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
	EVENT_CALL,	/* a message of type call, said anew as it goes on */
	/* a system message of a group, or without a preview its name */
	EVENT_GROUP,
	EVENT_MARKETING, /* a system message: does the customer want it? */
	/* the phone's address book has wa_id by profile_name, NULL not now */
	EVENT_PHONE_BOOK
};

enum event_source {
	EVENT_LIVE,   /* the customer wrote it now */
	EVENT_ECHO,   /* typed by the business on its phone app */
	EVENT_HISTORY /* older: makes nothing unread, opens no window */
};

/* The other side of a conversation, as one event names it. */
struct customer {
	const char *wa_id;   /* digits, no +; an account, not a phone */
	const char *user_id; /* BSUID, CC.xxxx */
	const char *parent_user_id;
	const char *username; /* without @ */
	const char *profile_name;
	const char *group_id; /* set: the conversation is the group's */

	/* EVENT_IDENTITY, and messages of type system: the customer's new
	 * ids */
	const char *new_wa_id;
	const char *new_user_id;
	const char *new_parent_user_id;

	/* filled in by process/drain/apply.c, from the event */
	const char *portfolio; /* of the user ids: the account (WABA) */
	int64_t at;
};

/* What became of a group of ours (docs/protocol.md §3.6). */
struct event_group {
	const char *type; /* the provider's: group_create, … */
	const char *group_id;
	const char *request_id; /* of ours, that it answers */
	const char *subject;
	const char *description;
	const char *invite_link;
	const char *approval; /* auto_approve, approval_required */
	const char *error;    /* JSON {"code","title","detail"}: it failed */
};

/* The file of a message, which is downloaded later. */
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
	int64_t at; /* the provider's time, even when ahead of our clock */
	int timed;  /* 1: at is of this event itself, not of its delivery */

	/* messages */
	const char *wamid;
	const char *type;     /* docs/openapi.yaml's, or the provider's */
	const char *content;  /* JSON object, the provider's for TYPE */
	const char *context;  /* JSON {"wamid","from","forwarded",…} */
	const char *referral; /* JSON, the provider's */
	const char *error;    /* JSON {"code","title","detail"} */
	int64_t error_code;   /* the code in error, 0 none */
	const char *preview;  /* one line, PREVIEW_MAX */
	const char *text;     /* what a person would search for */
	int counts_unread;    /* 1: it makes the conversation unread */
	int opens_window;     /* 1: it opens the 24 h window */
	struct event_media media;
	const char *shared; /* digits of the own number, given on request */

	/* edit, revoke, reaction, status */
	const char *target_wamid;
	const char *emoji; /* reaction; NULL takes it back */
	/* call: inbox/message/message_call.h; marketing: stopped, allowed */
	const char *state;
	const char *subject; /* group: what it is called now */
	int joins;	     /* group: 1 the customer joined it, -1 left it */
	int asks;	     /* group: 1 they ask to join it, -1 no longer */
	const char *asks_id; /* … the provider's id of that request */

	/* status; of a message of ours in echoes and history, too */
	const char *status;	 /* lower case: sent, delivered, read, … */
	const char *participant; /* who in a group, else NULL */
	const char *callback;	 /* biz_opaque_callback_data */

	/* notice, status: the provider's field and the value, raw */
	const char *field;
	const char *raw;		 /* JSON */
	const struct event_group *group; /* of a notice; NULL no group's */
};

#endif
