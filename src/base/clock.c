/*
 * Time: the two clocks of the system, RFC 3339 and spans as text, and waits
 * between attempts.  Written out here: lists have hundreds of times, log lines
 * are written in handlers of signals too, and no locale or TZ shall change a
 * time.
 */
#include <ctype.h>
#include <stdint.h>
#include <time.h>

#include "base/clock.h"
#include "base/pool.h"

#define DAY   INT64_C(86400)
#define FIRST INT64_C(-62135596800) /* years 1 to 9999 */
#define LAST  INT64_C(253402300799)

int64_t
clock_now(void)
{
	struct timespec ts;

	/* Not time(2), which is up to a tick behind: what was said after a
	 * message of this second must not seem to be of the one before. */
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec;
}

int64_t
clock_ticks_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
clock_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

int
clock_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t until_ms)
{
	struct timespec until = { .tv_sec = until_ms / 1000,
		.tv_nsec = until_ms % 1000 * 1000000 };

	return pthread_cond_timedwait(cond, mutex, &until);
}

/* Two digits of V and END at S; the place behind them. */
static inline char *
put_two(char *s, uint32_t v, char end)
{
	s[0] = (char)('0' + v / 10);
	s[1] = (char)('0' + v % 10);
	s[2] = end;
	return s + 3;
}

/*
 * Lists have hundreds of times, so there is no printf here.  The day is found
 * in years that begin in March, whose last day is the leap day; 719468 days
 * lie between the first of March of year 0 and 1970.  The place behind it.
 */
static char *
put_text(char *s, int64_t at)
{
	int64_t days = at / DAY + 719468;
	int32_t second = (int32_t)(at % DAY);
	uint32_t era, day, year, month, time;

	if (second < 0) {
		second += (int32_t)DAY;
		days--;
	}
	time = (uint32_t)second;
	day = (uint32_t)(days % 146097); /* of 400 years */
	era = (uint32_t)(days / 146097);
	year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153; /* March is 0 */
	year += 400 * era + (month >= 10);
	put_two(s, year / 100, '\0');
	s = put_two(s + 2, year % 100, '-');
	s = put_two(s, month < 10 ? month + 3 : month - 9, '-');
	s = put_two(s, day - (153 * month + 2) / 5 + 1, 'T');
	s = put_two(s, time / 3600, ':');
	s = put_two(s, time / 60 % 60, ':');
	s = put_two(s, time % 60, 'Z');
	return s;
}

int
clock_write(char text[CLOCK_TEXT], int64_t at)
{
	if (at == 0 || at < FIRST || at > LAST)
		return 0;
	put_text(text, at);
	return 1;
}

char *
clock_text(struct pool *p, int64_t at)
{
	char text[CLOCK_TEXT];

	return clock_write(text, at) ? pool_text(p, text, CLOCK_TEXT) : NULL;
}

char *
clock_text_ms(char *text)
{
	struct timespec ts;
	uint32_t ms;
	char *s;

	clock_gettime(CLOCK_REALTIME, &ts);
	ms = (uint32_t)(ts.tv_nsec / 1000000);
	s = put_text(text, (int64_t)ts.tv_sec);
	s[-1] = '.';
	s[0] = (char)('0' + ms / 100);
	*put_two(s + 1, ms % 100, 'Z') = '\0';
	return text;
}

/* A number of two digits at S, FROM to TO: 1 and *V, 0. */
static int
two(const char *s, int from, int to, int *v)
{
	if (!isdigit((unsigned char)s[0]) || !isdigit((unsigned char)s[1]))
		return 0;
	*v = (s[0] - '0') * 10 + s[1] - '0';
	return *v >= from && *v <= to;
}

/* Days from 1970 on, as put_text counts them; 0 such a day is not. */
static int
day_of(int year, int month, int day, int64_t *days)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	int y = month > 2 ? year : year - 1;
	int m = month > 2 ? month - 3 : month + 9;

	if (day > lengths[month - 1] + (month == 2 && leap))
		return 0;
	*days = INT64_C(365) * y + y / 4 - y / 100 + y / 400 +
		(153 * m + 2) / 5 + day - 1 - 719468;
	return 1;
}

/* Z, or an offset in *SECONDS, and nothing behind it. */
static int
zone(const char *s, int *seconds)
{
	int hours, minutes;

	*seconds = 0;
	if (*s == 'Z' || *s == 'z')
		return s[1] == '\0';
	if ((*s != '+' && *s != '-') || !two(s + 1, 0, 23, &hours) ||
	    s[3] != ':' || !two(s + 4, 0, 59, &minutes) || s[6] != '\0')
		return 0;
	*seconds = (hours * 60 + minutes) * (*s == '-' ? -60 : 60);
	return 1;
}

int
clock_parse(const char *s, int64_t *at)
{
	int century, year, month, day, hour, minute, second, offset;
	int64_t days;

	if (!two(s, 19, 99, &century) || !two(s + 2, 0, 99, &year) ||
	    s[4] != '-' || !two(s + 5, 1, 12, &month) || s[7] != '-' ||
	    !two(s + 8, 1, 31, &day) || (s[10] != 'T' && s[10] != 't') ||
	    !two(s + 11, 0, 23, &hour) || s[13] != ':' ||
	    !two(s + 14, 0, 59, &minute) || s[16] != ':' ||
	    !two(s + 17, 0, 59, &second))
		return -1;
	year += century * 100;
	s += 19;
	if (*s == '.')
		do
			s++;
		while (isdigit((unsigned char)*s));
	if (year < 1970 || !zone(s, &offset) ||
	    !day_of(year, month, day, &days))
		return -1;
	*at = days * DAY + hour * 3600 + minute * 60 + second - offset;
	return 0;
}

int
clock_parse_span(const char *s, int64_t *seconds)
{
	int64_t v = 0, unit = 1;

	if (!isdigit((unsigned char)*s))
		return -1;
	for (; isdigit((unsigned char)*s); s++)
		if (v > (INT64_MAX - 9) / 10)
			return -1;
		else
			v = v * 10 + (*s - '0');
	switch (*s) {
	case 'd':
		unit = 86400;
		break;
	case 'h':
		unit = 3600;
		break;
	case 'm':
		unit = 60;
		break;
	case 's':
	case '\0':
		break;
	default:
		return -1;
	}
	if ((*s != '\0' && s[1] != '\0') || v > INT64_MAX / unit)
		return -1;
	*seconds = v * unit;
	return 0;
}

int64_t
clock_back_off(int64_t first, int64_t most, int64_t attempts, unsigned chance)
{
	int64_t wait = first;

	while (attempts-- > 0 && wait < most)
		wait *= 2;
	if (wait > most)
		wait = most;
	return wait + chance % (wait / 2 + 2);
}
