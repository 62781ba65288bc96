#ifndef INBOX_WEBHOOK_ENDPOINT_URL_H
#define INBOX_WEBHOOK_ENDPOINT_URL_H

struct address_rules;

/*
 * The address of an endpoint, as somebody gave it: https, without a user, a
 * password or a fragment, in ASCII.  Port 443, or one from 1024 on, so that no
 * mail server is spoken to.  http, and any port, only to a host that
 * WASPOOL_WEBHOOK_ALLOW names.
 */
#define ENDPOINT_URL_MAX  2048 /* bytes */
#define ENDPOINT_HOST_MAX 253

struct endpoint_url {
	char host[ENDPOINT_HOST_MAX + 1]; /* an IPv6 address in brackets */
	int port;
};

/* NULL, or what is wrong with S: words that follow "url". */
const char *endpoint_url_read(
    struct endpoint_url *, const char *s, const struct address_rules *);

#endif
