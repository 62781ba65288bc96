/*
 * Tokens in files.  A published list is never changed or freed: a new one takes
 * its place, and threads that are reading the old one may go on.  Tokens are
 * rarely changed, and a list is a few kilobytes.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/secret_file.h"

#include "lib/digest/digest.h"

#include "token_files.h"

#define LOOK_MS 1000
/* A change within the same tick of the file system's clock could be missed. */
#define YOUNG_S 2

struct token_files_token {
	unsigned char hash[DIGEST_LEN]; /* first, since it is the sort key */
	const char *name;
};

struct list {
	int n;
	struct token_files_token tokens[];
};

struct token_files {
	const char *dir;
	_Atomic(struct list *) list;
	_Atomic(int64_t) look_ms;
	pthread_mutex_t looking; /* protects the rest; held to replace list */
	struct timespec changed; /* of the folder */
	ino_t folder;
};

static int
compare_token(const void *a, const void *b)
{
	return memcmp(a, b, DIGEST_LEN);
}

static void
add_token(
    struct list *list, struct pool *pool, const char *dir, const char *name)
{
	const char *why, *path = pool_printf(pool, "%s/%s", dir, name);
	const char *secret;
	struct token_files_token *t = &list->tokens[list->n];

	if (name[0] == '.')
		return;
	secret = secret_file_read(pool, path, SECRET_FILE_GROUP, &why);
	if (secret == NULL && why == NULL)
		return; /* gone again */
	if (secret != NULL && strspn(name, "0123456789") != strlen(name))
		why = "its name is not a phone_number_id or an account's id";
	else if (secret != NULL && strlen(secret) < SECRET_LEN_MIN)
		why = pool_printf(pool,
		    "it is shorter than %d characters: 'waspool webhook token "
		    "%s' makes one",
		    SECRET_LEN_MIN, name);
	if (why != NULL) {
		log_warn("no token in %s: %s", path, why);
		return;
	}
	digest_sha256(secret, strlen(secret), t->hash);
	t->name = xstrdup(name);
	list->n++;
}

static struct list *
read_list(const char *dir)
{
	struct list *list =
	    xcalloc(sizeof(*list) + TOKEN_FILES_MAX * sizeof(list->tokens[0]));
	struct pool *pool = pool_new();
	struct dirent *e;
	DIR *d = opendir(dir);

	if (d == NULL && errno != ENOENT)
		log_warn("%s: %s: its tokens are not accepted", dir,
		    strerror(errno));
	while (
	    d != NULL && list->n < TOKEN_FILES_MAX && (e = readdir(d)) != NULL)
		add_token(list, pool, dir, e->d_name);
	if (d != NULL)
		closedir(d);
	if (list->n == TOKEN_FILES_MAX)
		log_warn("%s: more than %d tokens are not read", dir,
		    TOKEN_FILES_MAX);
	qsort(list->tokens, (size_t)list->n, sizeof(list->tokens[0]),
	    compare_token);
	pool_free(pool);
	return list;
}

static int
is_as_before(struct token_files *f, const struct stat *st)
{
	int is = f->folder == st->st_ino &&
		 f->changed.tv_sec == st->st_mtim.tv_sec &&
		 f->changed.tv_nsec == st->st_mtim.tv_nsec &&
		 clock_now() - st->st_mtim.tv_sec > YOUNG_S;

	f->folder = st->st_ino;
	f->changed = st->st_mtim;
	return is;
}

static int
same(const struct list *a, const struct list *b)
{
	if (a->n != b->n)
		return 0;
	for (int i = 0; i < a->n; i++)
		if (compare_token(&a->tokens[i], &b->tokens[i]) != 0 ||
		    strcmp(a->tokens[i].name, b->tokens[i].name) != 0)
			return 0;
	return 1;
}

/* Nobody has seen it. */
static void
list_free(struct list *list)
{
	for (int i = 0; i < list->n; i++)
		free((char *)list->tokens[i].name);
	free(list);
}

static void
look_token(struct token_files *f)
{
	struct list *old = atomic_load(&f->list), *new;
	struct stat st = { .st_ino = 0 };

	if (stat(f->dir, &st) == -1)
		memset(&st, 0, sizeof(st));
	if (is_as_before(f, &st) && old != NULL)
		return;
	new = read_list(f->dir);
	if (old != NULL && same(old, new)) {
		list_free(new);
		return;
	}
	atomic_store(&f->list, new);
	if (old != NULL)
		log_info("%d webhook tokens of numbers", new->n);
}

/* One thread checks the folder; the others use the present list. */
static const struct list *
list_now(struct token_files *f, int64_t ticks_ms)
{
	int64_t due = atomic_load(&f->look_ms);

	if (ticks_ms >= due && pthread_mutex_trylock(&f->looking) == 0) {
		atomic_store(&f->look_ms, ticks_ms + LOOK_MS);
		look_token(f);
		pthread_mutex_unlock(&f->looking);
	}
	return atomic_load(&f->list);
}

struct token_files *
token_files_new(const char *dir)
{
	struct token_files *f = xcalloc(sizeof(*f));

	pthread_mutex_init(&f->looking, NULL);
	f->dir = dir;
	look_token(f);
	return f;
}

const char *
token_files_find(
    struct token_files *f, const char *given, size_t len, int64_t ticks_ms)
{
	const struct list *list = list_now(f, ticks_ms);
	const struct token_files_token *found;
	struct token_files_token wanted = { .name = NULL };

	if (list->n == 0)
		return NULL;
	digest_sha256(given, len, wanted.hash);
	found = bsearch(&wanted, list->tokens, (size_t)list->n,
	    sizeof(list->tokens[0]), compare_token);
	return found != NULL ? found->name : NULL;
}

int
token_files_count(struct token_files *f, int64_t ticks_ms)
{
	return list_now(f, ticks_ms)->n;
}
