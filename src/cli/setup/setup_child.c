/*
 * Processes of setup: the programs' user writes what is the programs', so that
 * no file of root is among it.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/text.h"

#include "cli/cli.h"
#include "cli/setup/setup.h"

static void
become(uid_t uid)
{
	struct passwd *pw;

	umask(027);
	if (geteuid() != 0 || uid == 0)
		return;
	pw = getpwuid(uid);
	if (pw == NULL)
		cli_fail(EX_CONFIG,
		    "the state folder's owner, user %ld, is not known here",
		    (long)uid);
	if (initgroups(pw->pw_name, pw->pw_gid) == -1 ||
	    setgid(pw->pw_gid) == -1 || setuid(uid) == -1)
		cli_fail(EX_OSERR, "%s: %s", pw->pw_name, strerror(errno));
}

static int
status_of(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int
setup_as_programs(
    struct cli *c, struct setup *s, void (*work)(struct cli *, struct setup *))
{
	pid_t pid;
	int status;

	fflush(NULL);
	pid = fork();
	if (pid == -1)
		cli_fail(EX_OSERR, "no process: %s", strerror(errno));
	if (pid == 0) {
		become(s->uid);
		work(c, s);
		if (c->at_exit != NULL)
			c->at_exit(c);
		exit(EX_OK);
	}
	status = status_of(pid);
	return status == -1 ? EX_SOFTWARE : status;
}

int
setup_run(char *const *argv)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		execvp(argv[0], argv);
		_exit(127);
	}
	return pid == -1 ? -1 : status_of(pid);
}

void
setup_verb(struct cli *c, const struct cli_verb *verbs, const char *name,
    const char *arg, const char *number)
{
	const char *args[] = { arg, NULL };
	struct cli inner = { .pool = c->pool,
		.now = c->now,
		.json = 1, /* no hints */
		.config = c->config,
		.verb = verbs,
		.args = args,
		.n_args = arg != NULL };
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	while (strcmp(inner.verb->name, name) != 0)
		inner.verb++;
	for (int i = 0; number != NULL && inner.verb->options[i].name != NULL;
	     i++)
		if (text_is(inner.verb->options[i].name, "number"))
			inner.option[i] = number;
	if (nowhere == -1 || dup2(nowhere, STDOUT_FILENO) == -1)
		cli_fail(EX_OSERR, "/dev/null: %s", strerror(errno));
	inner.verb->run(&inner);
	if (inner.at_exit != NULL)
		inner.at_exit(&inner);
}
