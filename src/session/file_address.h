#ifndef SESSION_FILE_ADDRESS_H
#define SESSION_FILE_ADDRESS_H

#include <stdint.h>

struct member;
struct pool;

/*
 * An address lets in to the file of one message for some minutes, whoever has
 * it: an <img> or another program can send no header.  Nothing is stored of it.
 * It is signed with a key of this machine's, a file in the state directory, and
 * names the token, or the session, of who asked for it, by which session_return
 * looks whether that may still be.
 */
#define FILE_ADDRESS_LIFE 900 /* seconds, at least */
#define FILE_ADDRESS_STEP 300 /* asked for again within it is the same */

/* Reads the key, or makes it; call it before a second thread begins.  Where
 * that cannot be, addresses end with the program, and the log says so. */
void file_address_open(const char *state_dir);

/* When one ends that is asked for now. */
int64_t file_address_end(int64_t now);

/* The secret word of an address, in POOL: of WHO the token_id, and as secret
 * what session_pass says. */
const char *file_address_write(struct pool *, int64_t message_id,
    const struct member *who, int64_t expires_at);

/* Reads it again, into WHO what session_return wants, in POOL: 1; 0 it is none
 * for that message, or has ended. */
int file_address_read(struct pool *, const char *word, int64_t message_id,
    int64_t now, struct member *who, int64_t *expires_at);

#endif
