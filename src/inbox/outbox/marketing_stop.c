/*
 * A marketing template is not sent to a customer who wants no marketing.
 */
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"

#include "inbox/outbox/marketing_stop.h"

#define CATEGORY "MARKETING" /* as the provider's list has it */

int
marketing_stop(struct db *db, const char *statement, struct pool *pool,
    int64_t number_id, const char *type, const char *content,
    int64_t stopped_at, const char **why)
{
	const struct json *template;
	const char *name, *language, *category;
	struct db_rows *r;
	int rc;

	*why = NULL;
	if (stopped_at == 0 || content == NULL || !text_is(type, "template"))
		return 0;
	template = json_parse(pool, content, strlen(content), NULL);
	name = json_text(template, "name");
	language = json_text(json_get(template, "language"), "code");
	if (name == NULL || language == NULL)
		return 0;
	r = db_query(db, statement,
	    DB_ARGS(db_int(number_id), db_text(name), db_text(language)));
	rc = db_next(r);
	category = rc == 1 ? db_col_text(r, 0) : NULL;
	if (category != NULL && strcasecmp(category, CATEGORY) == 0)
		*why = pool_printf(pool,
		    "This customer wants no marketing messages since %s, and "
		    "the template %s is marketing: it is not sent. Templates "
		    "of other categories are.",
		    clock_text(pool, stopped_at), name);
	db_end(r);
	return rc == -1 ? -1 : 0;
}
