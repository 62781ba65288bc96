#ifndef TESTS_UNIT_COMPOSE_TRY_H
#define TESTS_UNIT_COMPOSE_TRY_H

/* A body of our API, read as a message. */
#include "unit.h"

#include "base/pool.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose.h"

static struct pool *p;

static inline int
try(const char *body, struct compose *c, struct compose_wrong **wrong)
{
	const struct json *m = json_parse(p, body, strlen(body), NULL);

	if (m == NULL)
		fail_msg("not JSON: %s", body);
	return compose_read(p, m, c, wrong);
}

#endif
