#ifndef CLI_CONVERSATION_CONVERSATION_SHOW_H
#define CLI_CONVERSATION_CONVERSATION_SHOW_H

struct cli;
struct cli_option;

/* The verbs list and show of waspool conversation: of whatever workspace. */
void conversation_show_list(struct cli *);
void conversation_show(struct cli *);

extern const struct cli_option conversation_show_options[];

#endif
