#ifndef PROCESS_TEMPLATE_CHANGE_H
#define PROCESS_TEMPLATE_CHANGE_H

struct ask_kind;
struct statements;

/*
 * Templates that are to be created and deleted at the provider, one request at
 * a time, as members want it (inbox/template/template_request.h).  A request
 * whose answer was lost is made again: the provider knows a template by its
 * name and language, and its list, which is read afterwards, has the last word.
 * Files of ours in its headers go to the provider before (docs/protocol.md
 * §6.7).
 */
extern const struct ask_kind template_change;

extern const struct statements template_change_statements;

#endif
