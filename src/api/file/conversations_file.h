#ifndef API_FILE_CONVERSATIONS_FILE_H
#define API_FILE_CONVERSATIONS_FILE_H

#include "api/action.h"

/* A list of conversations as a file. */
action_handler conversations_file_export;

#define CONVERSATIONS_FILE_PAGE 1000 /* rows, without the names of columns */

#endif
