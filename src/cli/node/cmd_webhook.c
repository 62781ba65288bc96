/*
 * waspool webhook: shows and sets the webhook that the provider has, and makes
 * the tokens by which deliveries are let in.  The only noun that talks to the
 * provider; it needs the number's API key (process/send/keys.c).
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/pool.h"
#include "base/secret_file.h"
#include "base/text.h"

#include "lib/digest/digest.h"
#include "lib/http/client.h"

#include "whatsapp/provider/provider.h"

#include "inbox/workspace/number.h"
#include "inbox/workspace/number_admin.h"

#include "process/send/keys.h"

#include "cli/cli_db.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/print.h"

#define WEBHOOK_PATH "/api/webhooks/whatsapp"
#define TOKEN_BYTES  32

struct cmd_webhook_asked {
	struct pool *pool;
	const struct provider *provider;
	int status; /* HTTP */
	struct provider_outcome outcome;
};

/* Which number: --number, the default one, or the only one. */
static const char *
number(struct cli *c, struct number *n)
{
	const char *id = cli_option(c, "number");
	struct number *list;
	int count;

	if (id != NULL && !number_admin_is_id(id))
		cli_usage(c, "a phone_number_id is digits, not '%s'", id);
	if (id == NULL)
		id = c->config.phone_number_id;
	if (id != NULL) {
		if (!cli_db_ok(c, number_admin_get(c->inbox, c->pool, id, n)))
			*n = (struct number){ .phone_number_id = id };
		return id;
	}
	cli_db_ok(c, number_admin_list(c->inbox, c->pool, 0, 2, &list, &count));
	if (count != 1)
		cli_usage(c, "which of our numbers? --number PHONE_NUMBER_ID");
	*n = list[0];
	return n->phone_number_id;
}

/* Reads the configuration with its secrets: the key, and the token to be
 * set. */
static const char *
begin_webhook(struct cli *c, struct provider_account *account)
{
	struct number n;
	struct keys keys;
	const char *id, *why;

	config_load(&c->config, "waspool",
	    CONFIG_API | CONFIG_WEBHOOK | CONFIG_VERIFY | CONFIG_TYPED |
		CONFIG_INBOX);
	keys_open(&keys, cli_db_inbox(c, DB_READ), &c->config);
	id = number(c, &n);
	if (keys_account(&keys, c->pool, id, n.provider, account, &why) == -1)
		cli_fail(EX_CONFIG, "%s: %s", id, why);
	return id;
}

static void
take_cmd_webhook(void *arg, const struct client_answer *a)
{
	struct cmd_webhook_asked *asked = arg;

	asked->status = a->status;
	asked->provider->outcome(asked->pool, a, 0, &asked->outcome);
	asked->outcome.url = pool_copy(asked->pool, asked->outcome.url);
}

/* Ends the program, with the provider's words, unless it has accepted. */
static void
check_webhook(const struct cmd_webhook_asked *asked)
{
	const struct provider_outcome *o = &asked->outcome;
	int status = EX_UNAVAILABLE;

	if (o->decision == PROVIDER_DONE)
		return;
	if (o->decision == PROVIDER_RETRY || o->decision == PROVIDER_SLOW)
		status = EX_TEMPFAIL;
	cli_fail(status, "the provider says %d %s%s%s", o->code,
	    o->title == NULL ? "" : o->title, o->detail == NULL ? "" : ": ",
	    o->detail == NULL ? "" : o->detail);
}

static void
ask_webhook(struct cli *c, const struct provider *provider,
    const struct client_request *request, struct cmd_webhook_asked *asked)
{
	asked->provider = provider;
	asked->pool = c->pool;
	asked->status = -1;
	if (client_once(request, take_cmd_webhook, asked) != 0 ||
	    asked->status == -1)
		cli_fail(EX_OSERR, "the provider cannot be asked");
}

static void
get(struct cli *c)
{
	struct provider_account account;
	struct client_request request;
	struct cmd_webhook_asked asked = { 0 };
	const char *id = begin_webhook(c, &account);
	struct output *s;

	account.provider->webhook(c->pool, &account, NULL, &request);
	ask_webhook(c, account.provider, &request, &asked);
	if (asked.status == 404)
		asked.outcome.url = NULL;
	else
		check_webhook(&asked);
	s = output_object(c);
	output_text(s, "number", id);
	output_text(s, "url", asked.outcome.url);
	output_end(s);
	if (asked.outcome.url == NULL)
		print_hint(c, "None is set: type 'waspool webhook set URL'");
}

/* 1 when a host name ends at S: a port, a path or the end follows. */
static int
host_ends(const char *s)
{
	if (*s == ':' && s[1] >= '0' && s[1] <= '9')
		s += 1 + strspn(s + 1, "0123456789");
	return *s == '/' || *s == '\0';
}

/* Checks the URL: https, or http to this machine. */
static int
may_be_set(const char *url)
{
	static const char *const here[] = { "127.0.0.1", "[::1]", "localhost" };
	const char *host = url + strlen("http://");

	if (strncasecmp(url, "https://", strlen("https://")) == 0)
		return strchr(":/?#@", url[strlen("https://")]) == NULL;
	if (strncasecmp(url, "http://", strlen("http://")) != 0)
		return 0;
	for (size_t i = 0; i < sizeof(here) / sizeof(*here); i++)
		if (strncasecmp(host, here[i], strlen(here[i])) == 0 &&
		    host_ends(host + strlen(here[i])))
			return 1;
	return 0;
}

static void
check_url(struct cli *c, const char *url)
{
	if (!may_be_set(url))
		cli_usage(
		    c, "a webhook's URL begins with https://, not '%s'", url);
	for (const char *s = url; *s != '\0'; s++)
		if (*s <= ' ' || *s > '~')
			cli_usage(c, "this is no URL: '%s'", url);
}

/* Refuses another path than ours, which reaches nothing unless a proxy rewrites
 * it. */
static void
check_path(struct cli *c, const char *url)
{
	const char *path = strchr(strstr(url, "://") + 3, '/');

	if (cli_option(c, "anyway") != NULL ||
	    (path != NULL && text_begins(path, WEBHOOK_PATH) &&
		strchr("/?", path[strlen(WEBHOOK_PATH)]) != NULL))
		return;
	cli_usage(c,
	    "waspool accepts deliveries at " WEBHOOK_PATH ", and the URL leads "
	    "to %s; is that what a proxy of yours makes of it?  --anyway",
	    path == NULL ? "/" : path);
}

static const char *
token_path(struct cli *c, const char *id)
{
	return pool_printf(c->pool, "%s/%s", c->config.token_dir, id);
}

/* The token of this number only; NULL: there is none. */
static const char *
own_token(struct cli *c, const char *id)
{
	const char *why;
	const char *token = secret_file_read(
	    c->pool, token_path(c, id), SECRET_FILE_GROUP, &why);

	if (why != NULL)
		cli_fail(EX_CONFIG, "%s", why);
	return token;
}

/* What is set with the URL: the token that each delivery carries.  Meta signs
 * deliveries instead, and asks us for the verify token before it accepts the
 * URL. */
static void
add_secrets(struct cli *c, const struct provider_account *account,
    struct provider_webhook *w)
{
	const char *token = own_token(c, account->phone_number_id);

	w->verify_token = c->config.verify_token;
	if (account->provider->is_meta && w->verify_token == NULL)
		cli_fail(EX_CONFIG,
		    "Meta asks for WHATSAPP_WEBHOOK_VERIFY_TOKEN before it "
		    "takes a URL, and there is none");
	if (account->provider->is_meta)
		return;
	if (token == NULL && c->config.webhook_tokens.n > 0)
		token = c->config.webhook_tokens.item[0];
	if (token != NULL)
		w->header =
		    pool_printf(c->pool, "Authorization: Bearer %s", token);
}

static void
set(struct cli *c)
{
	struct provider_webhook webhook = { .url = c->args[0] };
	struct cmd_webhook_asked asked = { 0 };
	struct provider_account account;
	struct client_request request;
	const char *id;
	struct output *s;

	check_url(c, c->args[0]);
	check_path(c, c->args[0]);
	id = begin_webhook(c, &account);
	add_secrets(c, &account, &webhook);
	account.provider->webhook(c->pool, &account, &webhook, &request);
	ask_webhook(c, account.provider, &request, &asked);
	check_webhook(&asked);
	s = output_object(c);
	output_text(s, "number", id);
	output_text(s, "url", c->args[0]);
	output_bool(s, "token", webhook.header != NULL);
	output_end(s);
	if (account.provider->is_meta && c->config.app_secrets.n == 0)
		print_hint(c,
		    "Meta signs its deliveries: with its app's secret in "
		    "WHATSAPP_APP_SECRET the signatures are checked");
	else if (!account.provider->is_meta && webhook.header == NULL)
		print_hint(c, "Deliveries will carry no token: "
			      "there is no WHATSAPP_WEBHOOK_TOKEN");
}

/* Writes the token file as the folder's owner, with the folder's group, in
 * which the program is that reads it. */
static void
write_token(struct cli *c, const char *path, const char *token)
{
	const char *new = pool_printf(c->pool, "%s/.new", c->config.token_dir);
	const char *line = pool_printf(c->pool, "%s\n", token);
	struct stat st;
	mode_t mode;
	int fd;

	if (stat(c->config.token_dir, &st) == -1)
		cli_fail(EX_CANTCREAT, "%s: %s; waspool init makes it",
		    c->config.token_dir, strerror(errno));
	unlink(new);
	fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	mode = (st.st_mode & (S_ISGID | S_IRGRP)) == (S_ISGID | S_IRGRP) ? 0640
									 : 0600;
	if (fd == -1 ||
	    (geteuid() == 0 && fchown(fd, st.st_uid, st.st_gid) == -1) ||
	    fchmod(fd, mode) == -1 ||
	    write(fd, line, strlen(line)) != (ssize_t)strlen(line) ||
	    fsync(fd) == -1 || rename(new, path) == -1)
		cli_fail(EX_CANTCREAT, "%s: %s", path, strerror(errno));
	close(fd);
}

static void
token(struct cli *c)
{
	const char *id = c->args[0], *path = token_path(c, id), *made = NULL;
	unsigned char dice[TOKEN_BYTES];
	struct output *s;

	if (!number_admin_is_id(id))
		cli_usage(c,
		    "a token is for a phone_number_id or an account's id, "
		    "digits, not '%s'",
		    id);
	if (cli_option(c, "remove") != NULL) {
		if (unlink(path) == -1)
			cli_fail(EX_DATAERR, "%s: %s", path, strerror(errno));
	} else {
		digest_random(dice, sizeof(dice));
		made = codec_hex(c->pool, dice, sizeof(dice));
		write_token(c, path, made);
	}
	s = output_object(c);
	output_text(s, "speaks_for", id);
	output_text(s, "token", made);
	output_end(s);
	if (made != NULL)
		print_hint(c, "It is shown only now, and is valid within a "
			      "second.  Type 'waspool webhook set URL --number "
			      "ID', or let the URL end with it");
}

static void
tokens(struct cli *c)
{
	struct output *s = output_list(c);
	DIR *dir = opendir(c->config.token_dir);
	struct dirent *e;

	if (dir == NULL && errno != ENOENT)
		cli_fail(
		    EX_NOPERM, "%s: %s", c->config.token_dir, strerror(errno));
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		output_row(s);
		output_text(s, "speaks_for", pool_copy(c->pool, e->d_name));
	}
	if (dir != NULL)
		closedir(dir);
	output_end(s);
}

static const struct cli_option token_options[] = {
	{ "remove", NULL, "that token is not valid any more" },
	{ 0 },
};

static const struct cli_option set_options[] = {
	{ "number", "ID", "of this phone_number_id; else the default one" },
	{ "anyway", NULL, "a proxy leads the URL to " WEBHOOK_PATH },
	{ 0 },
};

static const struct cli_option options[] = {
	{ "number", "ID", "of this phone_number_id; else the default one" },
	{ 0 },
};

const struct cli_verb cmd_webhook[] = {
	{ "get", "", 0, 0, "Shows the webhook that the provider has", NULL,
	    "waspool webhook get", options, get },
	{ "set", "URL", 1, 1, "Sets the webhook at the provider",
	    "The number's own token (waspool webhook token), or the first\n"
	    "WHATSAPP_WEBHOOK_TOKEN, is set with it: every delivery will "
	    "carry\n"
	    "it as a header.  Meta (provider cloud) signs instead, and asks\n"
	    "us for WHATSAPP_WEBHOOK_VERIFY_TOKEN before it takes the URL.\n"
	    "What was set before is replaced.\n"
	    "The number's key is its file in WASPOOL_KEY_DIR, or\n"
	    "WHATSAPP_360_API_KEY for the default number.",
	    "waspool webhook set "
	    "https://inbox.example.com/api/webhooks/whatsapp",
	    set_options, set },
	{ "token", "ID", 1, 1,
	    "Creates a webhook token for one number or account only",
	    "ID is a phone_number_id, or the id of an account (number "
	    "add\n--account).  Deliveries with it for another number are held. "
	    " It\nreplaces the token that there was.  It is a file of that "
	    "name in\nWASPOOL_TOKEN_DIR.",
	    "waspool webhook token 106540352242922", token_options, token },
	{ "tokens", "", 0, 0, "Lists the numbers and accounts with a token",
	    NULL, "waspool webhook tokens", NULL, tokens },
	{ 0 },
};
