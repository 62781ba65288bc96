#ifndef WHATSAPP_PROVIDER_GRAPH_ANSWER_H
#define WHATSAPP_PROVIDER_GRAPH_ANSWER_H

#include <stdint.h>

#include "whatsapp/provider/provider.h"

struct client_answer;
struct pool;

/* What an answer of Meta's Graph API means; see outcome in provider.h. */
void graph_answer(struct pool *, const struct client_answer *, int sent,
    struct provider_outcome *);

/* What an error of that code is about (docs/protocol.md §6.4). */
enum provider_fault graph_fault(int64_t code);

#endif
