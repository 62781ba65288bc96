#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

#include "base/die.h"

/*
 * One line to stderr, logfmt: time=2026-01-30T12:00:00.123Z level=warn prog=…
 * delivery=41 msg="not JSON".  Control characters are escaped.  Never pass a
 * body, a secret, a name, a phone number or a wamid, which holds one: our own
 * ids say what it is about.
 *
 * The time is left out where the receiver adds one: in syslog, and in systemd's
 * journal, which is known by JOURNAL_STREAM (systemd.exec(5)).
 */
enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN };

/* From here on the log has what die (die.h) says, and a line for a crash. */
void log_open(const char *prog, enum log_level);

/*
 * Where lines go from here on: "stderr"; "syslog", which is the socket
 * /dev/log; or "syslog:/path/of/socket".  A line that nobody takes there goes
 * to stderr.  Nothing changes when PLACE is none of these.
 */
void log_to(const char *place);

/* 1 when PLACE is one of these. */
int log_is_place(const char *place);

/*
 * What the lines of this thread are about from here on: log_about("delivery",
 * "%lld", id) puts delivery=41 into each.  NULL, NULL ends it.  One at a time.
 */
void log_about(const char *key, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The same, of a text as it is. */
void log_about_text(const char *key, const char *value);

/* The same, of an id; KEY is borrowed until another call. */
void log_about_id(const char *key, int64_t id);

void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
