/*
 * A call that fails: preloaded into a program, this makes one call to write,
 * fsync, open, mmap or malloc fail, or writes beyond a size, as on a full disk.
 * What is to fail is said in the file FAIL_PAGE, which programs and test have
 * mapped, so it may change while a program runs.  Writes and flushes are those
 * of files below FAIL_BELOW.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail_page.h"

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* glibc's own, which need no looking up. */
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);

enum { NOTHING, WRITE, SYNC, SYNC_DIR, OPEN, MMAP, MALLOC };

static struct page *page;
static const char *below;

__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("FAIL_PAGE");
	int fd = path != NULL ? REAL(open)(path, O_RDWR | O_CLOEXEC) : -1;
	void *p;

	below = getenv("FAIL_BELOW");
	if (fd == -1 || below == NULL)
		abort();
	p = REAL(mmap)(
	    NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		abort();
	REAL(close)(fd);
	page = p;
}

/* Whether this call of that kind is to fail; errno says how. */
static int
fails(int kind)
{
	long long n;

	if (page == NULL || page->kind != kind || fail_is_child)
		return 0;
	n = atomic_fetch_add(&page->calls, 1) + 1;
	if (page->probes)
		return page->probes == FAIL_PROBES && fail_probe(page, n);
	if (n != page->nth && !(page->goes_on && n > page->nth))
		return 0;
	atomic_fetch_add(&page->failed, 1);
	errno = (int)page->number;
	return 1;
}

/* The path of FD. */
static const char *
path_of(int fd, char path[PATH_MAX])
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, PATH_MAX - 1);
	path[n > 0 ? n : 0] = '\0';
	return path;
}

/* Whether FD is a file below FAIL_BELOW. */
static int
is_below(int fd)
{
	char path[PATH_MAX];

	return below != NULL &&
	       strncmp(path_of(fd, path), below, strlen(below)) == 0;
}

/* SQLite's own memory, which it makes anew. */
static int
is_shm(int fd)
{
	char path[PATH_MAX];
	size_t len = strlen(path_of(fd, path));

	return len > 4 && strcmp(path + len - 4, "-shm") == 0;
}

/* Bytes in the files of FAIL_BELOW itself. */
static long long
used(void)
{
	long long sum = 0;
	DIR *dir = REAL(opendir)(below);
	struct dirent *entry;
	struct stat st;

	if (dir == NULL)
		return 0;
	while ((entry = readdir(dir)) != NULL)
		if (fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 &&
		    S_ISREG(st.st_mode))
			sum += st.st_size;
	closedir(dir);
	return sum;
}

/* Whether the file FD may not grow to END bytes. */
static int
is_full(int fd, int64_t end)
{
	struct stat st;

	if (page == NULL || page->room == 0 || !is_below(fd) ||
	    fstat(fd, &st) == -1 || end <= st.st_size ||
	    used() + end - st.st_size <= page->room)
		return 0;
	errno = ENOSPC;
	return 1;
}

/* ------------------------------------------------------------------- files */

ssize_t
write(int fd, const void *s, size_t len)
{
	int64_t at;

	if (page != NULL && page->kind == WRITE && is_below(fd) && fails(WRITE))
		return -1;
	if (page != NULL && page->room != 0 &&
	    (at = lseek(fd, 0, SEEK_CUR)) != -1 &&
	    is_full(fd, at + (int64_t)len))
		return -1;
	return REAL(write)(fd, s, len);
}

ssize_t
pwrite(int fd, const void *s, size_t len, off_t offset)
{
	if (page != NULL && page->probes && is_below(fd) && !is_shm(fd))
		fail_probe_end(page);
	if ((is_below(fd) && fails(WRITE)) ||
	    is_full(fd, offset + (int64_t)len))
		return -1;
	return REAL(pwrite)(fd, s, len, offset);
}

ssize_t pwrite64(int, const void *, size_t, off64_t)
    __attribute__((alias("pwrite")));

static int
flush_fails(int fd)
{
	struct stat st;

	if (page == NULL || !is_below(fd) || fstat(fd, &st) == -1)
		return 0;
	return fails(S_ISDIR(st.st_mode) ? SYNC_DIR : SYNC);
}

int
fsync(int fd)
{
	return flush_fails(fd) ? -1 : REAL(fsync)(fd);
}

int
fdatasync(int fd)
{
	return flush_fails(fd) ? -1 : REAL(fdatasync)(fd);
}

int
open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	if (page != NULL && page->probes == FAIL_WILL_PROBE &&
	    strncmp(path, below, strlen(below)) == 0)
		page->probes = FAIL_PROBES;
	return fails(OPEN) ? -1 : REAL(open)(path, flags, mode);
}

int open64(const char *, int, ...) __attribute__((alias("open")));

int
mkostemp(char *template, int flags)
{
	return fails(OPEN) ? -1 : REAL(mkostemp)(template, flags);
}

FILE *
fopen(const char *path, const char *mode)
{
	return fails(OPEN) ? NULL : REAL(fopen)(path, mode);
}

DIR *
opendir(const char *path)
{
	return fails(OPEN) ? NULL : REAL(opendir)(path);
}

/* ------------------------------------------------------------------ memory */

void *
mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset)
{
	return fails(MMAP) ? MAP_FAILED
			   : REAL(mmap)(at, len, prot, flags, fd, offset);
}

void *mmap64(void *, size_t, int, int, int, off64_t)
    __attribute__((alias("mmap")));

void *
malloc(size_t len)
{
	return fails(MALLOC) ? NULL : __libc_malloc(len);
}

void *
calloc(size_t n, size_t len)
{
	return fails(MALLOC) ? NULL : __libc_calloc(n, len);
}

void *
realloc(void *p, size_t len)
{
	return fails(MALLOC) ? NULL : __libc_realloc(p, len);
}
