#ifndef INBOX_SEARCH_SEARCH_DEFINE_H
#define INBOX_SEARCH_SEARCH_DEFINE_H

#include <stdint.h>

struct buf;
struct db;
struct session;

/*
 * SQL functions that make words for the indexes, as they are stored: each with
 * its prefix before it, separated by one blank.
 *
 *	search_words(workspace_id, partition, text)	a message's
 *	search_names(workspace_id, text)		a name's, an address's
 *	search_digits(workspace_id, phone)		of +49151…: the six
 *		digits from each on, the last ones shorter, down to three
 *
 * The triggers of inbox.sql call them, so that a connection without them is
 * refused (no such function) what would change a word, and changes nothing.
 * Whoever opens an inbox to write messages, conversations or contacts calls one
 * of these before its statements are prepared: 0, or -1.
 */
int search_define(struct db *);
int search_define_member(struct session *);

/* What these functions are: of the arguments before the last, NUMBERS, and the
 * last, appended to an empty B. */
void search_write_words(
    struct buf *b, const int64_t *numbers, const char *text);
void search_write_names(
    struct buf *b, const int64_t *numbers, const char *name);
void search_write_digits(
    struct buf *b, const int64_t *numbers, const char *phone);

/*
 * What stands before each word in the indexes, so that words of one workspace
 * lie side by side and a search reads no other's: "W.P." in message_words,
 * "W." in the others.  W is the workspace's id, P the label of the partition
 * (search_partition.h), both in base 36, lower case.
 */
#define SEARCH_DIGITS_MIN   3
#define SEARCH_DIGITS	    6
#define SEARCH_PREFIX_MAX   32 /* bytes, with the NUL */
#define SEARCH_NO_PARTITION (-1)

void search_prefix(
    char s[SEARCH_PREFIX_MAX], int64_t workspace_id, int64_t partition);

#endif
