/*
 * Time zones, for days and opening hours of a workspace.  GLib is asked for the
 * offset at an instant and for nothing else, so that what is done with a time
 * that is twice or never stands here.
 *
 * GLib takes any name for a file's, and what is no file for a rule ("XYZ3"):
 * so a name is looked at first, and is one when a file of the database has it,
 * or when it is another name of a zone that has (zone_link.h).
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <glib.h>

#include "lib/zone/zone.h"
#include "lib/zone/zone_link.h"

#define FOLDER "/usr/share/zoneinfo/"
#define LINKS  FOLDER "tzdata.zi"
#define MAGIC  "TZif"

/* Later and earlier than any change of a clock near that time. */
#define AROUND (2 * (int64_t)ZONE_DAY)

static int
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* 1 when NAME may be one: no part of it begins with a dot or is empty. */
static int
is_name(const char *name)
{
	size_t len = strlen(name);
	int begins = 1;

	if (len == 0 || len > ZONE_NAME_MAX ||
	    strncmp(name, "posix/", strlen("posix/")) == 0 ||
	    strncmp(name, "right/", strlen("right/")) == 0)
		return 0;
	for (const char *s = name; *s != '\0'; s++) {
		int more = (*s >= '0' && *s <= '9') || *s == '_' || *s == '-' ||
			   *s == '+';

		if (*s == '/' ? begins : !is_letter(*s) && (begins || !more))
			return 0;
		begins = *s == '/';
	}
	return !begins;
}

static int
is_in_database(const char *name)
{
	char path[sizeof(FOLDER) + ZONE_NAME_MAX], head[sizeof(MAGIC) - 1];
	int fd, is = 0;

	snprintf(path, sizeof(path), FOLDER "%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd == -1)
		return 0;
	is = read(fd, head, sizeof(head)) == (ssize_t)sizeof(head) &&
	     memcmp(head, MAGIC, sizeof(head)) == 0;
	close(fd);
	return is;
}

static GTimeZone *
of(const struct zone *z)
{
	return (GTimeZone *)z;
}

struct zone *
zone_open(const char *name)
{
	char target[ZONE_LINK_MAX + 1];

	if (name == NULL || !is_name(name))
		return NULL;
	if (!is_in_database(name)) {
		if (!zone_link_find(LINKS, name, target) ||
		    !is_in_database(target))
			return NULL;
		name = target;
	}
	return (struct zone *)g_time_zone_new_identifier(name);
}

void
zone_close(struct zone *z)
{
	if (z != NULL)
		g_time_zone_unref(of(z));
}

static int64_t
offset_at(const struct zone *z, int64_t at)
{
	int i = g_time_zone_find_interval(of(z), G_TIME_TYPE_UNIVERSAL, at);

	return i == -1 ? 0 : g_time_zone_get_offset(of(z), i);
}

int64_t
zone_local(const struct zone *z, int64_t at)
{
	return at + offset_at(z, at);
}

int64_t
zone_day(const struct zone *z, int64_t at)
{
	int64_t local = zone_local(z, at);

	return local / ZONE_DAY - (local % ZONE_DAY < 0);
}

/* The first instant from LOW on, before or at HIGH, whose clock shows LOCAL or
 * later. */
static int64_t
first_behind(const struct zone *z, int64_t local, int64_t low, int64_t high)
{
	while (low < high) {
		int64_t middle = low + (high - low) / 2;

		if (zone_local(z, middle) >= local)
			high = middle;
		else
			low = middle + 1;
	}
	return high;
}

int64_t
zone_instant(const struct zone *z, int64_t local)
{
	int64_t before = offset_at(z, local - AROUND);
	int64_t after = offset_at(z, local + AROUND);

	if (zone_local(z, local - before) == local)
		return local - before;
	if (zone_local(z, local - after) == local)
		return local - after;
	return first_behind(z, local, local - (before > after ? before : after),
	    local - (before < after ? before : after));
}

int
zone_date_parse(const char *text, int64_t *day)
{
	char again[ZONE_DATE_TEXT];
	struct tm tm = { 0 };
	int year, month, date, end = 0;

	if (strlen(text) != ZONE_DATE_TEXT - 1 ||
	    sscanf(text, "%4d-%2d-%2d%n", &year, &month, &date, &end) != 3 ||
	    end != (int)ZONE_DATE_TEXT - 1 || year < 1970)
		return -1;
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	tm.tm_mday = date;
	*day = timegm(&tm) / ZONE_DAY;
	zone_date_write(again, *day);
	return strcmp(again, text) == 0 ? 0 : -1;
}

void
zone_date_write(char text[ZONE_DATE_TEXT], int64_t day)
{
	time_t at = (time_t)(day * ZONE_DAY);
	struct tm tm;

	text[0] = '\0';
	if (gmtime_r(&at, &tm) != NULL)
		strftime(text, ZONE_DATE_TEXT, "%Y-%m-%d", &tm);
}

int
zone_weekday(int64_t day)
{
	int64_t n = (day + 3) % 7; /* 1970-01-01 was a Thursday */

	return (int)(n < 0 ? n + 7 : n);
}
