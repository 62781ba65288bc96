#ifndef PROCESS_TEMPLATE_SYNC_H
#define PROCESS_TEMPLATE_SYNC_H

struct ask_kind;
struct statements;

/*
 * The provider's lists of message templates, read number by number, page by
 * page, one request at a time: each day, soon after an event about a template,
 * and when somebody asks for it.
 */
#define TEMPLATE_SYNC_PAGES 100 /* a longer list is cut */

extern const struct ask_kind template_sync;

extern const struct statements template_sync_statements;

#endif
