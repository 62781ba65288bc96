#ifndef CLI_CONTACT_IMPORT_FILE_H
#define CLI_CONTACT_IMPORT_FILE_H

struct cli;
struct session;

/* waspool contact import: from the file into the address book of the workspace
 * that the session serves. */
void import_file(struct cli *, struct session *, const char *path);

#endif
