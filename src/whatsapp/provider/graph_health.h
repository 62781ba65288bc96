#ifndef WHATSAPP_PROVIDER_GRAPH_HEALTH_H
#define WHATSAPP_PROVIDER_GRAPH_HEALTH_H

struct json;
struct pool;

/*
 * How a number is, as the provider's API says it (docs/protocol.md §6.10).
 * Which fields may be asked for depends on Meta's version and on the account,
 * and one that is unknown there fails the request: then the few that all know
 * are asked for.
 */
#define GRAPH_HEALTH_FIELDS                                                    \
	"quality_rating,verified_name,name_status,status,throughput,"          \
	"messaging_limit_tier,health_status"
#define GRAPH_HEALTH_FEW "quality_rating,verified_name,name_status"

#define GRAPH_HEALTH_TEXT_MAX	  512 /* code points; a longer text is none */
#define GRAPH_HEALTH_PROBLEMS_MAX 10

/*
 * An answer as JSON of our own, in POOL, which is the same for the same state:
 * quality_rating, messaging_limit, verified_name, name_status, status,
 * throughput, can_send, each the provider's word or null; problems, a list of
 * {of, code, text, solution}.  NULL: BODY says nothing of it.
 */
const char *graph_health_write(struct pool *, const struct json *body);

#endif
