/*
 * The pace, by a file beside the spool.  How many deliveries
 * a second the processor applies is measured only while it is behind, from one
 * of its commits to another.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/log.h"
#include "base/pool.h"

#include "spool/spool_beside.h"
#include "spool/spool_pace.h"

#define LOOK_US	    10000      /* between two looks into the file */
#define STILL_US    1000000    /* without a step: the processor stands still */
#define MEASURE_US  200000     /* at least so long is measured */
#define OPEN_US	    1000000    /* between two tries to open it */
#define BEHIND_MIN  100	       /* deliveries: less is no backlog, … */
#define BEHIND_MAX  1000000000 /* … nor is more than this any worse */
#define FREE_MS	    200	       /* behind by so much: no waiting yet … */
#define EVEN_MS	    500 /* … by so much: as fast as it is applied … */
#define STRETCH_MAX 2	/* … and at most so many times slower */

struct spool_pace {
	char *path;
	int fd;		 /* -1: not open */
	int failed;	 /* said once */
	int64_t looked;	 /* us; 0: never, as below */
	int64_t tried;	 /* to open it */
	int64_t applied; /* what stands in the file */
	int64_t moved;	 /* when it was last seen to change */
	int64_t from_id; /* what is measured began here, … */
	int64_t from;	 /* … and then; 0: nothing is */
	int64_t rate;	 /* deliveries a second; 0: not known */
};

struct spool_pace *
spool_pace_open(const char *path)
{
	struct spool_pace *p = xcalloc(sizeof(*p));

	p->path = spool_beside_name(path, ".applied");
	p->fd = -1;
	return p;
}

void
spool_pace_close(struct spool_pace *p)
{
	if (p == NULL)
		return;
	if (p->fd != -1)
		close(p->fd);
	free(p->path);
	free(p);
}

static void
fail_pace(struct spool_pace *p)
{
	if (!p->failed)
		log_warn("%s: %s", p->path, strerror(errno));
	p->failed = 1;
}

void
spool_pace_tell(struct spool_pace *p, int64_t id)
{
	if (p->fd == -1 && p->failed)
		return;
	if (p->fd == -1) {
		p->fd = open(
		    p->path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
		if (p->fd != -1)
			disk_give(p->fd, p->path);
	}
	if (p->fd == -1 || spool_beside_write(p->fd, id) == -1)
		fail_pace(p);
}

/* What stands in the file; -1: nothing that is a number. */
static int64_t
read_applied(struct spool_pace *p, int64_t now_us)
{
	if (p->fd == -1) {
		if (p->tried != 0 && now_us - p->tried < OPEN_US)
			return -1;
		p->tried = now_us;
		p->fd = open(p->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	}
	return p->fd == -1 ? -1 : spool_beside_read(p->fd);
}

/* Measures from one step of the processor to another. */
static void
measure_pace(struct spool_pace *p, int64_t id, int64_t now_us)
{
	int64_t took = now_us - p->from, rate;

	if (p->from == 0 || id < p->from_id) {
		p->rate = 0;
	} else if (took < MEASURE_US) {
		return;
	} else {
		rate = (id - p->from_id) * 1000000 / took;
		p->rate = p->rate == 0 ? rate : (p->rate + rate) / 2;
	}
	p->from_id = id;
	p->from = now_us;
}

/* LAST: the newest delivery. */
static void
look(struct spool_pace *p, int64_t last, int64_t now_us)
{
	int64_t id;

	if (p->looked != 0 && now_us - p->looked < LOOK_US)
		return;
	p->looked = now_us;
	id = read_applied(p, now_us);
	if (id == -1 || last - id < BEHIND_MIN ||
	    (id == p->applied && now_us - p->moved >= STILL_US)) {
		p->from = p->rate = 0;
	} else if (id != p->applied) {
		measure_pace(p, id, now_us);
	}
	if (id != p->applied)
		p->moved = now_us;
	p->applied = id;
}

int64_t
spool_pace_wait(struct spool_pace *p, int64_t id, int64_t n, int64_t now_us)
{
	int64_t behind, stretch, us;

	look(p, id, now_us);
	behind = id - p->applied;
	if (p->rate <= 0 || behind <= 0)
		return 0;
	if (behind > BEHIND_MAX)
		behind = BEHIND_MAX;
	stretch = behind * 1000 / p->rate - FREE_MS;
	if (stretch <= 0)
		return 0;
	if (stretch > STRETCH_MAX * (EVEN_MS - FREE_MS))
		stretch = STRETCH_MAX * (EVEN_MS - FREE_MS);
	us = n * 1000000 / p->rate * stretch / (EVEN_MS - FREE_MS);
	return us < SPOOL_PACE_MAX_US ? us : SPOOL_PACE_MAX_US;
}
