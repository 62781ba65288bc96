#ifndef INBOX_CANNED_REPLY_CANNED_REPLY_VALIDATE_H
#define INBOX_CANNED_REPLY_CANNED_REPLY_VALIDATE_H

struct pool;

/*
 * What a person may give of a canned reply; in POOL, or NULL and *WHY says why
 * not, for people.
 */

/* A shortcut of 1 to CANNED_REPLY_SHORTCUT_MAX letters and digits of any
 * script, and '-', '_' and '.': in Normalization Form C. */
const char *canned_reply_validate_shortcut(
    struct pool *, const char *typed, const char **why);

/* By what shortcuts are compared, in POOL: as unicode_next folds them,
 * decomposed, so that "e" begins "école". */
const char *canned_reply_key(struct pool *, const char *shortcut);

/* A text of 1 to CANNED_REPLY_TEXT_MAX code points that are not all blank,
 * whose placeholders are {{contact.name}}, {{contact.phone}},
 * {{member.name}}. */
const char *canned_reply_validate_text(
    struct pool *, const char *typed, const char **why);

#endif
