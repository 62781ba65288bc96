/*
 * Answers: JSON and problem+json.
 */
#include "base/pool.h"

#include "lib/fcgi/http.h"
#include "lib/json/json.h"

#include "api/action.h"
#include "api/reply.h"

#define ADDRESS "https://waspool.dev/problems/"

static const struct {
	int status;
	const char *name;
	const char *title;
} problems[] = {
	[REPLY_NOT_JSON] = { 400, "not-json", "Not JSON" },
	[REPLY_BAD_PARAMETER] = { 400, "bad-parameter", "Bad parameter" },
	[REPLY_UNAUTHORIZED] = { 401, "unauthorized", "Not signed in" },
	[REPLY_WRONG_CREDENTIALS] = { 401, "wrong-credentials",
	    "Wrong credentials" },
	[REPLY_CODE_NEEDED] = { 401, "code-needed", "A code is needed" },
	[REPLY_FORBIDDEN] = { 403, "forbidden", "Not allowed" },
	[REPLY_SECOND_FACTOR] = { 403, "second-factor",
	    "A second factor is needed" },
	[REPLY_NOT_FOUND] = { 404, "not-found", "Not found" },
	[REPLY_METHOD_NOT_ALLOWED] = { 405, "method-not-allowed",
	    "Method not allowed" },
	[REPLY_NOT_ACCEPTABLE] = { 406, "not-acceptable", "Not acceptable" },
	[REPLY_CONFLICT] = { 409, "conflict", "Conflict" },
	[REPLY_IDEMPOTENCY_CONFLICT] = { 409, "idempotency-conflict",
	    "Idempotency-Key used for another request" },
	[REPLY_WINDOW_CLOSED] = { 409, "window-closed",
	    "The 24-hour window is closed" },
	[REPLY_UNREACHABLE] = { 409, "unreachable",
	    "The customer cannot be reached" },
	[REPLY_BLOCKED] = { 409, "blocked", "The customer is blocked" },
	[REPLY_MARKETING_STOPPED] = { 409, "marketing-stopped",
	    "The customer wants no marketing" },
	[REPLY_MEDIA_PENDING] = { 409, "media-pending",
	    "The file is not here yet" },
	[REPLY_MEDIA_MISSING] = { 409, "media-missing",
	    "The file is not here" },
	[REPLY_DRAFT_CHANGED] = { 409, "draft-changed",
	    "The draft has changed" },
	[REPLY_CHANGES_GONE] = { 410, "changes-gone",
	    "These changes are gone" },
	[REPLY_TOO_LARGE] = { 413, "too-large", "Body too large" },
	[REPLY_UNSUPPORTED_MEDIA_TYPE] = { 415, "unsupported-media-type",
	    "Unsupported media type" },
	[REPLY_BAD_FIELD] = { 422, "bad-field", "Bad field" },
	[REPLY_TOO_MANY_TRIES] = { 429, "too-many-tries", "Too many tries" },
	[REPLY_TOO_MANY_STREAMS] = { 429, "too-many-streams",
	    "Too many streams" },
	[REPLY_QUEUE_FULL] = { 429, "queue-full", "Too many messages wait" },
	[REPLY_TOO_MANY_UPLOADS] = { 429, "too-many-uploads",
	    "Too many uploads" },
	[REPLY_TOO_MANY_SEARCHES] = { 429, "too-many-searches",
	    "Too many searches" },
	[REPLY_TOO_MANY_REQUESTS] = { 429, "too-many-requests",
	    "Too many requests" },
	[REPLY_INTERNAL] = { 500, "internal", "Something went wrong here" },
	[REPLY_UNAVAILABLE] = { 503, "unavailable", "Not available now" },
	[REPLY_BUSY] = { 503, "busy", "Try again" },
	[REPLY_QUOTA_EXCEEDED] = { 507, "quota-exceeded",
	    "The workspace has too many files" },
};

void
reply_header(struct action *a, const char *name, const char *value)
{
	http_add_header(a->request, a->answer, name, value);
}

static int
body(struct action *a, int status, const char *type, struct json_out *out)
{
	a->answer->status = status;
	a->answer->type = type;
	a->answer->body = json_end(out, &a->answer->body_len);
	return 0;
}

int
reply_json(struct action *a, int status, struct json_out *out)
{
	return body(a, status, "application/json", out);
}

int
reply_empty(struct action *a)
{
	a->answer->status = 204;
	a->answer->type = NULL;
	a->answer->body = NULL;
	a->answer->body_len = 0;
	return 0;
}

static struct json_out *
begin_reply(struct action *a, enum reply_problem p, const char *detail)
{
	struct json_out *out = json_new(a->pool);

	json_open_object(out, NULL);
	json_put_text(
	    out, "type", pool_printf(a->pool, ADDRESS "%s", problems[p].name));
	json_put_text(out, "title", problems[p].title);
	json_put_int(out, "status", problems[p].status);
	if (detail != NULL)
		json_put_text(out, "detail", detail);
	return out;
}

static int
end(struct action *a, enum reply_problem p, struct json_out *out)
{
	json_close(out);
	return body(a, problems[p].status, "application/problem+json", out);
}

int
reply_problem(struct action *a, enum reply_problem p, const char *detail)
{
	struct json_out *out = begin_reply(a, p, detail);

	if (a->wrong != NULL) {
		json_open_array(out, "errors");
		for (struct action_wrong *w = a->wrong; w != NULL;
		     w = w->next) {
			json_open_object(out, NULL);
			json_put_text(out, "field", w->field);
			json_put_text(out, "message", w->message);
			json_close(out);
		}
		json_close(out);
	}
	return end(a, p, out);
}

int
reply_conflict(
    struct action *a, const char *detail, const char *key, int64_t id)
{
	struct json_out *out = begin_reply(a, REPLY_CONFLICT, detail);

	json_put_int(out, key, id);
	return end(a, REPLY_CONFLICT, out);
}

int
reply_wrong(struct action *a)
{
	return reply_problem(a, REPLY_BAD_FIELD,
	    pool_printf(a->pool, "%s %s.", a->wrong->field, a->wrong->message));
}

int
reply_only(struct action *a, const char *allow)
{
	reply_header(a, "Allow", allow);
	return reply_problem(a, REPLY_METHOD_NOT_ALLOWED,
	    pool_printf(a->pool, "This address takes only %s.", allow));
}

int
reply_not_found(struct action *a)
{
	return reply_problem(
	    a, REPLY_NOT_FOUND, "There is nothing at this address.");
}

void
reply_open_list(struct json_out *out)
{
	json_open_object(out, NULL);
	json_open_array(out, "data");
}

int
reply_list(struct action *a, struct json_out *out, const char *cursor)
{
	json_put_text(out, "next_cursor", cursor);
	json_close(out);
	return reply_json(a, 200, out);
}
