/*
 * Values of the configuration that are more than a word or a number.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/config_value.h"
#include "base/secret_file.h"
#include "base/text.h"

int
config_value_size(const char *s, int64_t *bytes)
{
	static const struct {
		const char *word;
		int shift;
	} units[] = { { "", 0 }, { "B", 0 }, { "K", 10 }, { "KiB", 10 },
		{ "M", 20 }, { "MiB", 20 }, { "G", 30 }, { "GiB", 30 },
		{ "T", 40 }, { "TiB", 40 } };
	char *end;

	errno = 0;
	*bytes = strtoll(s, &end, 10);
	if (!isdigit((unsigned char)*s) || errno != 0)
		return -1;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(end, units[i].word) == 0) {
			if (*bytes > INT64_MAX >> units[i].shift)
				return -1;
			*bytes <<= units[i].shift;
			return 0;
		}
	return -1;
}

const char *
config_value_list(struct config_list *list, char *s)
{
	char *rest = s, *item;

	list->n = 0;
	while ((item = strsep(&rest, ",")) != NULL) {
		item += strspn(item, " \t");
		for (size_t n = strlen(item);
		     n > 0 && strchr(" \t", item[n - 1]) != NULL;)
			item[--n] = '\0';
		if (*item == '\0')
			return "an empty item in the list";
		if (list->n == CONFIG_LIST_MAX)
			return "too many items in the list (8 at most)";
		list->item[list->n++] = item;
	}
	return NULL;
}

const char *
config_value_plain(const char *s)
{
	size_t len = strlen(s);

	if (len == 0)
		return NULL;
	if (strchr("'\"", s[0]) != NULL || strchr("'\"", s[len - 1]) != NULL)
		return "a quote at its end would be part of it: write the "
		       "value without quotes";
	if (s[0] == '#' || strstr(s, " #") != NULL || strstr(s, "\t#") != NULL)
		return "a comment would be part of it: write the comment on a "
		       "line of its own that begins with #";
	if (strchr(" \t", s[0]) != NULL)
		return "a blank would be part of it: write KEY=value without "
		       "blanks around =";
	return NULL;
}

/* Of an address without its scheme, what follows user and password. */
static const char *
behind_user(const char *s)
{
	const char *end = s + strcspn(s, "@/");

	return *end == '@' ? end + 1 : s;
}

const char *
config_value_database(const char *s)
{
	if (!text_begins(s, "postgresql://") && !text_begins(s, "postgres://"))
		return "not an address such as postgresql://HOST/DATABASE "
		       "(without one the inbox is the file inbox.db in "
		       "WASPOOL_STATE_DIR)";
	if (strchr(behind_user(strchr(s, ':') + 3), '@') != NULL)
		return "in user and password @ is written %40, / %2F";
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s <= ' ' || *s == 0x7f)
			return "a blank in it is written %20";
		if (*s == '%' && (!isxdigit((unsigned char)s[1]) ||
				     !isxdigit((unsigned char)s[2])))
			return "a % in it is written %25";
	}
	return NULL;
}

int
config_value_has_password(const char *s)
{
	const char *at = strrchr(s, '@'), *colon = strchr(s, ':');

	/* Behind the scheme's. */
	colon = colon != NULL ? strchr(colon + 1, ':') : NULL;
	return (at != NULL && colon != NULL && colon < at) ||
	       strstr(s, "password=") != NULL;
}

const char *
config_value_secret(const char *s, size_t len_min)
{
	if (!secret_file_is_word(s))
		return "not printable ASCII without blanks: 'openssl rand -hex "
		       "16' makes a secret";
	if (strlen(s) < len_min)
		return "shorter than 16 characters, so that it could be "
		       "guessed: 'openssl rand -hex 16' makes a secret";
	return NULL;
}

int
config_value_is_url(const char *s)
{
	const char *host = text_begins(s, "https://")  ? s + 8
			   : text_begins(s, "http://") ? s + 7
						       : "";

	for (const char *p = s; *p != '\0'; p++)
		if (!isgraph((unsigned char)*p))
			return 0;
	return isalnum((unsigned char)*host) || *host == '[';
}

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGIT "0123456789"

/* A host and perhaps a port, to the end of S. */
static int
is_authority(const char *s, const char *own_port)
{
	size_t host =
	    *s == '[' ? strcspn(s, "]") + 1 : strspn(s, LOWER DIGIT "-._");
	size_t port;

	if (host == 0 ||
	    (*s == '[' && (s[host - 1] != ']' || host < 4 ||
			      strspn(s + 1, DIGIT "abcdef:.") != host - 2)))
		return 0;
	s += host;
	if (*s == '\0')
		return 1;
	port = *s == ':' ? strspn(s + 1, DIGIT) : 0;
	return port > 0 && port <= 5 && s[1] != '0' && s[1 + port] == '\0' &&
	       strcmp(s + 1, own_port) != 0;
}

const char *
config_value_origin(const char *s)
{
	size_t scheme = strspn(s, LOWER DIGIT "+-.");
	const char *own_port = text_begins(s, "https:")	 ? "443"
			       : text_begins(s, "http:") ? "80"
							 : "";

	if (scheme == 0 || isdigit((unsigned char)*s) ||
	    strncmp(s + scheme, "://", 3) != 0 ||
	    !is_authority(s + scheme + 3, own_port))
		return "not an origin as a browser writes it, such as "
		       "https://desk.example.com: lower case, no path, no "
		       "slash at its end, no port that is the usual one";
	return NULL;
}

int
config_value_is_version(const char *s)
{
	size_t n = *s == 'v' ? strspn(s + 1, "0123456789") : 0;

	if (n == 0 || s[1 + n] != '.')
		return 0;
	s += 1 + n + 1;
	n = strspn(s, "0123456789");
	return n > 0 && s[n] == '\0';
}
