#ifndef CLI_SEND_FILE_H
#define CLI_SEND_FILE_H

struct cli;
struct json_out;

/*
 * Adds the file WHAT, to be sent as TYPE (image, …), to the body of a message:
 * as a link, if it is one; else the file of that path is stored as an upload of
 * the workspace.  Ends the program when there is no such file.
 */
void send_file(
    struct cli *, struct json_out *body, const char *type, const char *what);
/* Its type, by --mime or the suffix of its name; ends the program when that is
 * not known. */
const char *send_file_type(struct cli *, const char *path);
int send_file_is_link(const char *what);

#endif
