/*
 * The configuration file and the environment: taken with values that fit, or
 * refused with a line.  The bytes up to a NUL are the file, those between
 * further NULs the environment.
 */
#include "fuzz.h"

#include <setjmp.h>
#include <stdarg.h>

#include "base/config.h"
#include "base/pool.h"
#include "base/text.h"

#define FILE_NAME "waspool.conf of the target"

/* The linker leads config.c here (--wrap). */
void __wrap_die(int status, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), noreturn));
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__real_fopen(const char *path, const char *mode);
int __wrap_fclose(FILE *);
int __real_fclose(FILE *);
struct pool *__wrap_pool_new(void);
struct pool *__real_pool_new(void);

extern char **environ;

static char nothing[] = "#";
static const uint8_t *text;
static size_t text_len;
static FILE *opened;
static struct pool *life;
static jmp_buf refused;

/* Instead of ending the program. */
void
__wrap_die(int status, const char *fmt, ...)
{
	char line[16384];
	va_list ap;

	must(status > 0);
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	must(*line != '\0');
	longjmp(refused, 1);
}

/* No stream of no bytes with fmemopen, so that gets a line. */
FILE *
__wrap_fopen(const char *path, const char *mode)
{
	if (!text_is(path, FILE_NAME))
		return __real_fopen(path, mode);
	opened = text_len > 0 ? fmemopen((void *)(uintptr_t)text, text_len, "r")
			      : fmemopen(nothing, 1, "r");
	return opened;
}

int
__wrap_fclose(FILE *f)
{
	if (f == opened)
		opened = NULL;
	return __real_fclose(f);
}

/* Of the process, but many are configured here. */
struct pool *
__wrap_pool_new(void)
{
	return life = __real_pool_new();
}

static void
check_list(const struct config_list *list)
{
	must(list->n >= 0 && list->n <= CONFIG_LIST_MAX);
	for (int i = 0; i < list->n; i++)
		must(list->item[i] != NULL && *list->item[i] != '\0');
}

static void
check(const struct config *c)
{
	must(c->api_key == NULL); /* not asked for */
	must(c->state_dir[0] == '/' && c->run_dir[0] == '/' &&
	     c->key_dir[0] == '/');
	must(text_begins(c->api_url, "http"));
	must(c->default_workspace >= 0);
	must(c->keep_deliveries >= 0 && c->keep_bytes >= 0 && c->min_free >= 0);
	must(c->files_min_free >= c->min_free);
	must(c->unchecked_bytes >= c->body_max);
	must(c->body_max >= 1024 && c->body_max <= 256 << 20);
	must(c->threads >= 1 && c->threads <= 1024);
	must(c->batch >= 1 && c->batch <= 10000);
	must(c->wait_ms >= 1 && c->media_max >= 1024);
	must(c->send_rate >= 1 && c->send_rate <= 1000);
	check_list(&c->webhook_tokens);
	check_list(&c->app_secrets);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *all = fuzz_text(data, size),
	     *env[18] = { "WASPOOL_CONFIG=" FILE_NAME };
	char **real = environ;
	struct config config;

	text = data;
	text_len = strlen(all);
	for (size_t at = text_len + 1, n = 1; at < size && n < 17; n++) {
		env[n] = all + at;
		at += strlen(all + at) + 1;
	}
	environ = env;
	opened = NULL;
	if (setjmp(refused) == 0) {
		config_load(&config, "fuzz", CONFIG_VERIFY | CONFIG_WEBHOOK);
		check(&config);
	}
	environ = real;
	if (opened != NULL)
		fclose(opened); /* die() would have */
	pool_reset(life);
	free(all);
	return 0;
}
