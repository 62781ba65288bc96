#ifndef CLI_CONVERSATION_CONVERSATION_ACT_H
#define CLI_CONVERSATION_CONVERSATION_ACT_H

struct cli;
struct cli_option;

/* Verbs of waspool conversation that do what a member does in the API, with the
 * same refusals. */
void conversation_act_block(struct cli *);
void conversation_act_unblock(struct cli *);
void conversation_act_typing(struct cli *);

extern const struct cli_option conversation_act_options[];
extern const struct cli_option conversation_act_typing_options[];

#endif
