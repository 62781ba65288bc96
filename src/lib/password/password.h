#ifndef LIB_PASSWORD_PASSWORD_H
#define LIB_PASSWORD_PASSWORD_H

struct pool;

/*
 * Passwords, hashed with yescrypt at the distribution's own cost (crypt(5):
 * "$y$"), 20 to 30 ms of a processor and 16 MiB of memory each.  A password is
 * text that was normalised (unicode_nfc), without a NUL.
 */
#define PASSWORD_MIN 10	 /* code points */
#define PASSWORD_MAX 511 /* bytes; libcrypt takes no more */

enum password_answer {
	PASSWORD_WRONG,
	PASSWORD_RIGHT,
	PASSWORD_NO_MEMORY /* it was not tried */
};

/* Why nobody may choose it, as "is …", constant; NULL: one may. */
const char *password_refused(const char *password);

/* Its hash with a salt of its own, in POOL; NULL: no memory at the moment. */
char *password_hash(struct pool *, const char *password);

/* HASH NULL stands for somebody without a password: it takes as long, and is
 * wrong.  A hash that no libcrypt writes lets nobody in. */
enum password_answer password_check(const char *hash, const char *password);

/* Makes the hash that stands for nobody's, before a second thread begins: 0, or
 * -1 when there is no memory. */
int password_open(void);

#endif
