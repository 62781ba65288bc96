/*
 * The WAL's index, of which SQLite lets nobody say that a part of the WAL has
 * to be copied once more.  So this file writes the one number in it that says
 * how many frames were copied, and nothing else.
 *
 * What is there (sqlite.org/walformat.html, 2.2; all in the machine's order):
 * two equal headers of 48 bytes, each with its version and the number of
 * frames, then nBackfill.  A version that is not known here is left alone.
 *
 * That it may be written.  wal.c: nBackfill grows only under WAL_CKPT_LOCK, and
 * goes back to zero only under WAL_WRITE_LOCK.  Both are held here,
 * exclusively, from before the version is looked at until after the store; and
 * so is the lock file, without which no program of ours writes or checkpoints
 * at all.
 *
 * That zero is right.  nBackfill <= n promises that the first n frames are in
 * the database file; zero promises nothing, and is what a recovery leaves.
 *  - A reader whose snapshot began before keeps its own copy of the number and
 *    reads the file for those frames: the same bytes as in the WAL, since no
 *    checkpoint copies beyond what it sees, and who reads without the WAL (slot
 *    0) is waited for by the next checkpoint before it copies anything.
 *  - A reader that begins later finds all of them in the WAL.
 *  - The WAL begins anew only when nBackfill has reached the last frame.  A
 *    step of flush-apart leaves one frame out, and SQLite's own checkpoint has
 *    flushed before it writes the number; so between the flush that failed and
 *    this store nobody began it anew.
 */
#include <stdatomic.h>
#include <stdint.h>

#include <sqlite3.h>

#include "lib/sql/sqlite/sqlite_handle.h"

#define INDEX_LEN     32768 /* of its first part */
#define INDEX_VERSION 3007000
#define HEADER_LEN    48
#define BACKFILL      (2 * HEADER_LEN)
#define WRITE_LOCK    0 /* WAL_CKPT_LOCK is the next */

/* Four bytes of it, which others may write. */
static _Atomic uint32_t *
word(volatile void *index, int at)
{
	return (_Atomic uint32_t *)(uintptr_t)((volatile char *)index + at);
}

/* NULL when it is not there, or of another version. */
static volatile void *
find_index(struct sqlite3_file *file)
{
	const sqlite3_io_methods *call = file->pMethods;
	volatile void *index = NULL;

	if (call->iVersion < 2 ||
	    call->xShmMap(file, 0, INDEX_LEN, 0, &index) != SQLITE_OK ||
	    index == NULL || *word(index, 0) != INDEX_VERSION ||
	    *word(index, HEADER_LEN) != INDEX_VERSION)
		return NULL;
	return index;
}

int
sqlite_index_is_known(struct sqlite3_file *file)
{
	return find_index(file) != NULL;
}

int
sqlite_index_forget(struct sqlite3_file *file)
{
	const sqlite3_io_methods *call = file->pMethods;
	volatile void *index;

	if (!sqlite_index_is_known(file))
		return 0;
	if (call->xShmLock(file, WRITE_LOCK, 2,
		SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE) != SQLITE_OK)
		return -1;
	index = find_index(file);
	if (index != NULL)
		atomic_store(word(index, BACKFILL), 0);
	call->xShmLock(
	    file, WRITE_LOCK, 2, SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE);
	return index != NULL;
}
