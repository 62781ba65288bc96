/*
 * waspool setup: the order of it.  All answers first; then what can fail
 * without a trace (rows, key), what takes its place by a rename (the
 * configuration), and what can be done again (nginx, programs, the webhook).
 * One setup runs at a time.
 * Secrets are read from files or the terminal, and are shown nowhere.
 */
#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/pool.h"

#include "cli/cli.h"
#include "cli/cmd.h"
#include "cli/output.h"
#include "cli/setup/setup.h"

/* Where things are, and whose. */
static void
find_places(struct cli *c, struct setup *s)
{
	const char *path = getenv("WASPOOL_CONFIG");
	struct stat st;

	s->is_installed = path == NULL || *path == '\0';
	s->conf = realpath(
	    s->is_installed ? SYSCONFDIR "/waspool/waspool.conf" : path, NULL);
	if (s->conf == NULL && !s->is_installed)
		cli_fail(EX_CONFIG, "%s: %s", path, strerror(errno));
	if (s->conf == NULL)
		s->conf = SYSCONFDIR "/waspool/waspool.conf";
	if (s->is_installed && geteuid() != 0)
		cli_fail(EX_NOPERM,
		    "it writes %s, and what belongs to the programs as their "
		    "user: as root, please",
		    s->conf);
	setup_lock(c, s); /* what is read now nobody else changes */
	config_load(&c->config, "waspool",
	    CONFIG_API | CONFIG_WEBHOOK | CONFIG_VERIFY | CONFIG_TYPED |
		CONFIG_INBOX);
	s->uid = geteuid();
	s->conf_gid = getegid();
	if (stat(c->config.state_dir, &st) == 0)
		s->uid = st.st_uid;
	else if (s->is_installed)
		cli_fail(EX_UNAVAILABLE,
		    "there is no %s: a package makes it, or systemd-tmpfiles "
		    "(README, Deploy it beside nginx)",
		    c->config.state_dir);
	disk_is_shared(c->config.spool_dir, &s->conf_gid);
	s->done = mmap(NULL, sizeof(*s->done), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->done == MAP_FAILED)
		cli_fail(EX_OSERR, "no memory to share");
}

static void
register_webhook(struct cli *c, struct setup *s)
{
	setup_verb(c, cmd_webhook, "set",
	    pool_printf(c->pool, "%s/api/webhooks/whatsapp", s->url),
	    s->number);
}

/* What stays when it fails is whole: the provider is asked again next time. */
static int
set_webhook(struct cli *c, struct setup *s)
{
	if (cli_option(c, "no-webhook") != NULL)
		return 1;
	if (setup_as_programs(c, s, register_webhook) == 0) {
		setup_say(
		    c, "set", "webhook: %s/api/webhooks/whatsapp", s->url);
		return 1;
	}
	setup_say(c, "failed",
	    "webhook: the provider did not take it; when the reason is gone, "
	    "type: waspool setup");
	return 0;
}

static const char *
word(int made)
{
	return made ? "made" : "is there";
}

static void
say_rows(struct cli *c, const struct setup *s)
{
	const struct setup_done *d = s->done;

	setup_say(c, word(s->made_conf), "configuration: %s", s->conf);
	setup_say(
	    c, word(d->made_key), "key: %s/%s", c->config.key_dir, s->number);
	setup_say(c, word(d->made_workspace), "workspace %lld: %s",
	    (long long)d->workspace_id, s->workspace);
	setup_say(
	    c, word(d->made_user || d->made_member), "owner: %s", s->email);
	setup_say(c, word(d->made_number), "number: %s, by %s", s->number,
	    s->provider);
}

static void
show_setup(struct cli *c, const struct setup *s, int webhook)
{
	const struct setup_done *d = s->done;
	struct output *out;

	if (!c->json) {
		if (d->link[0] != '\0')
			setup_say(c, "link",
			    "%s\n          sets the password of %s, once, "
			    "within 72 hours",
			    d->link, s->email);
		return;
	}
	out = output_object(c);
	output_text(out, "configuration", s->conf);
	output_text(out, "number", s->number);
	output_text(out, "provider", s->provider);
	output_int(out, "workspace_id", d->workspace_id);
	output_text(out, "email", s->email);
	output_text(out, "link", d->link[0] != '\0' ? d->link : NULL);
	output_bool(out, "changed",
	    s->made_conf || d->made_key || d->made_workspace || d->made_user ||
		d->made_member || d->made_number);
	output_bool(
	    out, "webhook", webhook && cli_option(c, "no-webhook") == NULL);
	output_end(out);
}

static void
setup(struct cli *c)
{
	char *const doctor[] = { "/proc/self/exe", "doctor", NULL };
	struct setup s = { 0 };
	int status, well, webhook;

	find_places(c, &s);
	status = setup_as_programs(c, &s, setup_look);
	if (status != 0)
		exit(status);
	setup_ask(c, &s);
	setup_conf_write(c, &s);
	status = setup_as_programs(c, &s, setup_rows);
	if (status != 0) {
		setup_conf_drop(c, &s);
		exit(status);
	}
	setup_conf_take(c, &s);
	say_rows(c, &s);
	well = setup_programs(c, &s);
	well &= cli_option(c, "no-nginx") != NULL || setup_site(c, &s);
	webhook = set_webhook(c, &s);
	show_setup(c, &s, webhook);
	if (!c->json) {
		setup_say(c, "doctor", "says:");
		setup_run(doctor);
	}
	if (!well || !webhook)
		cli_fail(EX_UNAVAILABLE, "not all could be done; what is "
					 "missing can be done again");
}

static const struct cli_option setup_options[] = {
	{ "number", "ID", "the number's phone_number_id" },
	{ "provider", "NAME", "360dialog, or cloud: Meta itself" },
	{ "account", "WABA_ID", "its account (WABA), which Meta names" },
	{ "key-file", "FILE", "has its API key or access token; -: stdin" },
	{ "app-secret-file", "FILE", "of Meta's app, with cloud; -: stdin" },
	{ "url", "URL", "the address of this site: https://…" },
	{ "workspace", "NAME", "made unless it is there" },
	{ "email", "EMAIL", "of the first person, who becomes an owner" },
	{ "name", "NAME", "of the same" },
	{ "no-webhook", NULL, "the provider is told nothing" },
	{ "no-nginx", NULL, "nginx's files are left alone" },
	{ 0 },
};

const struct cli_verb cmd_setup[] = {
	{ "", "", 0, 0, "Sets up an inbox: number, key, first person, webhook",
	    "As root.  What is not said by an option is asked on a terminal.  "
	    "It\nwrites the configuration and the key with their modes, makes "
	    "the\ndatabases, the workspace and its owner, a site of nginx, and "
	    "tells\nthe provider where to deliver.  What is there stays as it "
	    "is, so it\nmay be repeated.  No secret is on the command line.",
	    "waspool setup --number 106540352242922 --key-file key --url "
	    "https://inbox.example.com --workspace 'My shop' --email "
	    "ann@example.com --name Ann",
	    setup_options, setup },
	{ 0 },
};
