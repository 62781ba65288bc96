#ifndef CLI_WORKSPACE_WORKSPACE_SET_H
#define CLI_WORKSPACE_WORKSPACE_SET_H

struct cli;
struct cli_option;

/* waspool workspace set and show. */
extern const struct cli_option workspace_set_options[];
void workspace_set_run(struct cli *);
void workspace_set_show(struct cli *);

#endif
