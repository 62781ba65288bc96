/*
 * The configuration: one table of keys, a file of KEY=value lines, and the
 * environment over it.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/config_value.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/secret_file.h"
#include "base/text.h"

#define LINE_MAX_LEN	8192
#define UNSET		(-1)
#define UNCHECKED_TIMES 2  /* as much as WASPOOL_BODY_MAX */
#define FILES_TIMES	16 /* as much as WASPOOL_MIN_FREE */

enum config_kind {
	TEXT,
	SECRET,
	DIGITS,
	URL,
	GRAPH_VERSION,
	PATH,
	LIST,
	ORIGINS,
	DATABASE,
	RULES,
	COUNT,
	SIZE,
	SPAN,
	YES_NO,
	AUTH,
	LEVEL,
	LOG,
	ELSEWHERE
};

struct config_key {
	const char *name;
	enum config_kind kind;
	size_t offset;
	int secret;	       /* config_secret, 0 for everybody */
	const char *otherwise; /* default, NULL none */
	int64_t min, max;      /* of numbers; min also characters of a secret */
};

#define AT(field) offsetof(struct config, field)

static const struct config_key keys[] = {
	{ "WHATSAPP_360_API_KEY", SECRET, AT(api_key), CONFIG_API, NULL, 1, 0 },
	{ "WHATSAPP_PHONE_NUMBER_ID", DIGITS, AT(phone_number_id), 0, NULL, 0,
	    0 },
	{ "WHATSAPP_WEBHOOK_VERIFY_TOKEN", SECRET, AT(verify_token),
	    CONFIG_VERIFY, NULL, SECRET_LEN_MIN, 0 },
	{ "WHATSAPP_DEFAULT_WORKSPACE_ID", COUNT, AT(default_workspace), 0,
	    NULL, 0, INT64_MAX },
	{ "WHATSAPP_WEBHOOK_TOKEN", LIST, AT(webhook_tokens), CONFIG_WEBHOOK,
	    NULL, SECRET_LEN_MIN, 0 },
	{ "WHATSAPP_APP_SECRET", LIST, AT(app_secrets),
	    CONFIG_WEBHOOK | CONFIG_API, NULL, SECRET_LEN_MIN, 0 },
	{ "WHATSAPP_WEBHOOK_AUTH", AUTH, AT(webhook_auth_none), 0, NULL, 0, 0 },
	{ "WHATSAPP_API_URL", URL, AT(api_url), 0,
	    "https://waba-v2.360dialog.io", 0, 0 },
	{ "WHATSAPP_CLOUD_URL", URL, AT(cloud_url), 0,
	    "https://graph.facebook.com", 0, 0 },
	{ "WHATSAPP_CLOUD_VERSION", GRAPH_VERSION, AT(cloud_version), 0,
	    "v23.0", 0, 0 },
	{ "WASPOOL_STATE_DIR", PATH, AT(state_dir), 0,
	    LOCALSTATEDIR "/lib/waspool", 0, 0 },
	/* Not said: STATE_DIR/spool. */
	{ "WASPOOL_SPOOL_DIR", PATH, AT(spool_dir), 0, NULL, 0, 0 },
	/* Not said: STATE_DIR/inbox.db. */
	{ "WASPOOL_INBOX", DATABASE, AT(inbox), CONFIG_INBOX | CONFIG_MEMBER,
	    NULL, 0, 0 },
	{ "WASPOOL_INBOX_MEMBER", DATABASE, AT(inbox_member), CONFIG_MEMBER,
	    NULL, 0, 0 },
	{ "WASPOOL_URL", URL, AT(url), 0, NULL, 0, 0 },
	{ "WASPOOL_CORS_ORIGINS", ORIGINS, AT(cors_origins), 0, NULL, 0, 0 },
	{ "WASPOOL_RUN_DIR", PATH, AT(run_dir), 0, RUNSTATEDIR "/waspool", 0,
	    0 },
	{ "WASPOOL_KEY_DIR", PATH, AT(key_dir), 0, SYSCONFDIR "/waspool/keys",
	    0, 0 },
	{ "WASPOOL_TOKEN_DIR", PATH, AT(token_dir), 0,
	    SYSCONFDIR "/waspool/tokens", 0, 0 },
	{ "WASPOOL_KEEP_DELIVERIES", SPAN, AT(keep_deliveries), 0, "72h", 0,
	    10 * 366 * 86400LL },
	{ "WASPOOL_KEEP_BYTES", SIZE, AT(keep_bytes), 0, "1GiB", 0, INT64_MAX },
	{ "WASPOOL_KEEP_CHANGES", SPAN, AT(keep_changes), 0, "72h", 0,
	    10 * 366 * 86400LL },
	{ "WASPOOL_KEEP_HELD", SPAN, AT(keep_held), 0, "90d", 0,
	    10 * 366 * 86400LL },
	/* Not shorter than any window is open, and any file can be had. */
	{ "WASPOOL_KEEP_MESSAGES", SPAN, AT(keep_messages), 0, NULL,
	    7 * 86400LL, 100 * 366 * 86400LL },
	{ "WASPOOL_MIN_FREE", SIZE, AT(min_free), 0, "64MiB", 0, INT64_MAX },
	{ "WASPOOL_FILES_MIN_FREE", SIZE, AT(files_min_free), 0, NULL, 0,
	    INT64_MAX },
	{ "WASPOOL_BODY_MAX", SIZE, AT(body_max), 0, "4MiB", 1024, 256 << 20 },
	{ "WASPOOL_UNCHECKED_MAX", COUNT, AT(unchecked_max), 0, "64", 1, 100 },
	{ "WASPOOL_UNCHECKED_BYTES", SIZE, AT(unchecked_bytes), 0, NULL, 1024,
	    INT64_MAX },
	{ "WASPOOL_THREADS", COUNT, AT(threads), 0, "64", 1, 1024 },
	{ "WASPOOL_ACTION_THREADS", COUNT, AT(action_threads), 0, "8", 1, 256 },
	{ "WASPOOL_REALTIME_MAX", COUNT, AT(realtime_max), 0, "1000", 0,
	    20000 },
	{ "WASPOOL_REALTIME_PER_ADDRESS", COUNT, AT(realtime_per_address), 0,
	    "100", 1, 20000 },
	{ "WASPOOL_BATCH", COUNT, AT(batch), 0, "500", 1, 10000 },
	{ "WASPOOL_WAIT_MS", COUNT, AT(wait_ms), 0, "5000", 1, 600000 },
	{ "WASPOOL_SEND_READ_RECEIPTS", YES_NO, AT(send_read_receipts), 0,
	    "yes", 0, 0 },
	{ "WASPOOL_SEND_RATE", COUNT, AT(send_rate), 0, "80", 1, 1000 },
	{ "WASPOOL_SEND_PARALLEL", COUNT, AT(send_parallel), 0, "64", 1, 256 },
	{ "WASPOOL_MEDIA_MAX", SIZE, AT(media_max), 0, "100MiB", 1024,
	    INT64_MAX },
	{ "WASPOOL_MEDIA_PARALLEL", COUNT, AT(media_parallel), 0, "4", 1, 64 },
	{ "WASPOOL_FILES_QUOTA", SIZE, AT(files_quota), 0, "0", 0, INT64_MAX },
	{ "WASPOOL_KEEP_UPLOADS", SPAN, AT(keep_uploads), 0, "24h", 86400,
	    10 * 366 * 86400LL },
	{ "WASPOOL_UPLOADS_MAX", COUNT, AT(uploads_max), 0, "64", 1,
	    CONFIG_UPLOADS_MAX },
	{ "WASPOOL_WEBHOOK_ALLOW", RULES, AT(webhook_allow), 0, NULL, 0, 0 },
	{ "WASPOOL_LOG_LEVEL", LEVEL, AT(log_level), 0, "info", 0, 0 },
	{ "WASPOOL_LOG", LOG, AT(log), 0, "stderr", 0, 0 },
	/* Read before the file is known. */
	{ "WASPOOL_CONFIG", ELSEWHERE, 0, 0, NULL, 0, 0 },
};

#define N_KEYS (sizeof(keys) / sizeof(keys[0]))

extern char **environ;

static struct pool *life;	/* of the process: what the values point to */
static const char *loaded_prog; /* by config_load */
static int loaded_secrets;

static const char *
parse_number(const struct config_key *key, const char *value, int64_t *out)
{
	long long n = 0;

	if (key->kind == COUNT) {
		if (text_int(value, &n) == -1)
			return "not a whole number";
		*out = n;
	} else if (key->kind == SIZE) {
		if (config_value_size(value, out) == -1)
			return "not a size (such as 512, 64MiB, 1GiB)";
	} else if (clock_parse_span(value, out) == -1)
		return "not a time span (such as 90s, 15m, 72h, 7d)";
	if (*out < key->min)
		return pool_printf(life, "too small: %lld%s at least",
		    (long long)key->min, key->kind == SPAN ? "s" : "");
	if (*out > key->max)
		return pool_printf(life, "too large: %lld%s at most",
		    (long long)key->max, key->kind == SPAN ? "s" : "");
	return NULL;
}

static const char *
parse_secrets(
    const struct config_key *key, char *value, struct config_list *list)
{
	const char *wrong = config_value_list(list, value);

	for (int i = 0; wrong == NULL && i < list->n; i++)
		wrong = config_value_secret(list->item[i], (size_t)key->min);
	return wrong;
}

static const char *
parse_origins(char *value, struct config_list *list)
{
	const char *wrong = config_value_list(list, value);

	for (int i = 0; wrong == NULL && i < list->n; i++)
		wrong = config_value_origin(list->item[i]);
	return wrong;
}

/* NULL, or what is wrong with VALUE (process life). */
static const char *
set(struct config *c, const struct config_key *key, char *value)
{
	void *field = (char *)c + key->offset;
	const char *wrong;

	switch (key->kind) {
	case LIST:
		return parse_secrets(key, value, field);
	case ORIGINS:
		return parse_origins(value, field);
	case RULES:
		return address_rules_parse(field, value);
	case COUNT:
	case SIZE:
	case SPAN:
		return parse_number(key, value, field);
	case YES_NO:
		if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
			return "neither yes nor no";
		*(int *)field = value[0] == 'y';
		return NULL;
	case AUTH:
		if (strcmp(value, "none") != 0)
			return "the only value is none";
		*(int *)field = 1;
		return NULL;
	case LEVEL:
		if (strcmp(value, "debug") != 0 && strcmp(value, "info") != 0 &&
		    strcmp(value, "warn") != 0)
			return "not debug, info or warn";
		break;
	case LOG:
		if (!log_is_place(value))
			return "not stderr, syslog, or syslog:/path/of/socket";
		break;
	case SECRET:
		wrong = config_value_secret(value, (size_t)key->min);
		if (wrong != NULL)
			return wrong;
		break;
	case DATABASE:
		wrong = config_value_database(value);
		if (wrong != NULL)
			return wrong;
		break;
	case PATH:
		if (value[0] != '/')
			return "not an absolute path";
		if (strlen(value) > PATH_MAX - NAME_MAX)
			return "longer than a path can be";
		break;
	case DIGITS:
		if (value[strspn(value, "0123456789")] != '\0')
			return "not a number";
		break;
	case URL:
		if (!config_value_is_url(value))
			return "not a URL such as https://waba-v2.360dialog.io";
		break;
	case GRAPH_VERSION:
		if (!config_value_is_version(value))
			return "not a version such as v23.0";
		break;
	case ELSEWHERE:
		return NULL;
	case TEXT:
		break;
	}
	*(const char **)field = value;
	return NULL;
}

static const struct config_key *
find_config(const char *name, size_t len)
{
	for (size_t i = 0; i < N_KEYS; i++)
		if (strlen(keys[i].name) == len &&
		    memcmp(keys[i].name, name, len) == 0)
			return &keys[i];
	return NULL;
}

/*
 * One KEY=value; WHERE is for the message.  An empty value is "not set".  NOTED
 * are the lines where keys stood, NULL: not of a file, and LINE_NO is this one.
 * 1 when it is a secret, else 0.
 */
static int
take_config(struct config *c, int secrets, const char *line, const char *where,
    int *noted, int line_no)
{
	const char *equals = strchr(line, '=');
	const struct config_key *key;
	const char *wrong;

	if (equals == NULL)
		die(EX_CONFIG, "%s: not KEY=value", where);
	key = find_config(line, (size_t)(equals - line));
	if (key == NULL)
		die(EX_CONFIG, "%s: unknown key %.*s%s", where,
		    (int)(equals - line), line,
		    equals > line && strchr(" \t", equals[-1]) != NULL
			? ": write KEY=value without blanks around ="
			: "");
	if (noted != NULL && noted[key - keys] != 0)
		die(EX_CONFIG, "%s: %s stands in line %d already", where,
		    key->name, noted[key - keys]);
	if (noted != NULL)
		noted[key - keys] = line_no;
	if (equals[1] == '\0')
		return 0;
	wrong = config_value_plain(equals + 1);
	if (wrong == NULL && (key->secret == 0 || (key->secret & secrets) != 0))
		wrong = set(c, key, pool_copy(life, equals + 1));
	if (wrong != NULL)
		die(EX_CONFIG, "%s: %s: %s", where, key->name, wrong);
	if (key->kind == DATABASE)
		return config_value_has_password(equals + 1);
	return key->secret != 0;
}

/* White space at both ends off. */
static char *
trim(char *s)
{
	char *end;

	s += strspn(s, " \t");
	end = s + strlen(s);
	while (end > s && strchr(" \t\r\n", end[-1]) != NULL)
		*--end = '\0';
	return s;
}

/* F, PATH, has secrets. */
static void
check_mode(FILE *f, const char *path)
{
	struct stat st;

	if (fstat(fileno(f), &st) == 0 &&
	    (st.st_mode & (S_IROTH | S_IWOTH)) != 0)
		log_warn("%s holds secrets and others may %s it: type 'chmod "
			 "o= %s'",
		    path, (st.st_mode & S_IROTH) != 0 ? "read" : "change",
		    path);
}

static void
read_file(struct config *c, int secrets, const char *path, int must_exist)
{
	char line[LINE_MAX_LEN], where[4200];
	int noted[N_KEYS] = { 0 }, has_secrets = 0;
	FILE *f = fopen(path, "re");

	if (f == NULL) {
		if (errno == ENOENT && !must_exist)
			return;
		die(EX_CONFIG, "%s: %s", path, strerror(errno));
	}
	for (int n = 1; fgets(line, sizeof(line), f) != NULL; n++) {
		char *s = trim(line);

		snprintf(where, sizeof(where), "%s line %d", path, n);
		if (strlen(line) == sizeof(line) - 1)
			die(EX_CONFIG, "%s: longer than %d bytes", where,
			    LINE_MAX_LEN - 2);
		if (*s != '\0' && *s != '#')
			has_secrets |=
			    take_config(c, secrets, s, where, noted, n);
	}
	if (ferror(f))
		die(EX_CONFIG, "%s: %s", path, strerror(errno));
	if (has_secrets)
		check_mode(f, path);
	fclose(f);
}

static void
read_environment(struct config *c, int secrets)
{
	for (char **e = environ; *e != NULL; e++)
		if (text_begins(*e, "WASPOOL_") || text_begins(*e, "WHATSAPP_"))
			take_config(c, secrets, *e, "environment", NULL, 0);
}

/* URL, which may end with slashes, and the version behind it. */
static const char *
with_version(const char *url, const char *version)
{
	size_t len = strlen(url);

	while (len > 0 && url[len - 1] == '/')
		len--;
	return pool_printf(life, "%.*s/%s", (int)len, url, version);
}

/* Who serves members only has the address that is meant for that, and no
 * other. */
static void
choose_inbox(struct config *c, int secrets)
{
	if ((secrets & CONFIG_MEMBER) == 0 || c->inbox_member == NULL)
		return;
	if (c->inbox == NULL)
		die(EX_CONFIG, "WASPOOL_INBOX_MEMBER is set, and WASPOOL_INBOX "
			       "is not");
	if ((secrets & CONFIG_INBOX) == 0) {
		explicit_bzero((char *)c->inbox, strlen(c->inbox));
		c->inbox = c->inbox_member;
	}
}

/* What follows from others, unless it is said. */
static void
derive(struct config *c)
{
	if (c->spool_dir == NULL)
		c->spool_dir = config_state_path(c, "spool");
	c->cloud_url = with_version(c->cloud_url, c->cloud_version);
	if (c->unchecked_bytes == UNSET)
		c->unchecked_bytes = UNCHECKED_TIMES * c->body_max;
	if (c->unchecked_bytes < c->body_max)
		die(EX_CONFIG,
		    "WASPOOL_UNCHECKED_BYTES is less than WASPOOL_BODY_MAX: "
		    "not even one such delivery would be taken");
	/* Files stop well before deliveries are refused. */
	if (c->files_min_free == UNSET)
		c->files_min_free = c->min_free > INT64_MAX / FILES_TIMES
					? INT64_MAX
					: c->min_free * FILES_TIMES;
	if (c->files_min_free < c->min_free)
		die(EX_CONFIG,
		    "WASPOOL_FILES_MIN_FREE is less than WASPOOL_MIN_FREE: "
		    "files would take the space that deliveries need");
}

void
config_load(struct config *c, const char *prog, int secrets)
{
	const char *path = getenv("WASPOOL_CONFIG");

	if (life == NULL)
		life = pool_new();
	loaded_prog = prog;
	loaded_secrets = secrets;
	memset(c, 0, sizeof(*c));
	c->files_min_free = c->unchecked_bytes = UNSET;
	log_open(prog, LOG_LEVEL_INFO);
	/* What is wrong in the file is said where all else will be. */
	if ((secrets & CONFIG_TYPED) == 0 && getenv("WASPOOL_LOG") != NULL)
		log_to(getenv("WASPOOL_LOG"));
	for (size_t i = 0; i < N_KEYS; i++)
		if (keys[i].otherwise != NULL)
			set(c, &keys[i], pool_copy(life, keys[i].otherwise));
	if (path != NULL && *path != '\0')
		read_file(c, secrets, path, 1);
	else
		read_file(c, secrets, SYSCONFDIR "/waspool/waspool.conf", 0);
	read_environment(c, secrets);
	choose_inbox(c, secrets);
	derive(c);
	log_open(prog, c->log_level[0] == 'd'	? LOG_LEVEL_DEBUG
		       : c->log_level[0] == 'i' ? LOG_LEVEL_INFO
						: LOG_LEVEL_WARN);
	if ((secrets & CONFIG_TYPED) == 0)
		log_to(c->log);
}

int
config_is_right(void)
{
	static struct config c;
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		config_load(&c, loaded_prog, loaded_secrets);
		_exit(EX_OK);
	}
	if (pid == -1)
		log_warn(
		    "cannot look at the configuration: %s", strerror(errno));
	while (pid != -1 && waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return pid != -1 && WIFEXITED(status) && WEXITSTATUS(status) == EX_OK;
}

char *
config_site_url(const struct config *c, struct pool *pool, const char *path)
{
	const char *url = c->url != NULL ? c->url : "";
	size_t len = strlen(url);

	while (len > 0 && url[len - 1] == '/')
		len--;
	return pool_printf(pool, "%.*s/%s", (int)len, url, path);
}

char *
config_state_path(const struct config *c, const char *name)
{
	return pool_printf(life, "%s/%s", c->state_dir, name);
}

char *
config_spool_path(const struct config *c, const char *name)
{
	return pool_printf(life, "%s/%s", c->spool_dir, name);
}

char *
config_run_path(const struct config *c, const char *name)
{
	return pool_printf(life, "%s/%s", c->run_dir, name);
}

const char *
config_inbox(const struct config *c)
{
	return c->inbox != NULL ? c->inbox : config_state_path(c, "inbox.db");
}

const char *
config_inbox_member(const struct config *c)
{
	return c->inbox_member != NULL ? c->inbox_member : config_inbox(c);
}

char *
config_counters_path(
    const struct config *c, struct pool *pool, const char *prog)
{
	return pool_printf(
	    pool != NULL ? pool : life, "%s/%s.counters", c->state_dir, prog);
}
