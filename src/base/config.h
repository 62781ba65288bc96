#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#include "base/config_value.h"
#include "base/net/address.h"

/*
 * The configuration: KEY=value lines of $WASPOOL_CONFIG, or of
 * SYSCONFDIR/waspool/waspool.conf when that is there; the environment wins.
 * waspool.conf(5) says what each key means; config.c has the table.
 */

/* Which secrets a program wants; others are not kept in its memory. */
enum config_secret {
	CONFIG_VERIFY = 1,  /* verify_token */
	CONFIG_WEBHOOK = 2, /* webhook_tokens, app_secrets */
	CONFIG_API = 4,	    /* api_key, app_secrets */
	CONFIG_TYPED = 8,   /* none: a person reads the log where he types */
	CONFIG_INBOX = 16,  /* inbox */
	CONFIG_MEMBER = 32  /* inbox_member, or inbox when that is not set */
};

#define CONFIG_UPLOADS_MAX 120 /* and so many connections that wait */

struct pool;

struct config {
	const char *api_key; /* NULL not set, as all texts */
	const char *phone_number_id;
	const char *verify_token;
	int64_t default_workspace; /* 0 none */
	struct config_list webhook_tokens;
	struct config_list app_secrets;
	int webhook_auth_none; /* WHATSAPP_WEBHOOK_AUTH=none */
	const char *api_url;   /* of 360dialog */
	const char *cloud_url; /* of Meta, with its version */
	const char *cloud_version;
	const char *url;		 /* of our site, for links */
	struct config_list cors_origins; /* of other sites' pages */
	const char *state_dir;
	const char *run_dir;
	const char *spool_dir;
	const char *inbox; /* an address; NULL: a file, see below */
	const char *inbox_member;
	const char *token_dir; /* webhook tokens */
	const char *key_dir;
	int64_t keep_deliveries; /* seconds */
	int64_t keep_bytes;
	int64_t keep_changes;	/* seconds */
	int64_t keep_held;	/* seconds, dead deliveries */
	int64_t keep_messages;	/* seconds, 0: for ever */
	int64_t min_free;	/* bytes, for deliveries */
	int64_t files_min_free; /* bytes, for all else */
	int64_t body_max;	/* bytes */
	int64_t unchecked_max;	/* deliveries */
	int64_t unchecked_bytes;
	int64_t threads; /* verify, ingest */
	int64_t action_threads;
	int64_t realtime_max; /* streams */
	int64_t realtime_per_address;
	int64_t batch;			    /* deliveries a transaction */
	int64_t wait_ms;		    /* for the write lock */
	int send_read_receipts;		    /* yes or no */
	int64_t send_rate;		    /* messages a second and number */
	int64_t send_parallel;		    /* requests under way, a number */
	int64_t media_max;		    /* bytes of a file */
	int64_t media_parallel;		    /* files at a time */
	int64_t files_quota;		    /* bytes a workspace, 0 none */
	int64_t keep_uploads;		    /* seconds */
	int64_t uploads_max;		    /* at a time */
	struct address_rules webhook_allow; /* of webhooks out */
	const char *log_level;		    /* debug, info, warn */
	const char *log;		    /* log_to() */
};

/*
 * Reads it for program PROG, opens its log, and ends the program with
 * EX_CONFIG and the key and line when something is wrong in it.  A file with
 * secrets that others may read is said in the log.  SECRETS: config_secret
 * words.  What it points to lives as long as the process.
 */
void config_load(struct config *, const char *prog, int secrets);

/* The same once more, by a process of its own: 1 when nothing was wrong; 0
 * else, said in the log.  It sees what the file has now. */
int config_is_right(void);

/* STATE_DIR/NAME, SPOOL_DIR/NAME or RUN_DIR/NAME, process life. */
char *config_state_path(const struct config *, const char *name);
char *config_spool_path(const struct config *, const char *name);
char *config_run_path(const struct config *, const char *name);

/*
 * Where the inbox is, for db_open: STATE_DIR/inbox.db, or an address
 * postgresql://…, which may have a password in it: db_shown makes what a log
 * may have.  And the same for who serves members only.  Process life; without
 * CONFIG_INBOX and CONFIG_MEMBER nobody knows.
 */
const char *config_inbox(const struct config *);
const char *config_inbox_member(const struct config *);

/* The address of PATH on our site, which is of the host alone without
 * WASPOOL_URL; in POOL. */
char *config_site_url(const struct config *, struct pool *, const char *path);

/* Where PROG counts (base/counters.h), in POOL; NULL: process life. */
char *config_counters_path(
    const struct config *, struct pool *, const char *prog);

#endif
