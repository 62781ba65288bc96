/*
 * Passwords and codes: how often they may be tried, and whether they are right.
 *
 * Nothing here tells whether an account exists: a try is counted by the address
 * that was typed, and what stands for no password takes as long.
 */
#include <arpa/inet.h>

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/fcgi/http.h"
#include "lib/password/password.h"
#include "lib/sql/db.h"
#include "lib/unicode/unicode_nfc.h"

#include "api/input.h"
#include "api/reply.h"
#include "api/sign_in/hash_turn.h"
#include "api/sign_in/sign_in.h"
#include "api/sign_in/try_limit.h"

#define TURN_MS	    5000 /* that a password waits for its turn */
#define RETRY_AFTER "2"	 /* seconds */

int
sign_in_password_field(struct action *a, const char *key, const char **password)
{
	const char *typed = NULL;

	switch (input_text(a, key, &typed)) {
	case INPUT_THERE:
		break;
	case INPUT_WRONG:
		return 0;
	default:
		input_wrong(a, key, "is missing");
		return 0;
	}
	*password = unicode_nfc(a->pool, typed);
	if (*password != NULL && strlen(*password) <= PASSWORD_MAX)
		return 1;
	input_wrong(a, key, "is longer than 511 bytes");
	return 0;
}

int
sign_in_code_field(struct action *a, const char **code)
{
	*code = NULL;
	return input_text(a, "code", code) != INPUT_WRONG;
}

/* IPv6 has a prefix of 64 bits for each customer; else the address itself. */
static const char *
address_key(struct pool *pool, const char *remote)
{
	unsigned char bytes[16];
	char text[INET6_ADDRSTRLEN];

	if (strchr(remote, ':') == NULL ||
	    inet_pton(AF_INET6, remote, bytes) != 1)
		return remote;
	memset(bytes + 8, 0, 8);
	inet_ntop(AF_INET6, bytes, text, sizeof(text));
	return pool_copy(pool, text);
}

/* As the column's collation compares. */
static const char *
lower(struct pool *pool, const char *s)
{
	char *out = pool_copy(pool, s);

	for (char *c = out; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return out;
}

static int
refuse_try(struct sign_in *s, int64_t wait_ms)
{
	reply_header(&s->a, "Retry-After",
	    pool_printf(s->a.pool, "%" PRId64, (wait_ms + 999) / 1000));
	return reply_problem(&s->a, REPLY_TOO_MANY_TRIES,
	    "Too many wrong ones for this account, or from this address.");
}

int
sign_in_take_try(struct sign_in *s, const char *key)
{
	int64_t now = clock_ticks_ms(), wait;

	s->address = address_key(s->a.pool, s->a.request->remote);
	s->key = lower(s->a.pool, key);
	wait = try_limit_take(s->service->by_address, s->address, now);
	if (wait > 0)
		return refuse_try(s, wait);
	wait = try_limit_take(s->service->by_account, s->key, now);
	if (wait == 0)
		return 1;
	try_limit_give(s->service->by_address, s->address);
	return refuse_try(s, wait);
}

static void
give_try(struct sign_in *s)
{
	if (s->key == NULL)
		return;
	try_limit_give(s->service->by_address, s->address);
	try_limit_give(s->service->by_account, s->key);
	s->key = NULL;
}

/* Counts nothing against the person. */
static int
refuse_turn(struct sign_in *s, const char *why)
{
	give_try(s);
	reply_header(&s->a, "Retry-After", RETRY_AFTER);
	return reply_problem(&s->a, REPLY_BUSY, why);
}

static int
take_turn(struct sign_in *s)
{
	return hash_turn_take(clock_ticks_ms() + TURN_MS) ||
	       refuse_turn(s, "Too many people sign in at this moment.");
}

static const char no_memory[] = "There is no memory for that at the moment.";

static int
refuse_credentials(struct sign_in *s)
{
	return reply_problem(&s->a, REPLY_WRONG_CREDENTIALS,
	    "The address, the password or the code is wrong.");
}

int
sign_in_check_code(struct sign_in *s, const char *code)
{
	const struct account *who = &s->account;

	s->step = totp_match(
	    who->secret, TOTP_SECRET_LEN, code, who->used_step, s->a.now);
	if (s->step == 0)
		return refuse_credentials(s);
	give_try(s);
	return 1;
}

int
sign_in_check(
    struct sign_in *s, const char *password, const char *code, int wants_code)
{
	enum password_answer answer;

	if (!take_turn(s))
		return 0;
	answer = password_check(s->account.hash, password);
	hash_turn_give();
	if (answer == PASSWORD_NO_MEMORY)
		return refuse_turn(s, no_memory);
	if (answer == PASSWORD_WRONG)
		return refuse_credentials(s);
	if (wants_code && s->account.factor_on && code == NULL) {
		give_try(s);
		return reply_problem(&s->a, REPLY_CODE_NEEDED,
		    "The password is right; a code of the second factor is "
		    "needed, too.");
	}
	if (wants_code && s->account.factor_on && !sign_in_check_code(s, code))
		return 0;
	give_try(s);
	return 1;
}

char *
sign_in_hash(struct sign_in *s, const char *password)
{
	char *hash;

	if (!take_turn(s))
		return NULL;
	hash = password_hash(s->a.pool, password);
	hash_turn_give();
	if (hash == NULL)
		refuse_turn(s, no_memory);
	else
		give_try(s);
	return hash;
}

int
sign_in_use_step(struct sign_in *s)
{
	int rc;

	if (s->step == 0)
		return 1;
	rc = account_use_step(s->service->db, s->account.user_id, s->step);
	return rc == 0 ? refuse_credentials(s) : rc;
}
