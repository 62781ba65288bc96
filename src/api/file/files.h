#ifndef API_FILE_FILES_H
#define API_FILE_FILES_H

#include "api/action.h"

/* The file of a message, handed over to the web server; a member's file, to
 * be sent (ROUTE_RAW). */
action_handler files_get;
action_handler files_upload;

#endif
