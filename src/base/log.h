#ifndef BASE_LOG_H
#define BASE_LOG_H

/*
 * One line to stderr, logfmt: level=warn prog=… delivery=41 msg="not JSON".
 * Control characters are escaped.  Never pass a body, a secret or a whole
 * phone number (text_mask).
 */
enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN };

/* From here on a crash is said, too. */
void	log_open(const char *prog, enum log_level);

/*
 * What the lines of this thread are about from here on: log_about("delivery",
 * "%lld", id) puts delivery=41 into each.  NULL, NULL ends it.  One at a time.
 */
void	log_about(const char *key, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

void	log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void	log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void	log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Says why and exits with STATUS, a word of sysexits.h. */
void	die(int status, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3), noreturn));

#endif
