#ifndef CGI_BIN_TOKEN_FILES_H
#define CGI_BIN_TOKEN_FILES_H

#include <stddef.h>
#include <stdint.h>

/*
 * Webhook tokens of one number or account each: the files of a folder, named
 * after the phone_number_id or the account's id whose deliveries they let in
 * (secret_file.h; at least SECRET_LEN_MIN bytes, else too easily guessed).  A
 * change counts within a second: the folder's modification time is checked as
 * often.  So a file must be replaced by rename, not overwritten; waspool
 * webhook token does so.
 */
struct token_files;

#define TOKEN_FILES_MAX 1000

/* A folder that does not exist has no tokens.  Never freed. */
struct token_files *token_files_new(const char *dir);

/*
 * The name of the file that has token GIVEN, never freed; NULL none.  TICKS_MS:
 * clock_ticks_ms().  Safe from many threads.  The lookup is by SHA-256, so that
 * its time reveals nothing of the tokens.
 */
const char *token_files_find(
    struct token_files *, const char *given, size_t len, int64_t ticks_ms);

/* How many there are. */
int token_files_count(struct token_files *, int64_t ticks_ms);

#endif
