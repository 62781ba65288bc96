/*
 * Starts and stops a PostgreSQL (pg_server.h).  It ends with us, however we
 * end.
 */
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "base/pool.h"

#include "lib/sql/db.h"

#include "pg/pg_server.h"

#define WAIT_MS	     60000
#define LOOK_MS	     20
#define CHILDREN_MAX 64
#define INITDB	     "/usr/lib/postgresql/*/bin/initdb"
#define DATABASE     "user=waspool dbname=postgres connect_timeout=60"

struct pg_server {
	char bin[256]; /* folder of the programs */
	char dir[64];
	char target[128];
	pid_t pid;
};

/* In a child: whom PostgreSQL runs as, which root it refuses to. */
static void
become_nobody(const char *dir)
{
	const struct passwd *nobody = getpwnam("nobody");

	if (geteuid() == 0 && nobody != NULL &&
	    (chown(dir, nobody->pw_uid, nobody->pw_gid) == -1 ||
		setgroups(0, NULL) == -1 || setgid(nobody->pw_gid) == -1 ||
		setuid(nobody->pw_uid) == -1))
		_exit(126);
	prctl(PR_SET_PDEATHSIG, SIGQUIT);
}

/* Runs PROGRAM of S with ARGS; what it says goes to DIR/log. */
static pid_t
run_program(const struct pg_server *s, const char *program, char **args)
{
	char path[320], log[128];
	pid_t pid = fork();
	int fd;

	if (pid != 0)
		return pid;
	snprintf(path, sizeof(path), "%s/%s", s->bin, program);
	snprintf(log, sizeof(log), "%s/log", s->dir);
	become_nobody(s->dir);
	fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (chdir(s->dir) == -1 || fd == -1 || dup2(fd, 1) == -1 ||
	    dup2(fd, 2) == -1)
		_exit(126);
	args[0] = path;
	execv(path, args);
	_exit(127);
}

static int
run_to_end(const struct pg_server *s, const char *program, char **args)
{
	pid_t pid = run_program(s, program, args);
	int status = -1;

	return pid != -1 && waitpid(pid, &status, 0) == pid && status == 0 ? 0
									   : -1;
}

/* Who comes by the socket. */
static int
let_in(const struct pg_server *s)
{
	static const char rules[] = "local all secret scram-sha-256\n"
				    "local all all trust\n"
				    "local replication all trust\n";
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/data/pg_hba.conf", s->dir);
	f = fopen(path, "w");
	if (f == NULL)
		return -1;
	fputs(rules, f);
	return fclose(f);
}

static int
make_cluster(const struct pg_server *s)
{
	char *args[] = { NULL, "-D", "data", "-U", "waspool", "-A", "trust",
		"-E", "UTF8", "--locale=C", "--lc-ctype=C.UTF-8", "--no-sync",
		"--no-instructions", NULL };

	return run_to_end(s, "initdb", args) == 0 ? let_in(s) : -1;
}

static int
copy_cluster(const struct pg_server *s, const struct pg_server *primary)
{
	char from[128];
	char *args[] = { NULL, "-D", "data", "-R", "-X", "stream", "-c", "fast",
		"--no-sync", "-d", from, NULL };

	snprintf(from, sizeof(from), "host=%s user=waspool", primary->dir);
	return run_to_end(s, "pg_basebackup", args);
}

static int
wait_until_it_answers(struct pg_server *s)
{
	int status;

	for (int ms = 0; ms < WAIT_MS; ms += LOOK_MS) {
		if (PQping(s->target) == PQPING_OK)
			return 0;
		if (waitpid(s->pid, &status, WNOHANG) == s->pid) {
			s->pid = 0;
			return -1;
		}
		usleep(LOOK_MS * 1000);
	}
	return -1;
}

static int
begin_server(struct pg_server *s)
{
	char *args[] = { NULL, "-D", "data", "-k", s->dir, "-c",
		"listen_addresses=", "-c", "fsync=off", "-c",
		"shared_buffers=16MB", "-c", "jit=off", "-c", "autovacuum=off",
		NULL };

	s->pid = run_program(s, "postgres", args);
	if (s->pid == -1)
		s->pid = 0;
	return s->pid == 0 ? -1 : wait_until_it_answers(s);
}

static int
find_programs(struct pg_server *s)
{
	glob_t found;
	int rc = glob(INITDB, 0, NULL, &found);

	/* The newest, if there are several. */
	if (rc == 0)
		snprintf(s->bin, sizeof(s->bin), "%.*s",
		    (int)(strlen(found.gl_pathv[found.gl_pathc - 1]) -
			  strlen("/initdb")),
		    found.gl_pathv[found.gl_pathc - 1]);
	globfree(&found);
	return rc == 0 ? 0 : -1;
}

/* One that is not there yet, in a new folder; NULL. */
static struct pg_server *
new_server(int *absent)
{
	struct pg_server *s = xcalloc(sizeof(*s));

	strcpy(s->dir, "/tmp/waspool-pg-XXXXXX");
	*absent = find_programs(s) == -1;
	if (*absent || mkdtemp(s->dir) == NULL) {
		free(s);
		return NULL;
	}
	snprintf(s->target, sizeof(s->target), "host=%s " DATABASE, s->dir);
	return s;
}

struct pg_server *
pg_server_start(const char **why, int *absent)
{
	struct pg_server *s = new_server(absent);

	*why = *absent ? "PostgreSQL is not installed: apt-get install "
			 "postgresql"
		       : "PostgreSQL does not start";
	if (s != NULL && make_cluster(s) == 0 && begin_server(s) == 0)
		return s;
	pg_server_stop(s);
	return NULL;
}

struct pg_server *
pg_server_start_standby(const struct pg_server *primary)
{
	int absent;
	struct pg_server *s = new_server(&absent);

	if (s != NULL && copy_cluster(s, primary) == 0 && begin_server(s) == 0)
		return s;
	pg_server_stop(s);
	return NULL;
}

/* The children of PID: how many, at most MAX. */
static int
list_children(pid_t pid, pid_t *children, int max)
{
	char path[64];
	int n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	f = fopen(path, "r");
	while (f != NULL && n < max && fscanf(f, "%d", &children[n]) == 1)
		n++;
	if (f != NULL)
		fclose(f);
	return n;
}

/* It may be somebody else's to wait for. */
static int
is_running(pid_t pid)
{
	char path[64], state = 'Z';
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (f == NULL)
		return 0;
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 'Z';
	fclose(f);
	return state != 'Z' && state != 'X';
}

/* Its children would end by themselves, but a moment later: until then they
 * answer. */
void
pg_server_kill(struct pg_server *s)
{
	pid_t children[CHILDREN_MAX];
	int n;

	if (s->pid <= 0)
		return;
	n = list_children(s->pid, children, CHILDREN_MAX);
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	s->pid = 0;
	for (int i = 0; i < n; i++)
		kill(children[i], SIGKILL);
	for (int i = 0; i < n; i++)
		while (is_running(children[i]))
			usleep(1000);
}

/* Those of its processes that outlived it keep it from starting for a moment:
 * it ends at once then. */
int
pg_server_start_again(struct pg_server *s)
{
	for (int ms = 0; ms < WAIT_MS; ms += LOOK_MS) {
		if (begin_server(s) == 0)
			return 0;
		if (s->pid != 0) /* it runs, and does not answer */
			return -1;
		usleep(LOOK_MS * 1000);
	}
	return -1;
}

/* Runs SQL: the first value that it answers, as a number. */
static long
ask_server(PGconn *conn, const char *sql)
{
	PGresult *r = PQexec(conn, sql);
	long value =
	    PQntuples(r) > 0 ? strtol(PQgetvalue(r, 0, 0), NULL, 10) : 0;

	PQclear(r);
	return value;
}

/* The setting is the checkpointer's to tell, when it has heard of it: before it
 * does what it is asked. */
void
pg_server_hold_commits(const struct pg_server *s, int hold)
{
	PGconn *conn = PQconnectdb(s->target);

	ask_server(conn, hold ? "ALTER SYSTEM SET synchronous_standby_names"
				" = 'nobody'"
			      : "ALTER SYSTEM RESET synchronous_standby_names");
	ask_server(conn, "SELECT pg_reload_conf()");
	for (int ms = 0;
	     ms < WAIT_MS &&
	     ask_server(conn,
		 "SELECT COUNT(*) FROM pg_settings WHERE name ="
		 " 'synchronous_standby_names' AND setting <> ''") != hold;
	     ms += LOOK_MS)
		usleep(LOOK_MS * 1000);
	ask_server(conn, "CHECKPOINT");
	PQfinish(conn);
}

const char *
pg_server_folder(const struct pg_server *s)
{
	return s->dir;
}

void
pg_server_stop(struct pg_server *s)
{
	char command[128];

	if (s == NULL)
		return;
	if (s->pid > 0) {
		kill(s->pid, SIGQUIT);
		waitpid(s->pid, NULL, 0);
	}
	snprintf(command, sizeof(command), "rm -rf '%s'", s->dir);
	if (system(command) != 0)
		fprintf(stderr, "%s stays\n", s->dir);
	free(s);
}

const char *
pg_server_target(const struct pg_server *s)
{
	return s->target;
}

/* The file PATH, owned; NULL. */
static char *
read_script(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	if (f == NULL || getdelim(&text, &size, '\0', f) == -1)
		fprintf(stderr, "%s cannot be read\n", path);
	if (f != NULL)
		fclose(f);
	return text;
}

int
pg_server_lay_schema(struct db *db, const char *root)
{
	/* In the order of schema/pgsql/README.md. */
	static const char *const files[] = { "database", "tables", "search",
		"conversations", "messages", "follow", "changes", "members",
		"doors", "rights" };
	int rc = db_begin(db);

	for (size_t i = 0; rc == 0 && i < sizeof(files) / sizeof(files[0]);
	     i++) {
		char path[1024], *sql;

		snprintf(path, sizeof(path), "%s/schema/pgsql/%s.sql", root,
		    files[i]);
		sql = read_script(path);
		rc = sql == NULL ? -1 : db_script(db, sql);
		free(sql);
	}
	return rc == 0 ? db_commit(db) : -1;
}

int
pg_server_serve(struct pg_server **server, int (*run)(void))
{
	const char *why;
	int absent, rc;

	*server = pg_server_start(&why, &absent);
	if (*server == NULL) {
		printf("1..0 # SKIP %s\n", why);
		return !absent;
	}
	rc = run();
	pg_server_stop(*server);
	return rc;
}
