/*
 * Wake-ups between processes: empty datagrams to a socket file.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/log.h"
#include "base/notify.h"
#include "base/pool.h"

struct notify {
	int fd;
	int listens;
	struct sockaddr_un address;
};

static struct notify *
open_socket(const char *path)
{
	struct notify *wake = xcalloc(sizeof(*wake));

	wake->fd = -1;
	wake->address.sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(wake->address.sun_path)) {
		log_warn("%s: too long for a socket", path);
		notify_close(wake);
		return NULL;
	}
	strcpy(wake->address.sun_path, path);
	wake->fd =
	    socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (wake->fd == -1) {
		log_warn("%s: %s", path, strerror(errno));
		notify_close(wake);
		return NULL;
	}
	return wake;
}

struct notify *
notify_open(const char *path)
{
	return open_socket(path);
}

/* The socket's name, made by root perhaps. */
static void
give(const char *path)
{
	int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1)
		return;
	disk_give(fd, path);
	close(fd);
}

struct notify *
notify_listen(const char *path, gid_t group)
{
	struct notify *wake = open_socket(path);

	if (wake == NULL)
		return NULL;
	unlink(path);
	if (bind(wake->fd, (struct sockaddr *)&wake->address,
		sizeof(wake->address)) == -1) {
		log_warn("%s: %s", path, strerror(errno));
		notify_close(wake);
		return NULL;
	}
	wake->listens = 1;
	give(path);
	if (group != (gid_t)-1 && chown(path, (uid_t)-1, group) == -1)
		log_warn("%s: group %ld cannot wake: %s", path, (long)group,
		    strerror(errno));
	/* The other programs may run as another user of the same group. */
	chmod(path, 0660);
	return wake;
}

int
notify_wait(struct notify *wake, int timeout_ms)
{
	struct pollfd p = { .fd = wake->fd, .events = POLLIN };
	int rc = poll(&p, 1, timeout_ms);

	if (rc == -1)
		return -1;
	notify_clear(wake);
	return rc > 0;
}

int
notify_fd(const struct notify *wake)
{
	return wake->fd;
}

void
notify_clear(struct notify *wake)
{
	char byte;

	/* All that came so far is one wake-up. */
	while (recv(wake->fd, &byte, 1, 0) >= 0)
		;
}

void
notify_send(struct notify *wake)
{
	/* A full queue wakes as well; nobody there is no error. */
	sendto(wake->fd, "", 1, MSG_NOSIGNAL, (struct sockaddr *)&wake->address,
	    sizeof(wake->address));
}

void
notify_close(struct notify *wake)
{
	if (wake == NULL)
		return;
	if (wake->fd != -1)
		close(wake->fd);
	free(wake);
}
