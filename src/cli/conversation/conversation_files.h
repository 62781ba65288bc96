#ifndef CLI_CONVERSATION_CONVERSATION_FILES_H
#define CLI_CONVERSATION_CONVERSATION_FILES_H

struct cli;
struct cli_option;

/* The verb files of waspool conversation, as a member sees them. */
void conversation_files(struct cli *);

extern const struct cli_option conversation_files_options[];

#endif
