/*
 * A body of our API, read as a message.
 */
#include "compose_try.h"

#include "base/pool.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose.h"

#include "unit.h"

int
compose_try(struct pool *p, const char *body, struct compose *c,
    struct compose_wrong **wrong)
{
	const struct json *m = json_parse(p, body, strlen(body), NULL);

	if (m == NULL)
		fail_msg("not JSON: %s", body);
	return compose_read(p, m, c, wrong);
}

const char *
compose_try_wrong(struct pool *p, const char *body)
{
	struct compose_wrong *wrong;
	struct compose c;
	const char *said = "";

	compose_try(p, body, &c, &wrong);
	for (; wrong != NULL; wrong = wrong->next)
		said = pool_printf(
		    p, "%s%s %s\n", said, wrong->field, wrong->message);
	return said;
}
