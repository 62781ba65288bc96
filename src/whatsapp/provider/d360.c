/*
 * The requests to 360dialog (docs/protocol.md §6.1, §2.6).
 */
#include <string.h>

#include "base/codec.h"
#include "base/pool.h"

#include "lib/http/client.h"
#include "lib/json/json.h"

#include "whatsapp/provider/d360.h"
#include "whatsapp/provider/graph_answer.h"
#include "whatsapp/provider/graph_health.h"
#include "whatsapp/provider/graph_message.h"
#include "whatsapp/provider/graph_request.h"
#include "whatsapp/provider/provider.h"

#define WEBHOOK	  "/v1/configs/webhook"
#define TEMPLATES "/v1/configs/templates"

static const char *
d360_key(struct pool *p, const struct provider_account *a)
{
	return pool_printf(p, "D360-API-KEY: %s", a->key);
}

static void
d360_get(struct pool *p, const struct provider_account *a, const char *path,
    struct client_request *r)
{
	graph_request_get(
	    p, graph_request_url(p, a->url, path), d360_key(p, a), r);
}

static void
d360_post(struct pool *p, const struct provider_account *a, const char *path,
    struct json_out *body, struct client_request *r)
{
	graph_request_post(
	    p, graph_request_url(p, a->url, path), d360_key(p, a), body, r);
}

static void
d360_send(struct pool *p, const struct provider_account *a,
    const struct outgoing *message, const struct provider_recipient *who,
    const char *callback, struct client_request *r)
{
	d360_post(
	    p, a, "/messages", graph_message(p, message, who, callback), r);
}

static void
d360_mark_read(struct pool *p, const struct provider_account *a,
    const char *wamid, int typing, struct client_request *r)
{
	d360_post(p, a, "/messages", graph_request_read(p, wamid, typing), r);
}

static void
d360_upload(struct pool *p, const struct provider_account *a, const char *path,
    const char *file_name, const char *mime_type, struct client_request *r)
{
	graph_request_upload(p, graph_request_url(p, a->url, "/media"),
	    d360_key(p, a), path, file_name, mime_type, r);
}

static void
d360_media_address(struct pool *p, const struct provider_account *a,
    const char *media_id, struct client_request *r)
{
	d360_get(p, a, pool_printf(p, "/%s", codec_percent(p, media_id)), r);
}

/* The path of Meta's address, at 360dialog's host. */
static int
d360_download(struct pool *p, const struct provider_account *a,
    const char *given, struct client_request *r)
{
	struct graph_request_place own, there;

	if (graph_request_place(p, a->url, given, &there) == -1 ||
	    graph_request_place(
		p, a->url, graph_request_url(p, a->url, "/"), &own) == -1 ||
	    (!there.is_own && !there.is_meta))
		return -1;
	graph_request_get(p, pool_printf(p, "%s%s", own.origin, there.path),
	    d360_key(p, a), r);
	graph_request_file(r);
	return 0;
}

static int
d360_templates(struct pool *p, const struct provider_account *a,
    const char *after, struct client_request *r)
{
	d360_get(p, a,
	    pool_printf(
		p, "/message_templates%s", graph_request_after(p, after)),
	    r);
	return 0;
}

/* The fields of Meta's that are asked for come through. */
static void
d360_health(struct pool *p, const struct provider_account *a, int few,
    struct client_request *r)
{
	d360_get(p, a,
	    few ? "/health_status"
		: "/health_status?fields=" GRAPH_HEALTH_FIELDS,
	    r);
}

static int
d360_template_create(struct pool *p, const struct provider_account *a,
    const char *template, struct client_request *r)
{
	struct json_out *o = json_new(p);

	json_put_raw(o, NULL, template);
	d360_post(p, a, TEMPLATES, o, r);
	return 0;
}

static int
d360_template_delete(struct pool *p, const struct provider_account *a,
    const char *name, struct client_request *r)
{
	graph_request_delete(p,
	    graph_request_url(p, a->url,
		pool_printf(p, TEMPLATES "/%s", codec_percent(p, name))),
	    d360_key(p, a), r);
	return 0;
}

static void
d360_example_begin(struct pool *p, const struct provider_account *a,
    const struct provider_example *e, struct client_request *r)
{
	graph_request_post(p,
	    graph_request_url(p, a->url, graph_request_example_path(p, e)),
	    d360_key(p, a), NULL, r);
}

static int
d360_example_file(struct pool *p, const struct provider_account *a,
    const struct provider_example *e, const char *session,
    struct client_request *r)
{
	const char *path = graph_request_session_path(p, session);

	if (path == NULL)
		return -1;
	graph_request_example(
	    p, graph_request_url(p, a->url, path), d360_key(p, a), e, r);
	return 0;
}

static void
d360_block(struct pool *p, const struct provider_account *a,
    const struct provider_recipient *who, int on, struct client_request *r)
{
	graph_request_block(p, graph_request_url(p, a->url, "/block_users"),
	    d360_key(p, a), who, on, r);
}

static void
d360_blocked(struct pool *p, const struct provider_account *a,
    const char *after, struct client_request *r)
{
	d360_get(p, a,
	    pool_printf(p, "/block_users%s", graph_request_after(p, after)), r);
}

/* One group has its address behind that of all: not Meta's. */
static const char *
d360_group_url(struct pool *p, const struct provider_account *a,
    enum provider_group what, const char *group_id)
{
	const char *path = graph_request_group_path(what);

	if (group_id != NULL)
		path = pool_printf(
		    p, "/groups/%s%s", codec_percent(p, group_id), path);
	return graph_request_url(p, a->url, path);
}

static void
d360_group(struct pool *p, const struct provider_account *a,
    enum provider_group what, const char *group_id, const char *body,
    struct client_request *r)
{
	graph_request_group(p, d360_group_url(p, a, what, group_id),
	    d360_key(p, a), what, body, r);
}

static void
d360_group_asking(struct pool *p, const struct provider_account *a,
    const char *group_id, const char *after, struct client_request *r)
{
	graph_request_get(p,
	    pool_printf(p, "%s%s",
		d360_group_url(p, a, PROVIDER_GROUP_APPROVE, group_id),
		graph_request_after(p, after)),
	    d360_key(p, a), r);
}

static void
d360_group_picture(struct pool *p, const struct provider_account *a,
    const char *group_id, const char *path, struct client_request *r)
{
	graph_request_upload(p,
	    d360_group_url(p, a, PROVIDER_GROUP_CHANGE, group_id),
	    d360_key(p, a), path, "picture.jpg", "image/jpeg", r);
}

static void
d360_webhook(struct pool *p, const struct provider_account *a,
    const struct provider_webhook *w, struct client_request *r)
{
	struct json_out *o = json_new(p);
	const char *value;

	if (w == NULL) {
		d360_get(p, a, WEBHOOK, r);
		return;
	}
	value = w->header != NULL ? strchr(w->header, ':') : NULL;
	json_open_object(o, NULL);
	json_put_text(o, "url", w->url);
	if (value != NULL) {
		json_open_object(o, "headers");
		json_put_text(o,
		    pool_text(p, w->header, (size_t)(value - w->header)),
		    value + 1 + strspn(value + 1, " "));
		json_close(o);
	}
	json_close(o);
	d360_post(p, a, WEBHOOK, o, r);
}

const struct provider d360 = {
	.name = "360dialog",
	.send = d360_send,
	.mark_read = d360_mark_read,
	.upload = d360_upload,
	.media_address = d360_media_address,
	.download = d360_download,
	.templates = d360_templates,
	.health = d360_health,
	.block = d360_block,
	.blocked = d360_blocked,
	.group = d360_group,
	.group_asking = d360_group_asking,
	.group_picture = d360_group_picture,
	.template_create = d360_template_create,
	.template_delete = d360_template_delete,
	.example_begin = d360_example_begin,
	.example_file = d360_example_file,
	.webhook = d360_webhook,
	.outcome = graph_answer,
	.fault = graph_fault,
};
