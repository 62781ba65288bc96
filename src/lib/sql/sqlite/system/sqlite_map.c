/*
 * The whole file, mapped once for all connections of the process that ask for
 * it.  SQLite's own map ends at 2 GiB (SQLITE_MAX_MMAP_SIZE), belongs to one
 * connection, and is given up and made again whenever anybody has committed;
 * what it does not hold is copied page by page, with a call for each.
 *
 * SQLite opens its files through a VFS that is its own but for xOpen, and a
 * main file's methods are its own but for three: xFetch answers from the map,
 * xUnfetch gives nothing back, and xClose forgets.  All else passes through.  A
 * WAL's are in sqlite_gather.c.
 *
 * A page that xFetch answers is in the file: its size is asked for when SQLite
 * says that there is something new (xUnfetch of nothing).  Nobody cuts off a
 * page that a reader may still look for: a checkpoint does that only when no
 * reader sees an older state.  The map reaches beyond the file's end, so it
 * never has to move while it grows; who looks there nevertheless, or where the
 * disk cannot be read, gets SIGBUS, and the program ends (base/die.h).
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <sqlite3.h>

#include "base/pool.h"

#include "lib/sql/sqlite/system/sqlite_gather.h"
#include "lib/sql/sqlite/system/sqlite_map.h"

#define NAME "waspool"

/* Addresses, of which 64 bits have enough; a process that may not have so many
 * takes half of them, or half of that.  What they do not reach is read as if
 * there were no map. */
#define BEYOND	   (INT64_C(64) << 30)
#define BEYOND_MIN (INT64_C(1) << 30)

/* So far beyond a page SQLite may look when the page is damaged: the file's
 * last is read. */
#define OVERREAD 256

/* A file that is mapped. */
struct sqlite_map {
	struct sqlite_map *next;
	dev_t dev;
	ino_t ino;
	unsigned char *base;
	int64_t room;
	int users;
	int resting; /* of them */
};

/* What stands behind SQLite's struct of an open file. */
struct sqlite_map_tail {
	const sqlite3_io_methods *theirs;
	struct sqlite_map *map; /* NULL: SQLite's own map is used */
	int64_t size;		/* of the file; -1: to be asked for */
	int fd;			/* SQLite's; -1: not known */
	int rests;		/* since it fetched last */
};

static struct sqlite3_vfs *theirs, ours;
static sqlite3_io_methods methods;
static const sqlite3_io_methods *their_methods;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct sqlite_map *maps;

static _Thread_local int opened = -1;

void
sqlite_map_opened(int fd)
{
	opened = fd;
}

static struct sqlite_map_tail *
tail_of(sqlite3_file *file)
{
	return (struct sqlite_map_tail *)((char *)file + theirs->szOsFile);
}

/* So much of the file, and of what it may become, as can be had: *ROOM bytes,
 * or NULL. */
static void *
map_file(int fd, int64_t size, int64_t *room)
{
	for (int64_t beyond = BEYOND; beyond >= BEYOND_MIN; beyond /= 2) {
		void *base;

		*room = size + beyond;
		base = mmap(NULL, (size_t)*room, PROT_READ, MAP_SHARED, fd, 0);
		if (base == MAP_FAILED)
			continue;
		/* What is not in memory comes as the one page that is asked
		 * for. */
		madvise(base, (size_t)*room, MADV_RANDOM);
		return base;
	}
	return NULL;
}

/* The map of the file that FD is, made when it is the first; NULL: it cannot be
 * mapped. */
static struct sqlite_map *
take_map(int fd)
{
	struct sqlite_map *m;
	struct stat st;
	int64_t room;
	void *base;

	if (fstat(fd, &st) == -1)
		return NULL;
	for (m = maps; m != NULL; m = m->next)
		if (m->dev == st.st_dev && m->ino == st.st_ino) {
			m->users++;
			return m;
		}
	base = map_file(fd, st.st_size, &room);
	if (base == NULL)
		return NULL;
	m = xcalloc(sizeof(*m));
	*m = (struct sqlite_map){ .next = maps,
		.dev = st.st_dev,
		.ino = st.st_ino,
		.base = base,
		.room = room,
		.users = 1 };
	return maps = m;
}

static void
give_map(struct sqlite_map *m)
{
	struct sqlite_map **at = &maps;

	if (m == NULL || --m->users > 0)
		return;
	while (*at != m)
		at = &(*at)->next;
	*at = m->next;
	munmap(m->base, (size_t)m->room);
	free(m);
}

/* The same pages are got again without the disk, as long as the system keeps
 * them; until then they count as this process's memory. */
static void
begin_rest(struct sqlite_map_tail *t)
{
	struct sqlite_map *m = t->map;

	pthread_mutex_lock(&lock);
	t->rests = 1;
	if (++m->resting == m->users)
		madvise(m->base, (size_t)m->room, MADV_DONTNEED);
	pthread_mutex_unlock(&lock);
}

static void
end_rest(struct sqlite_map_tail *t)
{
	pthread_mutex_lock(&lock);
	t->rests = 0;
	t->map->resting--;
	pthread_mutex_unlock(&lock);
}

static int
fetch(sqlite3_file *file, sqlite3_int64 at, int len, void **page)
{
	struct sqlite_map_tail *t = tail_of(file);

	if (t->map == NULL)
		return t->theirs->xFetch(file, at, len, page);
	*page = NULL;
	if (t->rests)
		end_rest(t);
	if (t->size == -1) {
		sqlite3_int64 size = 0;
		int rc = t->theirs->xFileSize(file, &size);

		if (rc != SQLITE_OK)
			return rc;
		t->size = size < t->map->room ? size : t->map->room;
	}
	if (at + len + OVERREAD <= t->size)
		*page = t->map->base + at;
	return SQLITE_OK;
}

static int
unfetch(sqlite3_file *file, sqlite3_int64 at, void *page)
{
	struct sqlite_map_tail *t = tail_of(file);

	if (t->map == NULL)
		return t->theirs->xUnfetch(file, at, page);
	if (page == NULL)
		t->size = -1;
	return SQLITE_OK;
}

static int
close_file(sqlite3_file *file)
{
	struct sqlite_map_tail *t = tail_of(file);

	if (t->rests)
		end_rest(t);
	pthread_mutex_lock(&lock);
	give_map(t->map);
	t->map = NULL;
	pthread_mutex_unlock(&lock);
	return t->theirs->xClose(file);
}

/* Files that SQLite opens in one way have the same methods; others keep
 * theirs. */
static void
put_methods(sqlite3_file *file)
{
	pthread_mutex_lock(&lock);
	if (their_methods == NULL && file->pMethods->iVersion >= 3) {
		methods = *file->pMethods;
		methods.xFetch = fetch;
		methods.xUnfetch = unfetch;
		methods.xClose = close_file;
		their_methods = file->pMethods;
	}
	if (file->pMethods == their_methods) {
		tail_of(file)->theirs = their_methods;
		file->pMethods = &methods;
	}
	pthread_mutex_unlock(&lock);
}

static int
open_mappable(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
    int *out_flags)
{
	int rc;

	opened = -1;
	rc = theirs->xOpen(vfs, path, file, flags, out_flags);
	if (rc == SQLITE_OK && (flags & SQLITE_OPEN_WAL) != 0)
		sqlite_gather_open(file, theirs->szOsFile);
	if (rc != SQLITE_OK || (flags & SQLITE_OPEN_MAIN_DB) == 0)
		return rc;
	*tail_of(file) = (struct sqlite_map_tail){ .size = -1, .fd = opened };
	put_methods(file);
	return SQLITE_OK;
}

/* Of the database itself; NULL: it was opened in another way. */
static sqlite3_file *
main_file(sqlite3 *conn)
{
	sqlite3_file *file = NULL;

	if (sqlite3_file_control(
		conn, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
	    file->pMethods != &methods)
		return NULL;
	return file;
}

void
sqlite_map_rest(sqlite3 *conn)
{
	sqlite3_file *file = main_file(conn);

	if (file != NULL && tail_of(file)->map != NULL && !tail_of(file)->rests)
		begin_rest(tail_of(file));
}

void
sqlite_map_begin(sqlite3 *conn)
{
	sqlite3_file *file = sizeof(void *) < 8 ? NULL : main_file(conn);
	struct sqlite_map_tail *t;

	if (file == NULL)
		return;
	t = tail_of(file);
	if (t->fd == -1 || t->map != NULL)
		return;
	/* Gives up SQLite's own. */
	t->theirs->xUnfetch(file, 0, NULL);
	pthread_mutex_lock(&lock);
	t->map = take_map(t->fd);
	pthread_mutex_unlock(&lock);
}

void
sqlite_map_register(void)
{
	int tail = (int)sizeof(struct sqlite_map_tail);

	if (tail < sqlite_gather_room())
		tail = sqlite_gather_room();
	theirs = sqlite3_vfs_find(NULL);
	if (theirs == NULL)
		return;
	ours = *theirs;
	ours.zName = NAME;
	ours.szOsFile = theirs->szOsFile + tail;
	ours.xOpen = open_mappable;
	ours.pNext = NULL;
	sqlite3_vfs_register(&ours, 1);
}
