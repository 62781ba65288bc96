#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"

/*
 * A line is built on the stack and leaves in one write of at most PIPE_BUF
 * bytes, so lines of many threads and processes do not mix.
 */
#define LINE_MAX_LEN 4096
#define TEXT_MAX     2048
#define WORD_MAX     256

struct line {
	char s[LINE_MAX_LEN];
	size_t len;
};

static const char *program = "waspool";
static enum log_level least = LOG_LEVEL_INFO;
static _Thread_local char about_key[32], about_value[WORD_MAX];

void
log_about(const char *key, const char *fmt, ...)
{
	va_list ap;

	about_key[0] = '\0';
	if (key == NULL || fmt == NULL)
		return;
	snprintf(about_key, sizeof(about_key), "%s", key);
	va_start(ap, fmt);
	vsnprintf(about_value, sizeof(about_value), fmt, ap);
	va_end(ap);
}

static void
put(struct line *l, const char *s, size_t len)
{
	/* Kept free: the closing quote and the newline. */
	if (len > sizeof(l->s) - 2 - l->len)
		return;
	memcpy(l->s + l->len, s, len);
	l->len += len;
}

/* Quotes, control characters (C1 too) and bytes that are no UTF-8. */
static void
put_escaped(struct line *l, const char *s)
{
	int utf8 = text_is_utf8(s, strlen(s));
	char hex[8];

	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;
		unsigned char next = (unsigned char)s[1];

		if (c == '"' || c == '\\') {
			put(l, "\\", 1);
			put(l, s, 1);
		} else if (c == '\n') {
			put(l, "\\n", 2);
		} else if (c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8)) {
			snprintf(hex, sizeof(hex), "\\x%02x", c);
			put(l, hex, 4);
		} else if (c == 0xc2 && next < 0xa0) {
			snprintf(hex, sizeof(hex), "\\x%02x", next);
			put(l, hex, 4);
			s++;
		} else {
			put(l, s, 1);
		}
	}
}

static void
put_word(struct line *l, const char *key, const char *value, int quoted)
{
	if (l->len > 0)
		put(l, " ", 1);
	put(l, key, strlen(key));
	put(l, quoted ? "=\"" : "=", quoted ? 2 : 1);
	put_escaped(l, value);
	if (quoted)
		put(l, "\"", 1);
}

static void
put_out(const char *level, const char *text)
{
	struct line l = { .len = 0 };
	ssize_t n;

	put_word(&l, "level", level, 0);
	put_word(&l, "prog", program, 0);
	if (about_key[0] != '\0')
		put_word(&l, about_key, about_value,
		    strpbrk(about_value, " \t\"\\=") != NULL);
	put(&l, " msg=\"", 6);
	put_escaped(&l, text);
	l.s[l.len++] = '"';
	l.s[l.len++] = '\n';
	do
		n = write(STDERR_FILENO, l.s, l.len);
	while (n == -1 && errno == EINTR);
}

static void
say(const char *level, const char *fmt, va_list ap)
{
	int saved = errno;
	char text[TEXT_MAX];

	vsnprintf(text, sizeof(text), fmt, ap);
	put_out(level, text);
	errno = saved;
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

void
log_open(const char *prog, enum log_level level)
{
	program = prog;
	least = level;
	catch_crashes();
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("warn", fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list ap;

	if (least > LOG_LEVEL_INFO)
		return;
	va_start(ap, fmt);
	say("info", fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	if (least > LOG_LEVEL_DEBUG)
		return;
	va_start(ap, fmt);
	say("debug", fmt, ap);
	va_end(ap);
}

void
die(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("fatal", fmt, ap);
	va_end(ap);
	exit(status);
}
