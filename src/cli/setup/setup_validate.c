/*
 * What may be answered.  Nothing that passes here can end a line of the
 * configuration or of nginx's site.
 */
#include <string.h>
#include <strings.h>

#include "base/config_value.h"
#include "base/pool.h"
#include "base/secret_file.h"
#include "base/text.h"

#include "whatsapp/provider/provider.h"

#include "inbox/workspace/member_validate.h"
#include "inbox/workspace/number_admin.h"
#include "inbox/workspace/user.h"
#include "inbox/workspace/workspace.h"

#include "cli/setup/setup.h"

#define URL_MAX_LEN 300

const char *
setup_validate_number(const char *s)
{
	return number_admin_is_id(s)
		   ? NULL
		   : "a phone_number_id is digits; it is no phone number, and "
		     "the provider shows it beside that";
}

const char *
setup_validate_provider(const char *s)
{
	return provider_find(s) != NULL
		   ? NULL
		   : "a provider is 360dialog, or cloud, which is Meta itself";
}

const char *
setup_validate_key(const char *s)
{
	if (!secret_file_is_word(s))
		return "a key is one word of letters, digits and signs";
	return strlen(s) < SECRET_FILE_MAX ? NULL : "no key is so long";
}

const char *
setup_validate_app_secret(const char *s)
{
	const char *wrong = config_value_plain(s);

	if (wrong == NULL)
		wrong = config_value_secret(s, SECRET_LEN_MIN);
	if (wrong == NULL && strchr(s, ',') != NULL)
		wrong = "an app's secret has no comma";
	return wrong;
}

/* What follows a host: nothing, or a port; and perhaps a slash. */
static int
is_port(const char *s)
{
	size_t digits;

	if (*s == '\0' || strcmp(s, "/") == 0)
		return 1;
	digits = strspn(s + 1, "0123456789");
	return *s == ':' && digits >= 1 && digits <= 5 &&
	       (s[1 + digits] == '\0' || strcmp(s + 1 + digits, "/") == 0);
}

const char *
setup_validate_url(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
	int plain = text_begins(s, "http://");
	const char *host = s + strlen(plain ? "http://" : "https://");
	size_t len;

	if (strlen(s) > URL_MAX_LEN || (!plain && !text_begins(s, "https://")))
		return "an address is https:// and a host, such as "
		       "https://inbox.example.com";
	len = strspn(host, letters);
	if (len == 0 || strchr("-.", *host) != NULL || !is_port(host + len))
		return "behind https:// stands a host, perhaps a port, and "
		       "nothing else";
	if (plain && strncmp(host, "127.0.0.1", len) != 0 &&
	    strncmp(host, "localhost", len) != 0)
		return "providers deliver to https:// only; http:// is for "
		       "127.0.0.1 and localhost";
	return NULL;
}

char *
setup_host(struct pool *pool, const char *url)
{
	const char *host = strstr(url, "://") + strlen("://");

	return pool_printf(pool, "%.*s", (int)strcspn(host, ":/"), host);
}

const char *
setup_validate_name(const char *s)
{
	if (!text_is_utf8(s, strlen(s)))
		return "a name is UTF-8";
	if (s[strspn(s, " \t")] == '\0')
		return "a name is not empty";
	return text_points(s) <= WORKSPACE_NAME_MAX
		   ? NULL
		   : "a name has 100 letters at most";
}

const char *
setup_validate_email(const char *s)
{
	return member_validate_email(s) ? NULL : "this is no e-mail address";
}
