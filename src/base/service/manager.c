/*
 * The service manager of a program: a datagram to NOTIFY_SOCKET, descriptors
 * from LISTEN_FDS on, and the program begun anew by SIGHUP.
 */
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "base/service/manager.h"
#include "base/text.h"

#define LISTEN_FIRST 3 /* sd_listen_fds(3) */
#define ARGS_MAX     32
#define ARGS_LEN     4096
#define DELETED	     " (deleted)" /* proc(5): another one was installed */

static int is_due; /* a reload */

/* 1 when NAME is not set, or is our process id. */
static int
is_for_us(const char *name)
{
	const char *pid = getenv(name);
	long long n;

	return pid == NULL || (text_int(pid, &n) == 0 && n == getpid());
}

void
manager_tell(const char *words)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t len = path == NULL ? 0 : strlen(path);
	int fd;

	if (len < 2 || len > sizeof(to.sun_path) ||
	    (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(to.sun_path, path, len);
	if (path[0] == '@') /* an abstract name: unix(7) */
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return;
	sendto(fd, words, strlen(words), MSG_NOSIGNAL, (struct sockaddr *)&to,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	close(fd);
}

void
manager_beat(void)
{
	static int64_t every_ms = -1, told_ms;
	int64_t now_ms = clock_ticks_ms();
	const char *usec = getenv("WATCHDOG_USEC");
	long long n = 0;

	if (every_ms == -1)
		every_ms = usec != NULL && text_int(usec, &n) == 0 && n > 0 &&
				   is_for_us("WATCHDOG_PID")
			       ? n / 2000
			       : 0;
	if (every_ms == 0 || (told_ms != 0 && now_ms - told_ms < every_ms))
		return;
	manager_tell("WATCHDOG=1");
	told_ms = now_ms;
}

int
manager_take_socket(int to)
{
	const char *fds = getenv("LISTEN_FDS");
	long long n = 0;
	int is_ours = fds != NULL && text_int(fds, &n) == 0 &&
		      getenv("LISTEN_PID") != NULL && is_for_us("LISTEN_PID");

	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDNAMES");
	if (!is_ours || n == 0)
		return 0;
	if (n != 1) {
		log_warn("%lld sockets are handed over, and there is one: look "
			 "at ListenStream= of the socket's unit",
		    n);
		return -1;
	}
	if (dup2(LISTEN_FIRST, to) == -1) {
		log_warn("descriptor %d: %s", LISTEN_FIRST, strerror(errno));
		return -1;
	}
	close(LISTEN_FIRST);
	return 1;
}

/* ------------------------------------------------------------------ reload */

void
manager_hear(void (*on_hangup)(int))
{
	struct sigaction sa = { .sa_handler = on_hangup };
	sigset_t hangup;

	sigaction(SIGHUP, &sa, NULL);
	sigemptyset(&hangup);
	sigaddset(&hangup, SIGHUP);
	sigprocmask(SIG_UNBLOCK, &hangup, NULL);
}

int
manager_reload(void)
{
	char words[80];
	struct timespec ts;

	if (!config_is_right()) {
		log_warn("SIGHUP: the new configuration is wrong, and the old "
			 "one stays; the line before says where; then again "
			 "systemctl reload waspool.target");
		return 0;
	}
	clock_gettime(CLOCK_MONOTONIC, &ts);
	snprintf(words, sizeof(words), "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
	    (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
	manager_tell(words);
	is_due = 1;
	return 1;
}

void
manager_stopping(void)
{
	if (!is_due)
		manager_tell("STOPPING=1");
}

/* The arguments that we were begun with, in S: 0, or -1. */
static int
read_arguments(char *s, size_t size, char **argv)
{
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC), n = 0;
	ssize_t len = fd == -1 ? -1 : read(fd, s, size - 1);

	if (fd != -1)
		close(fd);
	if (len <= 0 || (size_t)len == size - 1 || s[len - 1] != '\0')
		return -1;
	for (char *at = s; at < s + len; at += strlen(at) + 1) {
		if (n == ARGS_MAX)
			return -1;
		argv[n++] = at;
	}
	argv[n] = NULL;
	return 0;
}

void
manager_begin_anew(void)
{
	char s[ARGS_LEN], path[ARGS_LEN], *argv[ARGS_MAX + 1], *end;
	ssize_t len;
	sigset_t hangup;

	if (!is_due)
		return;
	len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (len == -1 || read_arguments(s, sizeof(s), argv) == -1) {
		log_warn(
		    "cannot begin anew, and ends instead: %s", strerror(errno));
		return;
	}
	path[len] = '\0';
	end = path + len - strlen(DELETED);
	if (end > path && strcmp(end, DELETED) == 0)
		*end = '\0';
	/* What came meanwhile ends us here, as it should; but for another
	 * SIGHUP, which waits until we hear it again. */
	sigemptyset(&hangup);
	sigaddset(&hangup, SIGHUP);
	sigprocmask(SIG_SETMASK, &hangup, NULL);
	execv(path, argv);
	log_warn("%s: cannot begin anew, and ends instead: %s", path,
	    strerror(errno));
}
