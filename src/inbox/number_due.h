#ifndef INBOX_NUMBER_DUE_H
#define INBOX_NUMBER_DUE_H

/*
 * What the provider is asked of each number by itself, health, templates and
 * blocks, each with a column that says when next; 0: it never was.
 *
 * NUMBER_DUE: COLUMNS of the number that is due longest by its column AT; $1
 * is the time, $2 NUMBER_DUE_YOUNG before.  When its provider is another one
 * than was asked, it stays due (number_admin_provider).
 */
#define NUMBER_DUE_YOUNG 60 /* a number may not have its key before */

#define NUMBER_DUE(columns, at)                                                \
	"SELECT " columns " FROM numbers WHERE " at " <= $1"                   \
	" AND (" at " > 0 OR created_at <= $2) AND moving_to IS NULL"          \
	" ORDER BY " at " LIMIT 1"

#endif
