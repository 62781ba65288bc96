/*
 * Memory of SQLite: lists of free pieces, by size, in front of malloc.  Each
 * trigger that runs takes some KiB for its registers and gives them back, and
 * malloc is slow at more than 1,032 bytes.  SQLite has such lists of its own
 * (lookaside), but distributions leave them out (SQLITE_OMIT_LOOKASIDE).
 *
 * Before each piece stands how many bytes it has, of which its list follows.
 *
 * Lists belong to a thread, so nobody waits.  What is given back goes into the
 * list of the thread that gives it.  A list keeps few pieces (in all some 100
 * KiB were seen), and none when its thread ends.
 */
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <sqlite3.h>

#include "lib/sql/sqlite/system/sqlite_memory.h"

#define SMALL_MAX  1024 /* up to here a list for each SMALL_STEP bytes, */
#define SMALL_STEP 16
#define LARGE_MAX  16384 /* and up to here for each LARGE_STEP */
#define LARGE_STEP 512
#define N_SMALL	   (SMALL_MAX / SMALL_STEP)
#define N_LISTS	   (N_SMALL + (LARGE_MAX - SMALL_MAX) / LARGE_STEP)
#define SMALL_KEPT 16 /* pieces in a list */
#define LARGE_KEPT 4
#define CHUNK_KEPT 96 /* of SMALL_MAX bytes */

struct sqlite_memory_piece {
	struct sqlite_memory_piece *next;
};

static _Thread_local struct sqlite_memory_lists {
	struct sqlite_memory_piece *first[N_LISTS];
	unsigned char kept[N_LISTS]; /* pieces in each */
	int known; /* give_all is called at the thread's end */
} lists;

static pthread_key_t at_end;

/* The list for LEN bytes, N_LISTS none. */
static int
list_for(int len)
{
	if (len <= SMALL_MAX)
		return len > 0 ? (len - 1) / SMALL_STEP : 0;
	if (len <= LARGE_MAX)
		return N_SMALL + (len - SMALL_MAX - 1) / LARGE_STEP;
	return N_LISTS;
}

/* The size of the pieces of a list. */
static int
size_of(int list)
{
	return list < N_SMALL ? (list + 1) * SMALL_STEP
			      : SMALL_MAX + (list - N_SMALL + 1) * LARGE_STEP;
}

static int
round_up(int len)
{
	int list = list_for(len);

	return list < N_LISTS ? size_of(list) : (len + 7) & ~7;
}

/*
 * How many pieces a list keeps.  A statement that may fail keeps copies of the
 * pages that it changes (a statement journal, in memory), in pieces of
 * SMALL_MAX bytes: a message takes some fifty, and all are given back at once.
 */
static int
most_kept(int list)
{
	if (list == N_SMALL - 1)
		return CHUNK_KEPT;
	return list < N_SMALL ? SMALL_KEPT : LARGE_KEPT;
}

/* Of eight bytes also where a pointer has four: SQLite wants that alignment. */
static int64_t *
head_of(void *piece)
{
	return (int64_t *)piece - 1;
}

static void *
take_memory(int len)
{
	int list = list_for(len);
	struct sqlite_memory_piece *p = NULL;
	int64_t *head;

	if (list < N_LISTS) {
		p = lists.first[list];
		len = size_of(list);
	}
	if (p != NULL) {
		lists.first[list] = p->next;
		lists.kept[list]--;
		return p;
	}
	head = malloc(sizeof(*head) + (size_t)len);
	if (head == NULL)
		return NULL;
	*head = len;
	return head + 1;
}

static void
give_memory(void *old)
{
	struct sqlite_memory_piece *p = old;
	int64_t *head = head_of(old);
	int list = list_for((int)*head);

	if (list == N_LISTS || lists.kept[list] >= most_kept(list)) {
		free(head);
		return;
	}
	if (!lists.known) {
		lists.known = 1;
		pthread_setspecific(at_end, &lists);
	}
	p->next = lists.first[list];
	lists.first[list] = p;
	lists.kept[list]++;
}

/* The thread ends, or rests. */
static void
give_all(void *ctx)
{
	struct sqlite_memory_lists *all = ctx;

	for (int i = 0; i < N_LISTS; i++) {
		all->kept[i] = 0;
		while (all->first[i] != NULL) {
			struct sqlite_memory_piece *p = all->first[i];

			all->first[i] = p->next;
			free(head_of(p));
		}
	}
	all->known = 0;
}

static void *
retake_memory(void *old, int len)
{
	int64_t *head = head_of(old), *grown;
	int whole = round_up(len);

	if (*head == whole)
		return old;
	grown = realloc(head, sizeof(*grown) + (size_t)whole);
	if (grown == NULL)
		return NULL;
	*grown = whole;
	return grown + 1;
}

static int
size_of_memory(void *p)
{
	return (int)*head_of(p);
}

static int
begin_memory(void *ctx)
{
	(void)ctx;
	return SQLITE_OK;
}

static void
end_memory(void *ctx)
{
	(void)ctx;
}

void
sqlite_memory_rest(void)
{
	give_all(&lists);
}

void
sqlite_memory(void)
{
	static const sqlite3_mem_methods methods = {
		.xMalloc = take_memory,
		.xFree = give_memory,
		.xRealloc = retake_memory,
		.xSize = size_of_memory,
		.xRoundup = round_up,
		.xInit = begin_memory,
		.xShutdown = end_memory,
	};

	/* A sanitizer of memory sees more without it. */
#ifndef __SANITIZE_ADDRESS__
	if (pthread_key_create(&at_end, give_all) == 0)
		sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
#endif
}
