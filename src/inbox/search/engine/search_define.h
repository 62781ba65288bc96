#ifndef INBOX_SEARCH_ENGINE_SEARCH_DEFINE_H
#define INBOX_SEARCH_ENGINE_SEARCH_DEFINE_H

#include <stdint.h>

struct buf;
struct db;

/*
 * SQL functions that make words for the indexes, as they are stored: each with
 * its prefix before it, separated by one blank.
 *
 *	search_words(workspace_id, partition, text)	a message's
 *	search_names(workspace_id, text)		a name's, an address's
 *	search_digits(workspace_id, phone)		of +49151…: the six
 *		digits from each on, the last ones shorter, down to three
 *
 * The statements of search_keep_sqlite.c call them, and nobody else: who stores
 * messages, conversations or contacts needs none.  To be called before
 * statements are prepared, on any engine: 0, or -1.
 */
int search_define(struct db *);

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

/*
 * What the words of a row are made of, as SQL: R is the name of a row of the
 * table, or of one of search_stale, which has the same columns.
 */

/* The label of a message's partition (search_partition.h); one without a row is
 * in 0. */
#define SEARCH_PARTITION_OF(R)                                                 \
	"COALESCE((SELECT p.partition FROM search_partitions AS p"             \
	" WHERE p.workspace_id = " R ".workspace_id AND p.first_id <= " R      \
	".id ORDER BY p.first_id DESC LIMIT 1), 0)"

#define SEARCH_MESSAGE_WORDS(R)                                                \
	"search_words(" R ".workspace_id, " SEARCH_PARTITION_OF(R) ", " R      \
								   ".text)"

#define SEARCH_NAMES(R, NAME) "search_names(" R ".workspace_id, " NAME ")"

/* A line feed between name, address, username and what the phone's address book
 * says: no word goes over it.  SEARCH_CONVERSATION_NAME: NULL when there is
 * none, of row r. */
#define SEARCH_CONTACT_TEXT(R)                                                 \
	R ".name || char(10) || COALESCE(" R ".email, '')"                     \
	  " || COALESCE(char(10) || " R ".username, '')"
#define SEARCH_CONVERSATION_TEXT(R)                                            \
	"COALESCE(" R ".profile_name || COALESCE(char(10) || " R               \
	".username, '') || COALESCE(char(10) || " R                            \
	".phone_book_name, ''), " R ".phone_book_name)"
#define SEARCH_CONVERSATION_NAME "COALESCE(r.profile_name, r.phone_book_name)"

#define SEARCH_PHONE_DIGITS(R) "search_digits(" R ".workspace_id, " R ".phone)"

#endif
