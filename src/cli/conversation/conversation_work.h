#ifndef CLI_CONVERSATION_CONVERSATION_WORK_H
#define CLI_CONVERSATION_CONVERSATION_WORK_H

struct cli;
struct cli_option;

/* Verbs of waspool conversation by which a team shares its work, as a member
 * does it in the API.  Activities have nobody as who did it. */
void conversation_work_open(struct cli *);
void conversation_work_close(struct cli *);
void conversation_work_pending(struct cli *);
void conversation_work_snooze(struct cli *);
void conversation_work_note(struct cli *);
void conversation_work_assign(struct cli *);
void conversation_work_label(struct cli *);
void conversation_work_unlabel(struct cli *);

extern const struct cli_option conversation_work_options[];
extern const struct cli_option conversation_work_assign_options[];

#endif
