/*
 * What a person may give of users and members.
 */
#include <string.h>

#include "base/text.h"

#include "inbox/workspace/member_validate.h"
#include "inbox/workspace/user.h"

int
member_validate_email(const char *s)
{
	const char *at = strchr(s, '@');
	size_t len = strlen(s);
	size_t i;

	if (at == NULL || at == s || at[1] == '\0' || len > USER_EMAIL_MAX ||
	    strchr(at + 1, '@') != NULL || !text_is_utf8(s, len))
		return 0;
	for (i = 0; i < len; i++)
		if ((unsigned char)s[i] <= ' ' || s[i] == 0x7f)
			return 0;
	return 1;
}

int
member_validate_rank(const char *role)
{
	return text_is(role, "owner")	? 3
	       : text_is(role, "admin") ? 2
	       : text_is(role, "agent") ? 1
					: 0;
}

int
member_validate_role(const char *role)
{
	return member_validate_rank(role) > 0;
}
