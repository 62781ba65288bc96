#ifndef CLI_DOCTOR_DOCTOR_H
#define CLI_DOCTOR_DOCTOR_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "base/config.h"

struct db;
struct pool;
struct spool;

/*
 * waspool doctor: what is wrong, and what to type.  Each check is a process of
 * its own (doctor_child.c), so that one that dies, or hangs on a dead disk or a
 * silent peer, says so and takes nobody with it.  Nothing here writes, makes a
 * file, takes a lock or leaves a line in a program's log; no secret, phone or
 * name is said.
 *
 * A check says what it finds, from none to many times; the worst of it counts,
 * and a check that says nothing is well.  TYPE is a command that a shell takes
 * as it stands, with all that is known filled in, and that mends it; NULL where
 * there is nothing to type.
 */
enum doctor_state { DOCTOR_OK, DOCTOR_UNKNOWN, DOCTOR_WARN, DOCTOR_FAIL };

struct doctor { /* of one check, in its process */
	struct pool *pool;
	int64_t now;
	int whole;	      /* --whole: there is time */
	struct config config; /* after doctor_config */
	const char *name;     /* of the check */

	int out; /* what was found goes here */
	enum doctor_state state;
	const char *says; /* NULL: nothing yet */
	const char *type;
	int found; /* times that it said something */
};

typedef void doctor_check(struct doctor *);

struct doctor_row {
	const char *name; /* stable: --json has it */
	doctor_check *check;
};

struct doctor_result { /* texts in POOL, TYPE NULL none */
	enum doctor_state state;
	const char *says;
	const char *type;
};

/* All N at once; OUT is as long.  Back in ten seconds at the most, unless
 * WHOLE. */
void doctor_run(struct pool *, const struct doctor_row *, size_t n, int whole,
    int64_t now, struct doctor_result *out);

void doctor_say(struct doctor *, enum doctor_state, const char *type,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* What was found so far counts, should the time be over before the rest. */
void doctor_tell(struct doctor *);

/* The configuration, with secrets of these kinds; the check ends where it is
 * wrong: another one says so. */
void doctor_config(struct doctor *, int secrets);
/* Databases, only to look; the check ends when one cannot be looked at. */
struct db *doctor_inbox(struct doctor *);
struct spool *doctor_spool(struct doctor *);
const char *doctor_spool_path(struct doctor *);
/* 1 when it is still where older versions had it. */
int doctor_spool_is_old(struct doctor *);

/* ---------------------------------------------------------- doctor_who.c */

struct doctor_user {
	const char *name; /* or its number */
	const char *group;
	uid_t uid;
	gid_t gid;
	gid_t groups[64];
	int n_groups;
};

/* Whom the programs run as, as far as files and processes tell. */
void doctor_programs(struct doctor *, struct doctor_user *);
/* webhook-ingest, which has a user of its own, and shares its folder with the
 * programs' by that one's group. */
void doctor_ingest(struct doctor *, struct doctor_user *);
/* Workers of nginx, each user once: how many; 0 it does not run, and then
 * OUT[0] is who it would be, when that is known (name not NULL). */
int doctor_nginx(struct doctor *, struct doctor_user *out, int max);
/* 1 when the user is in that group. */
int doctor_is_member(const struct doctor_user *, gid_t);
/* The user and groups that a process of the program PATH has had since it was
 * started: 1; 0 none runs, or it is not for us to see. */
int doctor_running(struct doctor *, const char *path, struct doctor_user *);
/* May the user do that with PATH (R_OK, W_OK, X_OK)?  1; 0, and *WHERE, in
 * POOL, is what is in the way; -1 that cannot be seen. */
int doctor_may(struct doctor *, const struct doctor_user *, const char *path,
    int want, const char **where);

/* One process after another whose program is PATH, its pid in *PID, from 0 on:
 * 1, and *OLD when the file that it runs is there no more; 0 no more. */
int doctor_next_process(
    struct doctor *, const char *path, pid_t *pid, int *old);

/* --------------------------------------------------------- doctor_type.c */

/* S as one word of a shell. */
const char *doctor_word(struct doctor *, const char *s);
/* printf, for what only root may do: "sudo " before it unless we are. */
const char *doctor_root(struct doctor *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* "waspool ARGS" as the programs' user, on this configuration. */
const char *doctor_waspool(struct doctor *, const char *args);
/* The same as root, or as the user we are: for what any user may do. */
const char *doctor_waspool_root(struct doctor *, const char *args);
/* Puts KEY=VALUE, a shell's word, at the end of the configuration. */
const char *doctor_append(struct doctor *, const char *assignment);
/* The configuration file that is read, there or not. */
const char *doctor_config_path(void);
/* What starts the program anew, by whatever supervises it: webhook-ingest, …,
 * waspool-process. */
const char *doctor_restart(struct doctor *, const char *program);

/* A small file, at most 64 KiB of it, in POOL; NULL: errno. */
char *doctor_read(struct pool *, const char *path);
char *doctor_dir_of(struct pool *, const char *path);

/* -------------------------------------------------- doctor_supervision.c */

/* What supervises the processor, if anything does. */
int doctor_has_systemd(void);
/* The file of a unit that runs this node, in POOL; NULL none.  NAME with its
 * end. */
const char *doctor_unit(struct doctor *, const char *name);
/* The file of cron that starts the processor; NULL none. */
const char *doctor_cron(struct doctor *);
/* 1 when this is the configuration of the machine, not one that
 * WASPOOL_CONFIG names. */
int doctor_is_installed(void);

/* ---------------------------------------------------------- doctor_ask.c */

struct doctor_answer {
	int status; /* of HTTP; 0 none, and ERROR says why */
	int error;  /* errno of connect; ETIMEDOUT; EPROTO */
	const char *body;
};

/* One request of FastCGI over the socket PATH: METHOD, the address URI, a token
 * (NULL none).  Waits at most two seconds. */
void doctor_ask(struct doctor *, const char *path, const char *method,
    const char *uri, const char *token, struct doctor_answer *);

/* ------------------------------------------------------------ the checks */

doctor_check doctor_configuration, doctor_secrets, doctor_workspace;
doctor_check doctor_files, doctor_media;
doctor_check doctor_keys, doctor_tokens;
doctor_check doctor_verify, doctor_webhook_ingest, doctor_actions,
    doctor_realtime;
doctor_check doctor_inbox_db, doctor_spool_db, doctor_spool_order,
    doctor_restored, doctor_backup;
doctor_check doctor_processor, doctor_dead, doctor_numbers, doctor_outbox,
    doctor_quotas, doctor_let_in;
doctor_check doctor_disk, doctor_clock, doctor_versions, doctor_nginx_works,
    doctor_supervision, doctor_log;
doctor_check doctor_provider;

#endif
