/*
 * Checks that ask the provider: its clock, and the webhook that it has.  With a
 * short timeout, and for a few numbers only.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/http/client.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/provider/provider.h"

#include "spool/spool.h"

#include "inbox/node/health.h"
#include "inbox/workspace/number.h"
#include "inbox/workspace/number_admin.h"

#include "process/send/keys.h"

#include "cli/doctor/doctor.h"

#define CONNECT_MS  2000
#define TOTAL_MS    4000
#define ASKED_MAX   20 /* numbers */
#define AGENT	    "waspool/" VERSION_TEXT
#define PATH	    "/api/webhooks/whatsapp"
#define YEAR_BEFORE 1767225600 /* 2026: this program is younger */

/* ----------------------------------------------------------------- clock */

static void
take_date(void *arg, const struct client_answer *a)
{
	int64_t *date = arg;

	*date = a->date;
}

/* The provider's clock now; 0 not known. */
static int64_t
its_time(struct doctor *d)
{
	struct client_request r = { .method = "GET",
		.url = d->config.api_url,
		.connect_ms = CONNECT_MS,
		.total_ms = TOTAL_MS };
	int64_t date = 0;

	if (client_once(&r, take_date, &date) != 0)
		return 0;
	return date;
}

/* The skew that the processor has seen in deliveries; 0 none. */
static int64_t
off_by_deliveries(struct doctor *d)
{
	struct db *db = doctor_inbox(d);
	struct spool *spool = doctor_spool(d);
	struct health h;

	if (db_prepare_all(db, &health_put_statements) == -1 ||
	    health_look(db, spool_node(spool), &h) == -1)
		_exit(EX_IOERR);
	return h.clock_off;
}

static const char *
set_clock(struct doctor *d)
{
	if (doctor_has_systemd())
		return doctor_root(d, "timedatectl set-ntp true");
	return doctor_root(d,
	    "date -s \"$(curl -sI %s | sed -n 's/^[Dd]ate: //p')\"",
	    doctor_word(d, d->config.api_url));
}

static int
is_wrong(struct doctor *d, int64_t off, const char *how)
{
	int64_t by = off < 0 ? -off : off;

	if (by <= HEALTH_CLOCK)
		return 0;
	doctor_say(d, DOCTOR_FAIL, set_clock(d),
	    "the clock of this machine is %" PRId64 " s %s the provider's, %s",
	    by, off < 0 ? "behind" : "ahead of", how);
	return 1;
}

void
doctor_clock(struct doctor *d)
{
	int64_t date;

	doctor_config(d, 0);
	if (d->now < YEAR_BEFORE) {
		doctor_say(d, DOCTOR_FAIL, set_clock(d),
		    "the clock of this machine says %s: it is behind",
		    clock_text(d->pool, d->now));
		return;
	}
	date = its_time(d);
	if (date != 0) {
		if (is_wrong(d, clock_now() - date, "as its answer says"))
			return;
		doctor_say(d, DOCTOR_OK, NULL,
		    "it agrees with the provider's within %" PRId64 " s",
		    clock_now() - date);
		doctor_tell(d);
	}
	if (is_wrong(d, off_by_deliveries(d), "as deliveries say"))
		return;
	doctor_say(d, DOCTOR_OK, NULL, "nothing shows that the clock is wrong");
}

/* --------------------------------------------------------------- webhook */

struct doctor_provider_asked {
	const char *id;
	const char *name; /* of its provider */
	struct provider_account account;
	struct pool *pool;
	int status;
	const char *url; /* NULL none is set */
	const char *error;
	struct provider_outcome outcome;
};

static void
take_webhook(void *arg, const struct client_answer *a)
{
	struct doctor_provider_asked *q = arg;

	q->status = a->status;
	q->error = pool_copy(q->pool, a->error);
	if (a->status == 0)
		return;
	q->account.provider->outcome(q->pool, a, 0, &q->outcome);
	if (q->outcome.decision == PROVIDER_DONE)
		q->url = pool_copy(q->pool, q->outcome.url);
}

static void
ask_provider(struct doctor *d, struct client *fetch, struct keys *keys,
    struct doctor_provider_asked *q)
{
	struct client_request r = { 0 };
	const char *why;

	q->pool = d->pool;
	q->status = -1;
	if (keys_account(keys, d->pool, q->id, q->name, &q->account, &why) ==
	    -1)
		return;
	q->account.provider->webhook(d->pool, &q->account, NULL, &r);
	r.connect_ms = CONNECT_MS;
	r.total_ms = TOTAL_MS;
	if (client_start(fetch, &r, take_webhook, q) != 0)
		q->status = -1;
}

/* scheme://host of URL, in POOL; NULL it is none. */
static const char *
host_of(struct doctor *d, const char *url)
{
	const char *host = url == NULL ? NULL : strstr(url, "://");

	if (host == NULL)
		return NULL;
	host += 3;
	return pool_text(
	    d->pool, url, (size_t)(host - url) + strcspn(host, "/?#"));
}

static int
is_right(const char *url)
{
	const char *host = strstr(url, "://");
	const char *path = host == NULL ? NULL : strchr(host + 3, '/');

	if (path == NULL ||
	    (strncasecmp(url, "https://", strlen("https://")) != 0 &&
		strstr(url, "://127.0.0.1") == NULL &&
		strstr(url, "://localhost") == NULL))
		return 0;
	path += strspn(path, "/") - 1;
	return text_begins(path, PATH) &&
	       strchr("/?", path[strlen(PATH)]) != NULL;
}

static const char *
set(struct doctor *d, const char *host, const char *id)
{
	return doctor_waspool(
	    d, pool_printf(d->pool, "webhook set %s" PATH " --number %s",
		   host != NULL ? doctor_word(d, host) : "https://HOST", id));
}

/* Checks the webhook of a number: 1 when the provider answered. */
static int
judge(struct doctor *d, const struct doctor_provider_asked *q, const char *host)
{
	if (q->status == -1)
		return 1; /* no key: another check says so */
	if (q->status == 0 && q->error != NULL &&
	    strstr(q->error, "certificate") != NULL) {
		doctor_say(d, DOCTOR_FAIL,
		    doctor_root(d, "apt-get update && %s",
			doctor_root(d, "apt-get install -y ca-certificates")),
		    "the certificate of %s is not accepted (%s): those of this "
		    "machine are old, or the provider has to renew it%s",
		    q->account.url, q->error,
		    strstr(q->error, "expired") != NULL ||
			    strstr(q->error, "not yet valid") != NULL
			? pool_printf(d->pool,
			      ", or the clock is wrong, which says %s",
			      clock_text(d->pool, clock_now()))
			: "");
		return 0;
	}
	if (q->status == 0 || q->status >= 500 || q->status == 429) {
		doctor_say(d, DOCTOR_UNKNOWN, NULL,
		    "could not look: %s does not answer for number %s: %s",
		    q->account.url, q->id,
		    q->error != NULL ? q->error : "try again");
		return 0;
	}
	if (q->status == 401 || q->status == 403)
		doctor_say(d, DOCTOR_FAIL,
		    doctor_root(d, "sh -c 'cat >%s/%s'",
			doctor_word(d, d->config.key_dir), q->id),
		    "the provider refuses the API key of number %s; the "
		    "command waits for the new one: paste it, Enter, Ctrl-D",
		    q->id);
	else if (q->url == NULL)
		doctor_say(d, DOCTOR_FAIL, set(d, host, q->id),
		    "the provider has no webhook for number %s%s", q->id,
		    host == NULL ? "; HOST is this machine's public name" : "");
	else if (!is_right(q->url))
		doctor_say(d, DOCTOR_FAIL, set(d, host_of(d, q->url), q->id),
		    "the provider delivers for number %s to an address that is "
		    "not https://…%s",
		    q->id, PATH);
	return 1;
}

/* The registered numbers, else the one of the configuration. */
static int
numbers(struct doctor *d, struct db *db, struct doctor_provider_asked *q)
{
	struct number *list;
	int n;

	if (db_prepare_all(db, &number_admin_statements) == -1 ||
	    db_prepare_all(db, &number_statements) == -1 ||
	    number_admin_list(db, d->pool, 0, ASKED_MAX, &list, &n) == -1)
		_exit(EX_IOERR);
	for (int i = 0; i < n; i++) {
		q[i].id = list[i].phone_number_id;
		q[i].name = list[i].provider;
	}
	if (n == 0 && d->config.phone_number_id != NULL)
		q[n++].id = d->config.phone_number_id;
	return n;
}

void
doctor_provider(struct doctor *d)
{
	struct doctor_provider_asked q[ASKED_MAX] = { 0 };
	struct keys keys;
	const char *host = NULL;
	struct client *fetch;
	int n;

	doctor_config(d, CONFIG_API);
	keys_open(&keys, doctor_inbox(d), &d->config);
	n = numbers(d, keys.db, q);
	fetch = client_open(AGENT);
	if (fetch == NULL)
		_exit(EX_OSERR);
	for (int i = 0; i < n; i++)
		ask_provider(d, fetch, &keys, &q[i]);
	while (client_count(fetch) > 0)
		client_run(fetch, -1, 1000);
	client_close(fetch);
	for (int i = 0; i < n && host == NULL; i++)
		if (q[i].url != NULL && is_right(q[i].url))
			host = host_of(d, q[i].url);
	/* When the provider does not answer for one number, the others are
	 * not asked. */
	for (int i = 0; i < n && judge(d, &q[i], host); i++)
		;
	doctor_say(d, DOCTOR_OK, NULL,
	    n == ASKED_MAX ? "it delivers to us, for the first %d numbers"
			   : "it delivers to us, for %d numbers",
	    n);
}
