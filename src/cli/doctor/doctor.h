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
 * waspool doctor: says what is wrong, and what to type.  Each check is a
 * process of its own (doctor_child.c): one that crashes, or hangs on a dead
 * disk or a silent peer, is reported, and does not stop the others.  Doctor
 * writes nothing, makes no file, takes no lock, and leaves no line in a
 * program's log; its output has no secret, phone or name.
 *
 * A check reports each thing that it finds, and the worst one is its result;
 * one that reports nothing is OK.  TYPE is the command that mends it, complete,
 * as a shell takes it; NULL when there is nothing to type.
 */
enum doctor_state { DOCTOR_OK, DOCTOR_UNKNOWN, DOCTOR_WARN, DOCTOR_FAIL };

struct doctor { /* of one check, in its process */
	struct pool *pool;
	int64_t now;
	int whole;	      /* 1: --whole, without a limit of time */
	struct config config; /* after doctor_config */
	const char *name;     /* of the check */

	int out; /* the pipe for the results */
	enum doctor_state state;
	const char *says; /* NULL: nothing yet */
	const char *type;
	int found; /* how many things it reported */
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

/* Runs all N checks at once; OUT has N results.  It takes ten seconds at most,
 * unless WHOLE. */
void doctor_run(struct pool *, const struct doctor_row *, size_t n, int whole,
    int64_t now, struct doctor_result *out);

void doctor_say(struct doctor *, enum doctor_state, const char *type,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Sends what was found so far, in case the time is over before the end.  A
 * check that then exits with EX_UNAVAILABLE has failed for the reason that its
 * last line of the log says. */
void doctor_tell(struct doctor *);

/* Loads the configuration, with secrets of these kinds.  When it is wrong the
 * check ends, since another check reports it. */
void doctor_config(struct doctor *, int secrets);
/* Opens a database, read only; the check ends when it cannot be opened. */
struct db *doctor_inbox(struct doctor *);
struct spool *doctor_spool(struct doctor *);
const char *doctor_spool_path(struct doctor *);
/* 1 when the spool is still where older versions had it. */
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

/* The user of the programs, as far as files and processes show it. */
void doctor_programs(struct doctor *, struct doctor_user *);
/* The user of webhook-ingest, which shares the spool's folder with the
 * programs' user through its group. */
void doctor_ingest(struct doctor *, struct doctor_user *);
/* The users of nginx' workers, each once: how many; 0 nginx does not run, and
 * OUT[0] is the user that it would have, if known (name not NULL). */
int doctor_nginx(struct doctor *, struct doctor_user *out, int max);
/* 1 when the user is in that group. */
int doctor_is_member(const struct doctor_user *, gid_t);
/* The user and groups of a running process of program PATH: 1; 0 none runs, or
 * we may not see it. */
int doctor_running(struct doctor *, const char *path, struct doctor_user *);
/* May the user access PATH as WANT says (R_OK, W_OK, X_OK)?  1; 0, and
 * *WHERE (in POOL) is the file or folder that prevents it; -1 not known. */
int doctor_may(struct doctor *, const struct doctor_user *, const char *path,
    int want, const char **where);

/* The next process of program PATH; *PID is its pid, 0 at first.  1, and
 * *OLD: the file that it runs was replaced; 0 no more. */
int doctor_next_process(
    struct doctor *, const char *path, pid_t *pid, int *old);

/* --------------------------------------------------------- doctor_type.c */

/* S as one word of a shell. */
const char *doctor_word(struct doctor *, const char *s);
/* A command that needs root, by printf: with "sudo " unless we are root. */
const char *doctor_root(struct doctor *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* "waspool ARGS", run as the programs' user, with this configuration. */
const char *doctor_waspool(struct doctor *, const char *args);
/* The same as root, or as the user we are: for what any user may do. */
const char *doctor_waspool_root(struct doctor *, const char *args);
/* The command that appends KEY=VALUE, a word of the shell, to the
 * configuration. */
const char *doctor_append(struct doctor *, const char *assignment);
/* The path of the configuration file, which need not exist. */
const char *doctor_config_path(void);
/* The command that restarts a program (webhook-ingest, …, waspool-process,
 * waspool-dispatch), by whatever supervises it. */
const char *doctor_restart(struct doctor *, const char *program);

/* A small file, at most 64 KiB of it, in POOL; NULL: errno. */
char *doctor_read(struct pool *, const char *path);
char *doctor_dir_of(struct pool *, const char *path);

/* -------------------------------------------------- doctor_supervision.c */

/* 1 when this machine runs systemd. */
int doctor_has_systemd(void);
/* The file of systemd unit NAME (with its suffix), if it runs this node; in
 * POOL; NULL none. */
const char *doctor_unit(struct doctor *, const char *name);
/* The same, of any unit, whomever it runs. */
const char *doctor_unit_path(struct doctor *, const char *name);
/* 1 when systemd starts that service or socket with the machine. */
int doctor_is_enabled(struct doctor *, const char *unit);
/* The file of cron that starts the processor; NULL none. */
const char *doctor_cron(struct doctor *);
/* 1 when this is the configuration of the machine, not one that
 * WASPOOL_CONFIG names. */
int doctor_is_installed(void);

/* ------------------------------------------------------ doctor_starter.c */

struct doctor_starter {
	const char *what; /* the name of a unit, or a file of cron */
	const char *stop; /* the command by which it no longer does */
};

/* What starts PROGRAM with the configuration of the machine, the service
 * before timers and lines of cron: how many, at most MAX. */
int doctor_starters(
    struct doctor *, const char *program, struct doctor_starter *out, int max);

/* ---------------------------------------------------------- doctor_ask.c */

struct doctor_answer {
	int status; /* of HTTP; 0 none, and ERROR says why */
	int error;  /* errno of connect; ETIMEDOUT; EPROTO */
	const char *body;
};

/* Makes one FastCGI request over the socket PATH, with METHOD, URI and a token
 * (NULL none).  Waits two seconds at most. */
void doctor_ask(struct doctor *, const char *path, const char *method,
    const char *uri, const char *token, struct doctor_answer *);

/* ------------------------------------------------------------ the checks */

doctor_check doctor_configuration, doctor_secrets, doctor_workspace;
doctor_check doctor_files, doctor_media;
doctor_check doctor_keys, doctor_tokens;
doctor_check doctor_verify, doctor_webhook_ingest, doctor_actions,
    doctor_realtime, doctor_sign_in;
doctor_check doctor_inbox_db, doctor_spool_db, doctor_spool_order,
    doctor_restored, doctor_backup;
doctor_check doctor_processor, doctor_dispatcher, doctor_dead, doctor_numbers,
    doctor_outbox, doctor_quotas, doctor_let_in;
doctor_check doctor_disk, doctor_clock, doctor_versions, doctor_nginx_works,
    doctor_supervision, doctor_log;
doctor_check doctor_provider, doctor_search;
/* Of doctor_nginx_works, when none runs. */
doctor_check doctor_nginx_away;

#endif
