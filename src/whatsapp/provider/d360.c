/*
 * What 360dialog is asked (docs/protocol.md §6.1, §6.2).
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/codec.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/http/client.h"
#include "lib/json/json.h"

#include "whatsapp/provider/d360.h"

#define CONNECT_MS 10000
#define TOTAL_MS   30000
#define FILE_MS	   300000 /* 100 MB at 3 Mbit/s */
#define ANSWER_MAX (256 * 1024)
#define FILE_MAX   (100 * 1024 * 1024)
#define WEBHOOK	   "/v1/configs/webhook"

/* NULL-terminated, in POOL: the key and what else there is to say. */
static const char *const *
headers(struct pool *p, const struct d360_account *a, int json)
{
	const char **line = pool_get(p, 4 * sizeof(*line));
	int n = 0;

	line[n++] = pool_printf(p, "D360-API-KEY: %s", a->key);
	line[n++] = "Accept: application/json";
	if (json)
		line[n++] = "Content-Type: application/json";
	return line;
}

static void
ask_d360(struct pool *p, const struct d360_account *a, const char *method,
    const char *path, struct client_request *r)
{
	size_t len = strlen(a->url);

	while (len > 0 && a->url[len - 1] == '/')
		len--;
	*r = (struct client_request){ .method = method,
		.url = pool_printf(p, "%.*s%s", (int)len, a->url, path),
		.headers = headers(p, a, 0),
		.max_len = ANSWER_MAX,
		.connect_ms = CONNECT_MS,
		.total_ms = TOTAL_MS };
}

static void
post(struct pool *p, const struct d360_account *a, const char *path,
    struct json_out *body, struct client_request *r)
{
	ask_d360(p, a, "POST", path, r);
	r->headers = headers(p, a, 1);
	r->body = json_end(body, &r->body_len);
}

/*
 * A number without + would be taken for one of the country of the business
 * number (docs/protocol.md §5).
 */
static void
put_recipient(
    struct pool *p, struct json_out *o, const struct d360_recipient *who)
{
	const char *phone = who->phone;

	if (phone != NULL) {
		json_put_text(o, "recipient_type", "individual");
		json_put_text(o, "to",
		    *phone == '+' ? phone : pool_printf(p, "+%s", phone));
	} else if (who->user_id != NULL) {
		json_put_text(o, "recipient", who->user_id);
	} else {
		json_put_text(o, "recipient_type", "group");
		json_put_text(o, "to", who->group_id);
	}
}

void
d360_send(struct pool *p, const struct d360_account *a, const char *message,
    const struct d360_recipient *who, const char *callback,
    struct client_request *r)
{
	const struct json *m = json_parse(p, message, strlen(message), NULL);
	struct json_out *o = json_new(p);

	json_open_object(o, NULL);
	json_put_text(o, "messaging_product", "whatsapp");
	put_recipient(p, o, who);
	for (m = json_first(m); m != NULL; m = json_next(m))
		json_put(o, json_key(m), m);
	if (callback != NULL)
		json_put_text(o, "biz_opaque_callback_data", callback);
	json_close(o);
	post(p, a, "/messages", o, r);
}

void
d360_read(struct pool *p, const struct d360_account *a, const char *wamid,
    int typing, struct client_request *r)
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
	post(p, a, "/messages", o, r);
}

void
d360_media_url(struct pool *p, const struct d360_account *a,
    const char *media_id, struct client_request *r)
{
	ask_d360(
	    p, a, "GET", pool_printf(p, "/%s", codec_percent(p, media_id)), r);
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

/* One of the hosts that Meta keeps files at (docs/protocol.md §6.5). */
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

/* JSON that was escaped once too often has \/ for each slash. */
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
d360_download(struct pool *p, const struct d360_account *a, const char *given,
    struct client_request *r)
{
	char *url = without_escapes(p, given), *path;
	size_t host, len = origin_len(url, &host);
	size_t own_host, own = origin_len(a->url, &own_host);
	int is_own =
	    own > 0 && len == own && strncasecmp(url, a->url, own) == 0;

	if (len == 0 || own == 0 ||
	    (!is_own && (host != 8 || !is_meta(url + host, len - host))))
		return -1;
	path = url + len;
	path[strcspn(path, "#")] = '\0';
	if (!is_path(path))
		return -1;
	ask_d360(p, a, "GET", "", r);
	r->url = pool_printf(p, "%.*s%s", (int)own, a->url, path);
	r->max_len = FILE_MAX;
	r->total_ms = FILE_MS;
	return 0;
}

void
d360_upload(struct pool *p, const struct d360_account *a, const char *path,
    const char *file_name, const char *mime_type, struct client_request *r)
{
	struct client_field *form = pool_get(p, 3 * sizeof(*form));

	form[0] = (struct client_field){ "messaging_product", "whatsapp" };
	form[1] = (struct client_field){ "type", mime_type };
	ask_d360(p, a, "POST", "/media", r);
	r->form = form;
	r->file_path = path;
	r->file_name = file_name;
	r->file_type = mime_type;
	r->total_ms = FILE_MS;
}

void
d360_get_webhook(
    struct pool *p, const struct d360_account *a, struct client_request *r)
{
	ask_d360(p, a, "GET", WEBHOOK, r);
}

void
d360_set_webhook(struct pool *p, const struct d360_account *a,
    const char *webhook_url, const char *header, struct client_request *r)
{
	const char *value = header != NULL ? strchr(header, ':') : NULL;
	struct json_out *o = json_new(p);

	json_open_object(o, NULL);
	json_put_text(o, "url", webhook_url);
	if (value != NULL) {
		json_open_object(o, "headers");
		json_put_text(o, pool_text(p, header, (size_t)(value - header)),
		    value + 1 + strspn(value + 1, " "));
		json_close(o);
	}
	json_close(o);
	post(p, a, WEBHOOK, o, r);
}

char *
d360_sha256(struct pool *p, const char *s)
{
	size_t len = s == NULL ? 0 : strlen(s), n = 0;
	char *bytes = NULL;

	if (len == 64)
		bytes = codec_unhex(p, s, len, &n);
	else if (len > 0)
		bytes = codec_unbase64(p, s, len, &n);
	return bytes != NULL && n == 32 ? codec_hex(p, bytes, n) : NULL;
}
