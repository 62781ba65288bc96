/*
 * What all requests of sign-in share: one connection to the inbox, which each
 * has for moments, and what counts tries.
 */
#include <stddef.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/password/password.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/account/account.h"
#include "inbox/account/invitation.h"
#include "inbox/account/login.h"
#include "inbox/audit/workspace_audit.h"
#include "inbox/inbox.h"
#include "inbox/workspace/user.h"
#include "inbox/workspace/workspace.h"

#include "api/sign_in/hash_turn.h"
#include "api/sign_in/sign_in.h"
#include "api/sign_in/try_limit.h"

/* Wrong ones at once, and one more in so many milliseconds. */
#define ACCOUNT_BURST	 10
#define ACCOUNT_EVERY_MS 60000
#define ADDRESS_BURST	 200
#define ADDRESS_EVERY_MS 3000

const struct statements sign_in_statements = {
	.also = STATEMENTS(&account_statements, &invitation_statements,
	    &login_statements, &user_statements, &workspace_statements,
	    &workspace_audit_store_statements)
};

struct sign_in *
sign_in_of(struct action *a)
{
	return (struct sign_in *)a;
}

void
sign_in_lock(struct sign_in *s)
{
	pthread_mutex_lock(&s->service->mutex);
	db_check(s->service->db);
}

void
sign_in_unlock(struct sign_in *s)
{
	pthread_mutex_unlock(&s->service->mutex);
}

struct sign_in_service *
sign_in_open(const struct config *config)
{
	struct sign_in_service *service = xcalloc(sizeof(*service));
	unsigned char mac[DIGEST_SHA1_LEN];

	digest_hmac_sha1("", 0, "", 0, mac);
	hash_turn_open(0);
	pthread_mutex_init(&service->mutex, NULL);
	service->config = config;
	service->by_account = try_limit_new(ACCOUNT_BURST, ACCOUNT_EVERY_MS);
	service->by_address = try_limit_new(ADDRESS_BURST, ADDRESS_EVERY_MS);
	service->db =
	    inbox_open(config_inbox(config), DB_WRITE, (int)config->wait_ms);
	if (service->db == NULL ||
	    db_prepare_all(service->db, &sign_in_statements) == -1)
		return NULL;
	if (password_open() == -1) {
		log_warn("no password can be hashed: no memory, or libcrypt "
			 "has no yescrypt");
		return NULL;
	}
	return service;
}

void
sign_in_rest(struct sign_in_service *service)
{
	pthread_mutex_lock(&service->mutex);
	db_rest(service->db, clock_ticks_ms());
	pthread_mutex_unlock(&service->mutex);
}
