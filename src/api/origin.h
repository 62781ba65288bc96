#ifndef API_ORIGIN_H
#define API_ORIGIN_H

struct action;
struct http_request;

/*
 * From where a request comes.
 *
 * origin_is_local: 1 when the client is on this machine.  Behind a proxy of the
 * operator's every request comes from 127.0.0.1, but has a header that names
 * the real client.
 */
int origin_is_local(const struct http_request *);

/* The same, and it names this machine as its host: no other site's cookie. */
int origin_is_own_host(const struct http_request *);

/*
 * Which page of a browser sent it, by Sec-Fetch-Site, else by Origin beside
 * Host: one of our own; one of another site (another subdomain too); or no
 * browser says so.
 */
enum origin { ORIGIN_UNSAID, ORIGIN_SAME, ORIGIN_OTHER };

enum origin origin_of(const struct http_request *);

/*
 * Cross-Origin Resource Sharing (the Fetch standard): pages of the origins in
 * WASPOOL_CORS_ORIGINS may read what the API answers.  They ask with a token or
 * a ticket: a browser that sends our cookie along shows them nothing, since we
 * never say Access-Control-Allow-Credentials.
 *
 * origin_share: the headers of an answer that such a page may read, and Vary
 * for all.  origin_preflight: 1 when a browser asked whether such a page may
 * send its request, and was answered; no token comes with that.
 */
void origin_share(struct action *);
int origin_preflight(struct action *);

#endif
