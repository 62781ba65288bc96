#ifndef CLI_SETUP_SETUP_H
#define CLI_SETUP_SETUP_H

#include <sys/types.h>

#include <stdint.h>

#include "cli/command.h"

/*
 * waspool setup: from a number and its key to an inbox that answers.  Root asks
 * and writes the configuration and nginx's site; what belongs to the programs
 * is done as their user, in a process of its own (setup_as_programs).  Nothing
 * that is there is changed but by what was said anew.
 */
#define SETUP_LINK_MAX 1024
#define SETUP_TEXT_MAX 512

/* What a child finds or does: memory that it shares with its parent. */
struct setup_done {
	/* What is there already; "" nothing. */
	char number[SETUP_TEXT_MAX], provider[SETUP_TEXT_MAX];
	char workspace[SETUP_TEXT_MAX];
	char email[SETUP_TEXT_MAX], name[SETUP_TEXT_MAX];
	int has_key; /* of the number that is asked for */

	int64_t workspace_id;
	int made_workspace, made_user, made_member, made_number, made_key;
	char link[SETUP_LINK_MAX]; /* for a person who is new; "" */
};

/* Answers are in the program's pool; NULL: not known (yet). */
struct setup {
	const char *number, *provider, *account, *key, *app_secret, *url;
	const char *workspace, *email, *name;

	const char *conf; /* the configuration's path */
	int is_installed; /* 1: that of the installation, not another one's */
	uid_t uid;	  /* the programs' user: the state folder's owner */
	gid_t conf_gid;	  /* who reads the configuration, with root */
	int made_conf;
	struct setup_done *done;
};

/* setup_ask.c: fills in all answers, from the options, from what is there, or
 * by asking on the terminal; else the program ends, before anything is
 * written. */
void setup_ask(struct cli *, struct setup *);

/* setup_validate.c: NULL, or why S cannot be that. */
const char *setup_validate_number(const char *s);
const char *setup_validate_provider(const char *s);
const char *setup_validate_key(const char *s);
const char *setup_validate_app_secret(const char *s);
const char *setup_validate_url(const char *s);
const char *setup_validate_name(const char *s);
const char *setup_validate_email(const char *s);
/* The host of such a URL, without its port, in POOL. */
char *setup_host(struct pool *, const char *url);

/* setup_conf.c: takes the lock of the configuration's folder until the process
 * and its children have ended, however they end; or the program ends, since
 * another setup has it.  Before the configuration is read. */
void setup_lock(struct cli *, const struct setup *);
/* Writes the lines that are missing beside the configuration, in
 * PATH.new; 1 there are some, 0 none.  Then they take its place, or go. */
int setup_conf_write(struct cli *, struct setup *);
void setup_conf_take(struct cli *, const struct setup *);
void setup_conf_drop(struct cli *, const struct setup *);

/* setup_child.c: WORK in a process of the programs' user; its exit status. */
int setup_as_programs(
    struct cli *, struct setup *, void (*work)(struct cli *, struct setup *));
/* Runs ARGV[0], as we are: its exit status, or -1. */
int setup_run(char *const *argv);
/* Another verb, quietly: VERBS has it. */
void setup_verb(struct cli *, const struct cli_verb *verbs, const char *name,
    const char *arg, const char *number);

/* setup_rows.c, in a child: what is there; and folders, databases, the rows of
 * the inbox and the key, all or none of them. */
void setup_look(struct cli *, struct setup *);
void setup_rows(struct cli *, struct setup *);

/* setup_site.c: programs and nginx of this machine.  Sentences say what was
 * done; each is 1 when it is as it should be. */
int setup_site(struct cli *, const struct setup *);
int setup_programs(struct cli *, const struct setup *);

/* setup_say.c: "made", "is there", … and what; nothing with --json. */
void setup_say(struct cli *, const char *what, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
