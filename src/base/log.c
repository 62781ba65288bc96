/*
 * The log: lines to stderr or to syslog.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/die.h"
#include "base/log.h"
#include "base/text.h"

/*
 * A line is built on the stack and leaves in one write of at most PIPE_BUF
 * bytes, so lines of many threads and processes do not mix.
 */
#define LINE_MAX_LEN 4096
#define TEXT_MAX     2048
#define WORD_MAX     256
#define SYSLOG_MS    200 /* that a line waits for a slow syslogd */

struct log_line {
	char s[LINE_MAX_LEN];
	size_t len;
};

static const char *program = "waspool";
static enum log_level least = LOG_LEVEL_INFO;
static int in_journal;
static struct sockaddr_un syslogd;
static int syslog_fd = -1; /* else lines go there */
static char ident[64];	   /* "prog[1234]: " */
static _Thread_local char about_key[32], about_value[WORD_MAX];
static _Thread_local const char *about_what; /* NULL: no id */
static _Thread_local int64_t about_id;

void
log_about(const char *key, const char *fmt, ...)
{
	va_list ap;

	about_key[0] = '\0';
	about_what = NULL;
	if (key == NULL || fmt == NULL)
		return;
	snprintf(about_key, sizeof(about_key), "%s", key);
	va_start(ap, fmt);
	vsnprintf(about_value, sizeof(about_value), fmt, ap);
	va_end(ap);
}

/* Each request begins with it: no printf. */
void
log_about_text(const char *key, const char *value)
{
	size_t key_len = strlen(key), len = strlen(value);

	if (key_len >= sizeof(about_key))
		key_len = sizeof(about_key) - 1;
	if (len >= sizeof(about_value))
		len = sizeof(about_value) - 1;
	memcpy(about_key, key, key_len);
	about_key[key_len] = '\0';
	memcpy(about_value, value, len);
	about_value[len] = '\0';
	about_what = NULL;
}

/* Written when a line is: most deliveries are told of by none. */
void
log_about_id(const char *key, int64_t id)
{
	about_key[0] = '\0';
	about_what = key;
	about_id = id;
}

static void
put_log(struct log_line *l, const char *s, size_t len)
{
	/* Kept free: the closing quote and the newline. */
	if (len > sizeof(l->s) - 2 - l->len)
		return;
	memcpy(l->s + l->len, s, len);
	l->len += len;
}

/* So many bytes at S stand in a line as they are. */
static size_t
plain_len(const char *s)
{
	const unsigned char *c = (const unsigned char *)s;

	while (*c >= 0x20 && *c < 0x7f && *c != '"' && *c != '\\')
		c++;
	return (size_t)((const char *)c - s);
}

/* Quotes, control characters (C1 too) and bytes that are no UTF-8. */
static void
put_escaped(struct log_line *l, const char *s)
{
	size_t n = plain_len(s), room = sizeof(l->s) - 2 - l->len;
	int utf8;
	char hex[8];

	put_log(l, s, n < room ? n : room);
	s += n;
	utf8 = text_is_utf8(s, strlen(s));
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;
		unsigned char next = (unsigned char)s[1];

		if (c == '"' || c == '\\') {
			put_log(l, "\\", 1);
			put_log(l, s, 1);
		} else if (c == '\n') {
			put_log(l, "\\n", 2);
		} else if (c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8)) {
			snprintf(hex, sizeof(hex), "\\x%02x", c);
			put_log(l, hex, 4);
		} else if (c == 0xc2 && next < 0xa0) {
			snprintf(hex, sizeof(hex), "\\x%02x", next);
			put_log(l, hex, 4);
			s++;
		} else {
			put_log(l, s, 1);
		}
	}
}

static void
put_word(struct log_line *l, const char *key, const char *value, int quoted)
{
	if (l->len > 0 && strchr(" >", l->s[l->len - 1]) == NULL)
		put_log(l, " ", 1);
	put_log(l, key, strlen(key));
	put_log(l, quoted ? "=\"" : "=", quoted ? 2 : 1);
	put_escaped(l, value);
	if (quoted)
		put_log(l, "\"", 1);
}

static int
priority(const char *level)
{
	return level[0] == 'f'	 ? LOG_CRIT
	       : level[0] == 'w' ? LOG_WARNING
	       : level[0] == 'i' ? LOG_INFO
				 : LOG_DEBUG;
}

static void
put_id(struct log_line *l, const char *key, int64_t id)
{
	char digits[24] = "";
	size_t at = sizeof(digits) - 1;
	uint64_t rest = id < 0 ? 0 : (uint64_t)id;

	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	put_word(l, key, digits + at, 0);
}

/* What is the same wherever the line goes.  Crashes come here: no printf. */
static void
put_words(struct log_line *l, const char *level, const char *text)
{
	put_word(l, "level", level, 0);
	put_word(l, "prog", program, 0);
	if (about_what != NULL)
		put_id(l, about_what, about_id);
	if (about_key[0] != '\0')
		put_word(l, about_key, about_value,
		    strpbrk(about_value, " \t\"\\=") != NULL);
	put_log(l, " msg=\"", 6);
	put_escaped(l, text);
	l->s[l->len++] = '"';
	l->s[l->len++] = '\n';
}

/*
 * 0, or -1: nobody took it.  As syslog(3) writes, which does not tell that, but
 * without the time: syslogd has its own.
 */
static int
put_syslog(const char *level, const char *text)
{
	struct log_line l = { .len = 0 };
	int number = LOG_DAEMON | priority(level);
	char mark[] = { '<', (char)('0' + number / 10),
		(char)('0' + number % 10), '>' };
	ssize_t n;

	put_log(&l, mark, sizeof(mark));
	put_log(&l, ident, strlen(ident));
	put_words(&l, level, text);
	do
		n = sendto(syslog_fd, l.s, l.len - 1, MSG_NOSIGNAL,
		    (struct sockaddr *)&syslogd, sizeof(syslogd));
	while (n == -1 && errno == EINTR);
	return n == -1 ? -1 : 0;
}

static void
put_stderr(const char *level, const char *text)
{
	struct log_line l = { .len = 0 };
	char mark[] = { '<', (char)('0' + priority(level)), '>' };
	char when[CLOCK_TEXT_MS];
	ssize_t n;

	if (in_journal)
		put_log(&l, mark, sizeof(mark)); /* sd-daemon(3) */
	else
		put_word(&l, "time", clock_text_ms(when), 0);
	put_words(&l, level, text);
	do
		n = write(STDERR_FILENO, l.s, l.len);
	while (n == -1 && errno == EINTR);
}

static void
put_out(const char *level, const char *text)
{
	if (syslog_fd == -1 || put_syslog(level, text) == -1)
		put_stderr(level, text);
}

static void
say_log(const char *level, const char *fmt, va_list ap)
{
	int saved = errno;
	char text[TEXT_MAX];

	vsnprintf(text, sizeof(text), fmt, ap);
	put_out(level, text);
	errno = saved;
}

static void
say_fatal(const char *fmt, va_list ap)
{
	say_log("fatal", fmt, ap);
}

/* Libraries abort or crash when they have no memory, and a mapped file that
 * cannot be read is a signal. */
static void
on_crash(int number)
{
	char text[] = "ended by signal 00: no memory, a bad disk, or a bug";
	char *digits = strchr(text, '0');

	digits[0] = (char)('0' + number / 10);
	digits[1] = (char)('0' + number % 10);
	put_out("fatal", text);
	raise(number); /* by now it does what it does by itself */
}

/* Sanitizers have handlers of their own, which stay. */
static void
catch_crashes(void)
{
	const int crashes[] = { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV };
	struct sigaction sa = { .sa_handler = on_crash,
		.sa_flags = (int)SA_RESETHAND },
			 old;

	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		if (sigaction(crashes[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_DFL)
			sigaction(crashes[i], &sa, NULL);
}

/* Standard error is the journal's own socket, and was not redirected since. */
static int
is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char ours[64];
	struct stat st;

	if (stream == NULL || fstat(STDERR_FILENO, &st) == -1)
		return 0;
	snprintf(ours, sizeof(ours), "%llu:%llu", (unsigned long long)st.st_dev,
	    (unsigned long long)st.st_ino);
	return text_is(stream, ours);
}

/* A file that we open must not come to be where words for people go.  What is
 * written to an output that nobody gave us fails, as it should. */
static void
keep_descriptors(void)
{
	static const int how[] = { O_RDONLY, O_RDONLY, O_WRONLY };

	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF)
			open("/dev/null", how[fd]);
}

void
log_open(const char *prog, enum log_level level)
{
	program = prog;
	least = level;
	keep_descriptors();
	in_journal = is_journal();
	catch_crashes();
	die_to(say_fatal);
}

int
log_is_place(const char *place)
{
	const char *path = text_begins(place, "syslog:") ? place + 7 : NULL;

	return text_is(place, "stderr") || text_is(place, "syslog") ||
	       (path != NULL && path[0] == '/' &&
		   strlen(path) < sizeof(syslogd.sun_path));
}

void
log_to(const char *place)
{
	const struct timeval patience = { .tv_usec = SYSLOG_MS * 1000 };

	if (!log_is_place(place))
		return;
	if (syslog_fd != -1)
		close(syslog_fd);
	syslog_fd = -1;
	if (text_is(place, "stderr"))
		return;
	snprintf(syslogd.sun_path, sizeof(syslogd.sun_path), "%s",
	    place[6] == ':' ? place + 7 : "/dev/log");
	syslogd.sun_family = AF_UNIX;
	snprintf(ident, sizeof(ident), "%s[%d]: ", program, (int)getpid());
	syslog_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (syslog_fd != -1)
		setsockopt(syslog_fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
		    sizeof(patience));
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_log("warn", fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list ap;

	if (least > LOG_LEVEL_INFO)
		return;
	va_start(ap, fmt);
	say_log("info", fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	if (least > LOG_LEVEL_DEBUG)
		return;
	va_start(ap, fmt);
	say_log("debug", fmt, ap);
	va_end(ap);
}
