/*
 * Requests of Meta's API, as all providers that have it take them
 * (docs/protocol.md §6.2).
 */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/codec.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/http/client.h"
#include "lib/json/json.h"

#include "whatsapp/provider/graph_request.h"
#include "whatsapp/provider/provider.h"

#define CONNECT_MS 10000
#define TOTAL_MS   30000
#define FILE_MS	   300000 /* 100 MB at 3 Mbit/s */
#define ANSWER_MAX (256 * 1024)
#define FILE_MAX   (100 * 1024 * 1024)

/* The header lines, NULL-terminated, in POOL: the key and the others. */
static const char *const *
headers(struct pool *p, const char *key, int json)
{
	const char **line = pool_alloc(p, 4 * sizeof(*line));
	int n = 0;

	line[n++] = key;
	line[n++] = "Accept: application/json";
	if (json)
		line[n++] = "Content-Type: application/json";
	return line;
}

const char *
graph_request_url(struct pool *p, const char *base, const char *path)
{
	size_t len = strlen(base);

	while (len > 0 && base[len - 1] == '/')
		len--;
	return pool_printf(p, "%.*s%s", (int)len, base, path);
}

const char *
graph_request_after(struct pool *p, const char *after)
{
	return after == NULL
		   ? ""
		   : pool_printf(p, "?after=%s", codec_percent(p, after));
}

static void
begin_graph(struct pool *p, const char *method, const char *url,
    const char *key, int json, struct client_request *r)
{
	*r = (struct client_request){ .method = method,
		.url = url,
		.headers = headers(p, key, json),
		.max_len = ANSWER_MAX,
		.connect_ms = CONNECT_MS,
		.total_ms = TOTAL_MS };
}

void
graph_request_get(
    struct pool *p, const char *url, const char *key, struct client_request *r)
{
	begin_graph(p, "GET", url, key, 0, r);
}

void
graph_request_delete(
    struct pool *p, const char *url, const char *key, struct client_request *r)
{
	begin_graph(p, "DELETE", url, key, 0, r);
}

void
graph_request_post(struct pool *p, const char *url, const char *key,
    struct json_out *body, struct client_request *r)
{
	begin_graph(p, "POST", url, key, body != NULL, r);
	if (body != NULL)
		r->body = json_end(body, &r->body_len);
}

void
graph_request_upload(struct pool *p, const char *url, const char *key,
    const char *path, const char *file_name, const char *mime_type,
    struct client_request *r)
{
	struct client_field *form = pool_alloc(p, 3 * sizeof(*form));

	form[0] = (struct client_field){ "messaging_product", "whatsapp" };
	form[1] = (struct client_field){ "type", mime_type };
	begin_graph(p, "POST", url, key, 0, r);
	r->form = form;
	r->file_path = path;
	r->file_name = file_name;
	r->file_type = mime_type;
	r->total_ms = FILE_MS;
}

const char *
graph_request_example_path(struct pool *p, const struct provider_example *e)
{
	return pool_printf(p,
	    "/uploads?file_name=%s&file_length=%" PRId64 "&file_type=%s",
	    codec_percent(p, e->file_name != NULL ? e->file_name : "file"),
	    e->size, codec_percent(p, e->mime_type));
}

/* It goes into the address as it came, for it has a query of its own
 * ("upload:MT…?sig=AR…"). */
const char *
graph_request_session_path(struct pool *p, const char *session)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				   "-_.~:=?&%+!*,;@$";

	if (session == NULL || !text_begins(session, "upload:") ||
	    session[strspn(session, good)] != '\0')
		return NULL;
	return pool_printf(p, "/%s", session);
}

void
graph_request_example(struct pool *p, const char *url, const char *key,
    const struct provider_example *e, struct client_request *r)
{
	const char **line = pool_alloc(p, 5 * sizeof(*line));
	int n = 0;

	begin_graph(p, "POST", url, key, 0, r);
	line[n++] = key;
	line[n++] = "Accept: application/json";
	line[n++] = "file_offset: 0";
	line[n++] = pool_printf(p, "Content-Type: %s", e->mime_type);
	line[n] = NULL;
	r->headers = line;
	r->file_path = e->path;
	r->total_ms = FILE_MS;
}

/* Blocking is added to a list of the number, and unblocking taken out. */
void
graph_request_block(struct pool *p, const char *url, const char *key,
    const struct provider_recipient *who, int on, struct client_request *r)
{
	struct json_out *o = json_new(p);

	json_open_object(o, NULL);
	json_put_text(o, "messaging_product", "whatsapp");
	json_open_array(o, "block_users");
	json_open_object(o, NULL);
	if (who->phone != NULL)
		json_put_text(o, "user", who->phone);
	else
		json_put_text(o, "user_id", who->user_id);
	json_close(o);
	json_close(o);
	json_close(o);
	begin_graph(p, on ? "POST" : "DELETE", url, key, 1, r);
	r->body = json_end(o, &r->body_len);
}

const char *
graph_request_group_path(enum provider_group what)
{
	switch (what) {
	case PROVIDER_GROUP_CREATE:
		return "/groups";
	case PROVIDER_GROUP_LINK:
		return "/invite_link";
	case PROVIDER_GROUP_APPROVE:
	case PROVIDER_GROUP_REJECT:
		return "/join_requests";
	case PROVIDER_GROUP_REMOVE:
		return "/participants";
	default:
		return "";
	}
}

void
graph_request_group(struct pool *p, const char *url, const char *key,
    enum provider_group what, const char *body, struct client_request *r)
{
	int post = what != PROVIDER_GROUP_REJECT &&
		   what != PROVIDER_GROUP_REMOVE && what != PROVIDER_GROUP_END;

	begin_graph(p, post ? "POST" : "DELETE", url, key, body != NULL, r);
	r->body = body;
	r->body_len = body != NULL ? strlen(body) : 0;
}

void
graph_request_file(struct client_request *r)
{
	r->max_len = FILE_MAX;
	r->total_ms = FILE_MS;
}

struct json_out *
graph_request_read(struct pool *p, const char *wamid, int typing)
{
	struct json_out *o = json_new(p);

	json_open_object(o, NULL);
	json_put_text(o, "messaging_product", "whatsapp");
	json_put_text(o, "status", "read");
	json_put_text(o, "message_id", wamid);
	if (typing) {
		json_open_object(o, "typing_indicator");
		json_put_text(o, "type", "text");
		json_close(o);
	}
	json_close(o);
	return o;
}

/* The part of an https or http URL before its path: its length, 0 none. */
static size_t
origin_len(const char *url, size_t *host)
{
	*host = strncasecmp(url, "https://", 8) == 0  ? 8
		: strncasecmp(url, "http://", 7) == 0 ? 7
						      : 0;
	return *host == 0 ? 0 : *host + strcspn(url + *host, "/?#\\");
}

/* 1 when HOST is one of those where Meta keeps files (docs/protocol.md
 * §6.5). */
static int
is_meta(const char *host, size_t len)
{
	static const char *const domains[] = { "fbsbx.com", "facebook.com",
		"whatsapp.net" };

	for (size_t i = 0; i < sizeof(domains) / sizeof(*domains); i++) {
		size_t n = strlen(domains[i]);

		if (len > n && host[len - n - 1] == '.' &&
		    strncasecmp(host + len - n, domains[i], n) == 0 &&
		    strspn(host,
			"abcdefghijklmnopqrstuvwxyz"
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") >= len)
			return 1;
	}
	return 0;
}

/* 1 when S, a path and query, can stand in a request as it is. */
static int
is_path(const char *s)
{
	if (*s != '/')
		return 0;
	for (; *s != '\0'; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f || *s == '\\')
			return 0;
	return 1;
}

/* In JSON that was escaped twice each slash is \/. */
static char *
without_escapes(struct pool *p, const char *s)
{
	char *copy = pool_copy(p, s), *out = copy;

	for (; *s != '\0'; s++)
		if (!(s[0] == '\\' && s[1] == '/'))
			*out++ = *s;
	*out = '\0';
	return copy;
}

int
graph_request_place(struct pool *p, const char *base, const char *given,
    struct graph_request_place *place)
{
	char *url = without_escapes(p, given);
	size_t host, len = origin_len(url, &host);
	size_t own_host, own = origin_len(base, &own_host);

	if (len == 0 || own == 0)
		return -1;
	place->is_own = len == own && strncasecmp(url, base, own) == 0;
	place->is_meta = host == 8 && is_meta(url + host, len - host);
	place->origin = pool_text(p, url, len);
	url[len + strcspn(url + len, "#")] = '\0';
	place->path = url + len;
	return is_path(place->path) ? 0 : -1;
}
