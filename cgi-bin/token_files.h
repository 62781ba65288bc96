#ifndef CGI_BIN_TOKEN_FILES_H
#define CGI_BIN_TOKEN_FILES_H

#include <stddef.h>
#include <stdint.h>

/*
 * Webhook tokens of one number or account each: the files of a folder, named
 * after the phone_number_id or the account's id that may be spoken for
 * (secret_file.h; at least SECRET_LEN_MIN bytes, else too easily
 * guessed).  A file that comes, goes or is replaced counts within a second:
 * the folder's time is looked at as often, so it has to be replaced (rename),
 * not written over, as waspool webhook token does.
 */
struct token_files;

#define TOKEN_FILES_MAX 1000

/* A folder that is not there has no tokens.  For the life of the process. */
struct token_files *token_files_new(const char *dir);

/*
 * The name of the file that holds GIVEN, for the life of the process; NULL
 * none.  TICKS_MS: clock_ticks_ms().  Safe from many threads; found by its
 * SHA-256, so the time tells nothing of the tokens.
 */
const char *token_files_find(
    struct token_files *, const char *given, size_t len, int64_t ticks_ms);

/* How many there are. */
int token_files_count(struct token_files *, int64_t ticks_ms);

#endif
