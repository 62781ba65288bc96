#ifndef API_FILE_FILES_H
#define API_FILE_FILES_H

#include "api/action.h"

/* files_get: the file of a message, which nginx sends (ROUTE_ADDRESS).
 * files_address: an address of it that needs no token.  files_upload: a file
 * of a member, to be sent in a message (ROUTE_RAW). */
action_handler files_get;
action_handler files_address;
action_handler files_upload;

#endif
