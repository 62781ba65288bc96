/*
 * The requests to Meta's Cloud API (docs/protocol.md §6.6).
 */
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/codec.h"
#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/http/client.h"
#include "lib/json/json.h"

#include "whatsapp/provider/cloud.h"
#include "whatsapp/provider/graph_answer.h"
#include "whatsapp/provider/graph_health.h"
#include "whatsapp/provider/graph_message.h"
#include "whatsapp/provider/graph_request.h"
#include "whatsapp/provider/provider.h"

#define BAD_PARAMETER 100

static const char *
cloud_key(struct pool *p, const struct provider_account *a)
{
	return pool_printf(p, "Authorization: Bearer %s", a->key);
}

/*
 * PATH, and appsecret_proof in its query: it shows that who has the token also
 * has the app's secret.  An app can require it.
 */
static const char *
proven_url(struct pool *p, const struct provider_account *a, const char *path)
{
	const char *secret = a->app_secret;
	unsigned char proof[DIGEST_LEN];

	if (secret != NULL) {
		digest_hmac_sha256(
		    secret, strlen(secret), a->key, strlen(a->key), proof);
		path = pool_printf(p, "%s%sappsecret_proof=%s", path,
		    strchr(path, '?') == NULL ? "?" : "&",
		    codec_hex(p, (const char *)proof, sizeof(proof)));
	}
	return graph_request_url(p, a->url, path);
}

/* /ID, the path after it, and a query. */
static const char *
cloud_url(struct pool *p, const struct provider_account *a, const char *id,
    const char *rest, const char *query)
{
	return proven_url(
	    p, a, pool_printf(p, "/%s%s%s", codec_percent(p, id), rest, query));
}

static void
cloud_send(struct pool *p, const struct provider_account *a,
    const struct outgoing *message, const struct provider_recipient *who,
    const char *callback, struct client_request *r)
{
	graph_request_post(p,
	    cloud_url(p, a, a->phone_number_id, "/messages", ""),
	    cloud_key(p, a), graph_message(p, message, who, callback), r);
}

static void
cloud_mark_read(struct pool *p, const struct provider_account *a,
    const char *wamid, int typing, struct client_request *r)
{
	graph_request_post(p,
	    cloud_url(p, a, a->phone_number_id, "/messages", ""),
	    cloud_key(p, a), graph_request_read(p, wamid, typing), r);
}

static void
cloud_upload(struct pool *p, const struct provider_account *a, const char *path,
    const char *file_name, const char *mime_type, struct client_request *r)
{
	graph_request_upload(p,
	    cloud_url(p, a, a->phone_number_id, "/media", ""), cloud_key(p, a),
	    path, file_name, mime_type, r);
}

static void
cloud_media_address(struct pool *p, const struct provider_account *a,
    const char *media_id, struct client_request *r)
{
	graph_request_get(
	    p, cloud_url(p, a, media_id, "", ""), cloud_key(p, a), r);
}

/* From the address that Meta answered, and only at one of its hosts. */
static int
cloud_download(struct pool *p, const struct provider_account *a,
    const char *given, struct client_request *r)
{
	struct graph_request_place there;

	if (graph_request_place(p, a->url, given, &there) == -1 ||
	    (!there.is_own && !there.is_meta))
		return -1;
	graph_request_get(p, pool_printf(p, "%s%s", there.origin, there.path),
	    cloud_key(p, a), r);
	graph_request_file(r);
	return 0;
}

/* Templates belong to the account (WABA), not to the number. */
static int
cloud_templates(struct pool *p, const struct provider_account *a,
    const char *after, struct client_request *r)
{
	if (a->waba_id == NULL)
		return -1;
	graph_request_get(p,
	    cloud_url(p, a, a->waba_id, "/message_templates",
		graph_request_after(p, after)),
	    cloud_key(p, a), r);
	return 0;
}

static void
cloud_health(struct pool *p, const struct provider_account *a, int few,
    struct client_request *r)
{
	graph_request_get(p,
	    cloud_url(p, a, a->phone_number_id, "",
		few ? "?fields=" GRAPH_HEALTH_FEW
		    : "?fields=" GRAPH_HEALTH_FIELDS),
	    cloud_key(p, a), r);
}

static void
cloud_block(struct pool *p, const struct provider_account *a,
    const struct provider_recipient *who, int on, struct client_request *r)
{
	graph_request_block(p,
	    cloud_url(p, a, a->phone_number_id, "/block_users", ""),
	    cloud_key(p, a), who, on, r);
}

static void
cloud_blocked(struct pool *p, const struct provider_account *a,
    const char *after, struct client_request *r)
{
	graph_request_get(p,
	    cloud_url(p, a, a->phone_number_id, "/block_users",
		graph_request_after(p, after)),
	    cloud_key(p, a), r);
}

static void
cloud_group(struct pool *p, const struct provider_account *a,
    enum provider_group what, const char *group_id, const char *body,
    struct client_request *r)
{
	graph_request_group(p,
	    cloud_url(p, a, group_id != NULL ? group_id : a->phone_number_id,
		graph_request_group_path(what), ""),
	    cloud_key(p, a), what, body, r);
}

static void
cloud_group_asking(struct pool *p, const struct provider_account *a,
    const char *group_id, const char *after, struct client_request *r)
{
	graph_request_get(p,
	    cloud_url(p, a, group_id,
		graph_request_group_path(PROVIDER_GROUP_APPROVE),
		graph_request_after(p, after)),
	    cloud_key(p, a), r);
}

static void
cloud_group_picture(struct pool *p, const struct provider_account *a,
    const char *group_id, const char *path, struct client_request *r)
{
	graph_request_upload(p, cloud_url(p, a, group_id, "", ""),
	    cloud_key(p, a), path, "picture.jpg", "image/jpeg", r);
}

static int
cloud_template_create(struct pool *p, const struct provider_account *a,
    const char *template, struct client_request *r)
{
	struct json_out *o = json_new(p);

	if (a->waba_id == NULL)
		return -1;
	json_put_raw(o, NULL, template);
	graph_request_post(p,
	    cloud_url(p, a, a->waba_id, "/message_templates", ""),
	    cloud_key(p, a), o, r);
	return 0;
}

static int
cloud_template_delete(struct pool *p, const struct provider_account *a,
    const char *name, struct client_request *r)
{
	if (a->waba_id == NULL)
		return -1;
	graph_request_delete(p,
	    cloud_url(p, a, a->waba_id, "/message_templates",
		pool_printf(p, "?name=%s", codec_percent(p, name))),
	    cloud_key(p, a), r);
	return 0;
}

/* "app" is the app whose token it is. */
static void
cloud_example_begin(struct pool *p, const struct provider_account *a,
    const struct provider_example *e, struct client_request *r)
{
	graph_request_post(p,
	    cloud_url(p, a, "app", graph_request_example_path(p, e), ""),
	    cloud_key(p, a), NULL, r);
}

/* This one takes the token as OAuth only. */
static int
cloud_example_file(struct pool *p, const struct provider_account *a,
    const struct provider_example *e, const char *session,
    struct client_request *r)
{
	const char *path = graph_request_session_path(p, session);

	if (path == NULL)
		return -1;
	graph_request_example(p, proven_url(p, a, path),
	    pool_printf(p, "Authorization: OAuth %s", a->key), e, r);
	return 0;
}

/* The webhook of the number itself, which wins over those of its account and
 * app. */
static void
cloud_webhook(struct pool *p, const struct provider_account *a,
    const struct provider_webhook *w, struct client_request *r)
{
	struct json_out *o = json_new(p);

	if (w == NULL) {
		graph_request_get(p,
		    cloud_url(p, a, a->phone_number_id, "",
			"?fields=webhook_configuration"),
		    cloud_key(p, a), r);
		return;
	}
	json_open_object(o, NULL);
	json_open_object(o, "webhook_configuration");
	json_put_text(o, "override_callback_uri", w->url);
	json_put_text(o, "verify_token", w->verify_token);
	json_close(o);
	json_close(o);
	graph_request_post(p, cloud_url(p, a, a->phone_number_id, "", ""),
	    cloud_key(p, a), o, r);
}

/* The webhook that Meta uses: the first of these that is set. */
static const char *
webhook_of(const struct json *body)
{
	static const char *const whose[] = { "phone_number",
		"whatsapp_business_account", "application" };
	const struct json *set = json_get(body, "webhook_configuration");

	for (size_t i = 0; i < sizeof(whose) / sizeof(*whose); i++)
		if (json_text(set, whose[i]) != NULL)
			return json_text(set, whose[i]);
	return NULL;
}

/*
 * A missing or wrong appsecret_proof has the code of any bad parameter.  The
 * message is not to blame: the whole number stops until somebody corrects the
 * secret.
 */
static void
cloud_outcome(struct pool *p, const struct client_answer *a, int sent,
    struct provider_outcome *o)
{
	graph_answer(p, a, sent, o);
	if (o->decision == PROVIDER_REFUSED && o->code == BAD_PARAMETER &&
	    o->title != NULL && strcasestr(o->title, "appsecret_proof") != NULL)
		o->decision = PROVIDER_STOP;
	if (o->decision == PROVIDER_DONE && o->url == NULL)
		o->url = webhook_of(json_parse(p, a->body, a->body_len, NULL));
}

const struct provider cloud = {
	.name = "cloud",
	.is_meta = 1,
	.send = cloud_send,
	.mark_read = cloud_mark_read,
	.upload = cloud_upload,
	.media_address = cloud_media_address,
	.download = cloud_download,
	.templates = cloud_templates,
	.health = cloud_health,
	.block = cloud_block,
	.blocked = cloud_blocked,
	.group = cloud_group,
	.group_asking = cloud_group_asking,
	.group_picture = cloud_group_picture,
	.template_create = cloud_template_create,
	.template_delete = cloud_template_delete,
	.example_begin = cloud_example_begin,
	.example_file = cloud_example_file,
	.webhook = cloud_webhook,
	.outcome = cloud_outcome,
	.fault = graph_fault,
};
