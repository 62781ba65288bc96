#ifndef WHATSAPP_PROVIDER_GRAPH_ANSWER_H
#define WHATSAPP_PROVIDER_GRAPH_ANSWER_H

struct client_answer;
struct pool;
struct provider_outcome;

/* What an answer in Meta's language means; see outcome in provider.h. */
void	graph_answer(struct pool *, const struct client_answer *, int sent,
	    struct provider_outcome *);

#endif
