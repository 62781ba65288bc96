/*
 * Validates what a person typed into the address book, and normalises it.
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "whatsapp/phone.h"

#include "inbox/contact/contact.h"

/* TYPED on one line, 1 to MAX code points. */
static const char *
line(struct pool *pool, const char *typed, size_t max, const char **why)
{
	size_t len = typed != NULL ? strlen(typed) : 0;
	const char *s;

	/* A text that is too long is an error: it is not cut off. */
	s = len > 0 ? text_fold(pool, typed, len) : NULL;
	if (s == NULL || *s == '\0')
		*why = "is empty";
	else if (text_points(s) > max)
		*why = pool_printf(pool, "is longer than %zu characters", max);
	else
		return s;
	return NULL;
}

const char *
contact_validate_phone(struct pool *pool, const char *typed, const char **why)
{
	const char *phone = typed != NULL ? phone_e164(pool, typed, 1) : NULL;

	if (phone == NULL)
		*why = pool_printf(pool,
		    "is no international phone number such as +16505551234: %s",
		    typed != NULL ? phone_why(pool, typed) : "it is empty");
	return phone;
}

const char *
contact_validate_user_id(struct pool *pool, const char *typed, const char **why)
{
	size_t len = typed != NULL ? strlen(typed) : 0;

	/* Two letters of a country, a dot, and the provider's part. */
	if (len > 3 && len <= CONTACT_USER_MAX &&
	    strchr(typed, '.') == typed + 2) {
		size_t i = 0;

		while (typed[i] > ' ' && typed[i] <= '~')
			i++;
		if (i == len)
			return pool_copy(pool, typed);
	}
	*why = "is no user id such as US.13491208655302741918";
	return NULL;
}

const char *
contact_validate_name(struct pool *pool, const char *typed, const char **why)
{
	return line(pool, typed, CONTACT_NAME_MAX, why);
}

const char *
contact_validate_email(struct pool *pool, const char *typed, const char **why)
{
	const char *s = line(pool, typed, CONTACT_EMAIL_MAX, why), *at;

	if (s == NULL)
		return NULL;
	at = strchr(s, '@');
	if (at == NULL || at == s || at[1] == '\0' || strchr(s, ' ') != NULL ||
	    strchr(at + 1, '@') != NULL || strlen(s) > CONTACT_EMAIL_MAX) {
		*why = "is no e-mail address";
		return NULL;
	}
	return s;
}

const char *
contact_validate_tag(struct pool *pool, const char *typed, const char **why)
{
	return line(pool, typed, CONTACT_TAG_MAX, why);
}
