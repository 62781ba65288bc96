#ifndef API_FILE_CONTACTS_FILE_H
#define API_FILE_CONTACTS_FILE_H

#include "api/action.h"

/*
 * The address book as a file, CSV or vCard: which of them says Accept, and
 * Content-Type.
 */
action_handler contacts_file_export;
action_handler contacts_file_import; /* ROUTE_RAW */

/* A page of an export ends after so many contacts, or bytes; so it can be
 * imported again. */
#define CONTACTS_FILE_PAGE     5000
#define CONTACTS_FILE_PAGE_LEN (960 * 1024)

/* Lines, or phones of cards, of an import, and tags and values in own fields
 * of all of them, so that it is done while nginx waits; its body is
 * INPUT_BODY_MAX at most. */
#define CONTACTS_FILE_LINES  10000
#define CONTACTS_FILE_TAGS   30000
#define CONTACTS_FILE_VALUES 30000

/* Bad lines that an answer names. */
#define CONTACTS_FILE_ERRORS 100

#endif
