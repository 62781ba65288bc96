/*
 * Calls that fail in a child that is forked for each of them, so that a program
 * that makes 50,000 before it serves need not be started 50,000 times.
 */
#include <sys/syscall.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "fail_page.h"

#define PATIENCE_MS 500
#define LIVE	    5 /* in a row: programs do not die of it any more */

int fail_is_child;
static int live;

/* 1: PID has died of it by itself. */
static int
ends(pid_t pid)
{
	struct pollfd end = { (int)syscall(SYS_pidfd_open, pid, 0), POLLIN, 0 };
	int status;

	if (poll(&end, 1, PATIENCE_MS) != 1)
		kill(pid, SIGKILL);
	close(end.fd);
	while (waitpid(pid, &status, 0) == -1)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) != 0
				 : WTERMSIG(status) != SIGKILL;
}

int
fail_probe(struct page *page, long long n)
{
	int saved = errno;
	pid_t pid;

	pid = fork();
	if (pid == 0) {
		fail_is_child = 1;
		errno = (int)page->number;
		return 1;
	}
	if (page->first == 0)
		page->first = n;
	page->probed = n;
	if (pid != -1 && ends(pid)) {
		page->died++;
		live = 0;
	} else {
		page->lived[page->n_lived++] = n;
		live++;
	}
	if (live == LIVE || page->n_lived == LIVED_MAX)
		fail_probe_end(page);
	errno = saved;
	return 0;
}

void
fail_probe_end(struct page *page)
{
	if (fail_is_child)
		_exit(0);
	page->probes = 0;
}
