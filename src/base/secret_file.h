#ifndef BASE_SECRET_FILE_H
#define BASE_SECRET_FILE_H

struct pool;

/*
 * A secret in a file of its own, that its owner alone may read, or his group
 * too: one word of printable ASCII, at most SECRET_FILE_MAX bytes, and perhaps
 * the end of a line.
 */
#define SECRET_FILE_MAX 1024

/* A token that is shorter could be guessed. */
#define SECRET_LEN_MIN 16

enum secret_file_for {
	SECRET_FILE_OWNER = 077, /* the bits that may not be set */
	SECRET_FILE_GROUP = 037	 /* its group may read it */
};

/*
 * In POOL; NULL when there is none, and *WHY says what is wrong, in POOL and
 * without what is in the file; *WHY NULL: there is no such file.
 */
const char *secret_file_read(
    struct pool *, const char *path, enum secret_file_for, const char **why);

/* 1 when NAME leads to no other folder: letters, digits, _ and -. */
int secret_file_is_name(const char *name);

/* 1 when S can stand in a header line: printable ASCII without blanks. */
int secret_file_is_word(const char *s);

#endif
