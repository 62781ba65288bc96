/*
 * The answers: an option wins, then what is there already; what is still
 * missing is asked on the terminal, where what is there is offered, too.
 * Without one all that is missing is named at once.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/secret_file.h"
#include "base/text.h"

#include "cli/cli.h"
#include "cli/setup/setup.h"
#include "cli/visible.h"

#define LINE_MAX_LEN 2048
#define INTERRUPT    '\003' /* ^C, which is read while nothing is shown */

struct question {
	const char *option; /* its name */
	const char *text;
	const char *(*wrong)(const char *);
	const char **answer;
	const char *there; /* what it is now, NULL or "" nothing */
	int is_secret;	   /* its option names a file; THERE is not shown */
};

/* A line of the standard input, without its end; NULL at the end of it. */
static char *
read_line(struct cli *c)
{
	char line[LINE_MAX_LEN];
	size_t len;

	if (fgets(line, sizeof(line), stdin) == NULL)
		return NULL;
	len = strcspn(line, "\n");
	if (len == sizeof(line) - 1)
		cli_fail(EX_DATAERR, "a line is longer than %d bytes",
		    LINE_MAX_LEN - 2);
	while (len > 0 && strchr(" \t\r\n", line[len - 1]) != NULL)
		len--;
	line[len] = '\0';
	return pool_copy(c->pool, line + strspn(line, " \t"));
}

/* The same, asked by TEXT, while the terminal shows nothing.  Its signals
 * are off meanwhile, or one would leave it so. */
static char *
read_secret(struct cli *c, const char *text)
{
	struct termios was, quiet;
	char *line;

	if (tcgetattr(STDIN_FILENO, &was) == -1)
		cli_fail(EX_OSERR, "the terminal is gone");
	quiet = was;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &quiet);
	fputs(text, stderr);
	line = read_line(c);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &was);
	fputc('\n', stderr);
	if (line != NULL && strchr(line, INTERRUPT) != NULL)
		cli_fail(EX_USAGE, "nothing was changed");
	return line;
}

static void
ask_once(struct cli *c, const struct question *q)
{
	int is_there = q->there != NULL && q->there[0] != '\0';
	const char *line, *text = q->text;

	if (is_there)
		text = pool_printf(c->pool, "%s [%s]", text,
		    q->is_secret ? "as it is"
				 : text_visible(c->pool, q->there));
	text = pool_printf(c->pool, "%s: ", text);
	if (q->is_secret) {
		line = read_secret(c, text);
	} else {
		fputs(text, stderr);
		line = read_line(c);
	}
	if (line == NULL)
		cli_fail(EX_USAGE, "nothing was changed: the answers ended");
	if (line[0] == '\0' && is_there) {
		*q->answer = q->is_secret ? NULL : q->there;
		return;
	}
	if (q->wrong(line) != NULL)
		fprintf(stderr, "  %s.\n", q->wrong(line));
	else
		*q->answer = line;
}

/* The secret in the file that option Q names; "-" is the standard input. */
static const char *
secret_of(struct cli *c, const struct question *q, const char *path)
{
	const char *why, *secret;

	if (strcmp(path, "-") == 0)
		secret = read_line(c);
	else
		secret =
		    secret_file_read(c->pool, path, SECRET_FILE_OWNER, &why);
	if (secret == NULL && strcmp(path, "-") != 0)
		cli_fail(EX_NOINPUT, "--%s: %s", q->option,
		    why != NULL ? why
				: pool_printf(c->pool, "there is no %s", path));
	return secret != NULL ? secret : "";
}

/* An answer that was given as an option: 1; 0 it was not. */
static int
take_given(struct cli *c, const struct question *q)
{
	const char *given = cli_option(c, q->option);

	if (given == NULL)
		return 0;
	if (q->is_secret)
		given = secret_of(c, q, given);
	if (q->wrong(given) != NULL)
		cli_usage(c, "--%s: %s", q->option, q->wrong(given));
	*q->answer = given;
	return 1;
}

/* One after another; MISSING names those that nobody can answer. */
static void
ask(struct cli *c, const struct question *q, struct buf *missing)
{
	int is_there = q->there != NULL && q->there[0] != '\0';

	if (take_given(c, q))
		return;
	if (c->json || !isatty(STDIN_FILENO)) {
		if (!is_there)
			buf_printf(missing, "%s--%s",
			    missing->len > 0 ? ", " : "", q->option);
		else if (!q->is_secret)
			*q->answer = q->there;
		return;
	}
	do {
		ask_once(c, q);
	} while (*q->answer == NULL && !(q->is_secret && is_there));
}

/* The key, as the programs' user can see whether there is one. */
static void
look_for_key(struct cli *c, struct setup *s)
{
	const char *why;

	s->done->has_key =
	    secret_file_read(c->pool,
		pool_printf(c->pool, "%s/%s", c->config.key_dir, s->number),
		SECRET_FILE_OWNER, &why) != NULL;
}

static const char *
without_slash(struct cli *c, const char *url)
{
	size_t len = url == NULL ? 0 : strlen(url);

	while (len > 0 && url[len - 1] == '/')
		len--;
	return pool_printf(c->pool, "%.*s", (int)len, url == NULL ? "" : url);
}

/* An answer that is another one than the configuration has. */
static void
refuse_other(struct cli *c, const struct setup *s)
{
	const char *url = without_slash(c, c->config.url);

	if (c->config.url != NULL && strcmp(url, s->url) != 0)
		cli_fail(EX_DATAERR,
		    "WASPOOL_URL is %s, not %s, and nothing was changed: "
		    "change it in %s first",
		    url, s->url, s->conf);
	if (c->config.app_secrets.n > 0 && s->app_secret != NULL &&
	    !text_is(c->config.app_secrets.item[0], s->app_secret))
		cli_fail(EX_DATAERR,
		    "WHATSAPP_APP_SECRET is another one, and nothing was "
		    "changed: change it in %s first",
		    s->conf);
}

void
setup_ask(struct cli *c, struct setup *s)
{
	const struct setup_done *d = s->done;
	struct buf missing = { .pool = c->pool };
	const struct question first[] = {
		{ "number", "The number's phone_number_id",
		    setup_validate_number, &s->number,
		    d->number[0] != '\0' ? d->number
					 : c->config.phone_number_id,
		    0 },
		{ "provider", "Who carries its messages: 360dialog or cloud",
		    setup_validate_provider, &s->provider,
		    d->provider[0] != '\0' ? d->provider : "360dialog", 0 },
	};

	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		ask(c, &first[i], &missing);
	if (s->number != NULL)
		setup_as_programs(c, s, look_for_key);
	const struct question key = { "key-file",
		text_is(s->provider, "cloud")
		    ? "Meta's access token (it is not shown)"
		    : "The number's API key (it is not shown)",
		setup_validate_key, &s->key, d->has_key ? "there" : NULL, 1 };
	const struct question secret = { "app-secret-file",
		"The secret of Meta's app (it is not shown)",
		setup_validate_app_secret, &s->app_secret,
		c->config.app_secrets.n > 0 ? "there" : NULL, 1 };
	const struct question rest[] = {
		{ "url",
		    "The address of this site, such as https://"
		    "inbox.example.com",
		    setup_validate_url, &s->url,
		    without_slash(c, c->config.url), 0 },
		{ "workspace", "The workspace's name, such as My shop",
		    setup_validate_name, &s->workspace, d->workspace, 0 },
		{ "email", "The first person's e-mail address",
		    setup_validate_email, &s->email, d->email, 0 },
		{ "name", "Their name", setup_validate_name, &s->name, d->name,
		    0 },
	};
	ask(c, &key, &missing);
	if (text_is(s->provider, "cloud"))
		ask(c, &secret, &missing);
	for (size_t i = 0; i < sizeof(rest) / sizeof(rest[0]); i++)
		ask(c, &rest[i], &missing);
	if (missing.len > 0)
		cli_usage(c, "without a terminal this must be said: %s",
		    buf_end(&missing));
	s->url = without_slash(c, s->url);
	s->account = cli_option(c, "account");
	if (s->account != NULL && setup_validate_number(s->account) != NULL)
		cli_usage(c, "--account: an account's id is digits");
	s->name = cli_name(c, s->name, "the name");
	s->workspace = cli_name(c, s->workspace, "the workspace's name");
	refuse_other(c, s);
}
