#ifndef CLI_CMD_H
#define CLI_CMD_H

#include "cli/cli.h"

/* The table of verbs of each noun, from cmd_NOUN.c. */
extern const struct cli_verb cmd_backup[];
extern const struct cli_verb cmd_broadcast[];
extern const struct cli_verb cmd_canned[];
extern const struct cli_verb cmd_completion[];
extern const struct cli_verb cmd_contact[];
extern const struct cli_verb cmd_field[];
extern const struct cli_verb cmd_doctor[];
extern const struct cli_verb cmd_endpoint[];
extern const struct cli_verb cmd_events[];
extern const struct cli_verb cmd_group[];
extern const struct cli_verb cmd_init[];
extern const struct cli_verb cmd_label[];
extern const struct cli_verb cmd_media[];
extern const struct cli_verb cmd_member[];
extern const struct cli_verb cmd_conversation[];
extern const struct cli_verb cmd_message[];
extern const struct cli_verb cmd_number[];
extern const struct cli_verb cmd_template[];
extern const struct cli_verb cmd_outbox[];
extern const struct cli_verb cmd_report[];
extern const struct cli_verb cmd_restore[];
extern const struct cli_verb cmd_search[];
extern const struct cli_verb cmd_send[];
extern const struct cli_verb cmd_setup[];
extern const struct cli_verb cmd_spool[];
extern const struct cli_verb cmd_move[];
extern const struct cli_verb cmd_reindex[];
extern const struct cli_verb cmd_stats[];
extern const struct cli_verb cmd_tag[];
extern const struct cli_verb cmd_tail[];
extern const struct cli_verb cmd_team[];
extern const struct cli_verb cmd_token[];
extern const struct cli_verb cmd_upgrade[];
extern const struct cli_verb cmd_user[];
extern const struct cli_verb cmd_webhook[];
extern const struct cli_verb cmd_workspace[];

void cmd_spool_import(struct cli *); /* a verb of cmd_spool */

/* A list reads so many rows at a time. */
#define CMD_PAGE 200

/* The option of a verb that is done in one workspace (cli_db_seal). */
#define CMD_WORKSPACE                                                          \
	{                                                                      \
		"workspace", "ID",                                             \
		    "its workspace; not needed when there is only one"         \
	}

#endif
