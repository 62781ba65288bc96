#ifndef LIB_ZONE_ZONE_H
#define LIB_ZONE_ZONE_H

#include <stdint.h>

/*
 * Time zones of the tz database (IANA), Europe/Berlin.  Local times are seconds
 * as well: what a clock on the wall there shows, read as if it were UTC.  A day
 * is the number of a date, from 1970-01-01 on.  All of it may be called by many
 * threads, also with one handle.
 */
struct zone;

#define ZONE_DAY      86400
#define ZONE_NAME_MAX 64 /* bytes */

/* Owned (zone_close); NULL when no zone has that name, upper and lower case
 * count.  An old name (Asia/Calcutta) is the zone that has it now, also where
 * the system keeps no file for it.  What is no zone of the database but an
 * offset, a rule as of TZ or a path is none. */
struct zone *zone_open(const char *name);
void zone_close(struct zone *); /* NULL is harmless */

/* What the clock shows at AT; and which date, its number. */
int64_t zone_local(const struct zone *, int64_t at);
int64_t zone_day(const struct zone *, int64_t at);

/* When the clock shows LOCAL: the first time when it does so twice, and the
 * moment in which it was put forward when it never does; a day that was skipped
 * begins as the next one does. */
int64_t zone_instant(const struct zone *, int64_t local);

/* A date as it is written, 2026-03-29, of the years 1970 to 9999, and as a
 * number: 0; -1 it is none.  Into TEXT, with a NUL. */
#define ZONE_DATE_TEXT sizeof("2026-03-29")
int zone_date_parse(const char *text, int64_t *day);
void zone_date_write(char text[ZONE_DATE_TEXT], int64_t day);

/* 0 Monday … 6 Sunday. */
int zone_weekday(int64_t day);

#endif
