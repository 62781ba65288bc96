/*
 * Checks the template of a broadcast as that of a message to somebody of whom
 * all is known.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"

#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "whatsapp/compose/compose.h"

#include "inbox/broadcast/broadcast_check.h"
#include "inbox/broadcast/broadcast_fill.h"
#include "inbox/outbox/submit_template.h"
#include "inbox/template/template_list.h"

#define TEMPLATE_MAX 32768 /* bytes of JSON */

const struct statements broadcast_check_statements = {
	.also = STATEMENTS(&template_list_statements),
};

static int
wrong_template(struct pool *pool, struct compose_wrong **wrong,
    const char *field, const char *message)
{
	struct compose_wrong *w = pool_alloc(pool, sizeof(*w));

	*w = (struct compose_wrong){ .field = field, .message = message };
	*wrong = w;
	return 0;
}

int
broadcast_check(struct session *s, struct pool *pool, int64_t number_id,
    const struct json *template, const char **text,
    struct compose_wrong **wrong)
{
	static const struct broadcast_person ann = { "Ann", "+16505551234" };
	const char *why = NULL, *field = NULL, *filled, *body;
	struct compose c = { 0 };

	*wrong = NULL;
	if (json_type(template) != JSON_OBJECT)
		return wrong_template(pool, wrong, "template", "is needed");
	*text = json_write(pool, template);
	if (strlen(*text) > TEMPLATE_MAX)
		return wrong_template(
		    pool, wrong, "template", "is longer than 32 KiB");
	filled = broadcast_fill(pool, *text, &ann, &why);
	if (filled == NULL)
		return wrong_template(pool, wrong, "template", why);
	body = pool_printf(
	    pool, "{\"type\":\"template\",\"template\":%s}", filled);
	if (compose_read(pool, json_parse(pool, body, strlen(body), NULL), &c,
		wrong) == -1)
		return 0;
	switch (submit_template(s, pool, number_id, &c, &field, &why)) {
	case -1:
		return -1;
	case 0:
		return wrong_template(pool, wrong, field, why);
	default:
		return 1;
	}
}
