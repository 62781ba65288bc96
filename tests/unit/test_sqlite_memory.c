/*
 * SQLite's memory comes from lists of free pieces: what threads take, change
 * and give back stays whole.
 */
#include "unit.h"

#include <malloc.h>
#include <pthread.h>

#include <sqlite3.h>

#include "base/log.h"

#include "lib/sql/db.h"

#define THREADS 4
#define PIECES	64
#define ROUNDS	4000
#define LEN_MAX 20000

static pthread_mutex_t shelf_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned char *shelf[PIECES]; /* of all threads */

/* Sizes around the steps of the lists, and over the largest one. */
static int
some_len(unsigned *seed)
{
	static const int about[] = { 1, 16, 100, 512, 1008, 1024, 1040, 1536,
		1600, 4096, 16384, 16400, LEN_MAX - 8 };
	size_t n = sizeof(about) / sizeof(about[0]);

	return about[(size_t)rand_r(seed) % n] + rand_r(seed) % 8;
}

static void
fill(unsigned char *piece, int len)
{
	int mark = rand() % 256;

	assert_true(sqlite3_msize(piece) >= (sqlite3_uint64)len);
	memset(piece, mark, (size_t)sqlite3_msize(piece));
}

/* All its bytes, up to the size that SQLite may count on. */
static void
check(const unsigned char *piece, size_t len)
{
	for (size_t i = 1; i < len; i++)
		assert_int_equal(piece[i], piece[0]);
}

/* Lays PIECE on the shelf, and takes what lay there. */
static unsigned char *
swap(int place, unsigned char *piece)
{
	unsigned char *old;

	pthread_mutex_lock(&shelf_lock);
	old = shelf[place];
	shelf[place] = piece;
	pthread_mutex_unlock(&shelf_lock);
	return old;
}

static void *
take_and_give(void *arg)
{
	unsigned seed = *(unsigned *)arg;

	for (int i = 0; i < ROUNDS; i++) {
		int len = some_len(&seed), more = some_len(&seed);
		unsigned char *piece = sqlite3_malloc(len);

		assert_non_null(piece);
		fill(piece, len);
		if (i % 5 == 0) {
			size_t kept = (size_t)(len < more ? len : more);

			piece = sqlite3_realloc(piece, more);
			assert_non_null(piece);
			check(piece, kept);
			fill(piece, more);
		}
		piece = swap(rand_r(&seed) % PIECES, piece);
		if (piece != NULL) {
			check(piece, (size_t)sqlite3_msize(piece));
			sqlite3_free(piece);
		}
	}
	return NULL;
}

static void
no_piece_is_given_to_two_threads(void **state)
{
	char *dir = unit_dir(), *path = unit_path(dir, "any.db");
	struct db *db = db_open(path, DB_CREATE, 1000);
	unsigned seeds[THREADS] = { 1, 2, 3, 4 };
	pthread_t thread[THREADS];

	(void)state;
	assert_non_null(db); /* the lists are SQLite's from here on */
	/* twice: the second threads find what those that ended left */
	for (int turn = 0; turn < 2; turn++) {
		for (int i = 0; i < THREADS; i++)
			assert_int_equal(pthread_create(&thread[i], NULL,
					     take_and_give, &seeds[i]),
			    0);
		for (int i = 0; i < THREADS; i++)
			pthread_join(thread[i], NULL);
	}
	for (int i = 0; i < PIECES; i++)
		sqlite3_free(swap(i, NULL));
	db_close(db);
	free(path);
	unit_clear(dir);
}

static void
what_a_piece_holds_is_said_before_it_is_taken(void **state)
{
	(void)state;
	for (int len = 1; len <= LEN_MAX; len++) {
		void *piece = sqlite3_malloc(len);
		sqlite3_uint64 size = sqlite3_msize(piece);

		assert_true(size >= (sqlite3_uint64)len);
		sqlite3_free(piece);
		/* whoever takes as much again gets as much */
		piece = sqlite3_malloc(len);
		assert_true(sqlite3_msize(piece) >= (sqlite3_uint64)len);
		sqlite3_free(piece);
	}
}

/* Glibc's own: bytes that are in use. */
static size_t
in_use(void)
{
	return mallinfo2().uordblks;
}

static void
who_rests_keeps_no_piece(void **state)
{
	char *dir = unit_dir(), *path = unit_path(dir, "any.db");
	struct db *db = db_open(path, DB_CREATE, 1000);
	void *piece[8];
	size_t before;

	(void)state;
	assert_non_null(db);
	db_rest(db, 1000000);
	before = in_use();
	for (int i = 0; i < 8; i++)
		piece[i] = sqlite3_malloc(9000);
	for (int i = 0; i < 8; i++)
		sqlite3_free(piece[i]);
	assert_true(in_use() > before + 9000);
	db_rest(db, 2000000);
	assert_true(in_use() < before + 9000);
	db_close(db);
	free(path);
	unit_clear(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_piece_is_given_to_two_threads),
		cmocka_unit_test(what_a_piece_holds_is_said_before_it_is_taken),
		cmocka_unit_test(who_rests_keeps_no_piece),
	};

	log_open("test", LOG_LEVEL_WARN);
	return cmocka_run_group_tests_name("sqlite_memory", tests, NULL, NULL);
}
