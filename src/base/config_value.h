#ifndef BASE_CONFIG_VALUE_H
#define BASE_CONFIG_VALUE_H

#include <stddef.h>
#include <stdint.h>

#define CONFIG_LIST_MAX 8 /* tokens, app secrets or origins at a time */

struct config_list {
	const char *item[CONFIG_LIST_MAX];
	int n;
};

/* For config.c.  "64MiB" to bytes: 0, or -1. */
int config_value_size(const char *s, int64_t *bytes);

/* "a, b" to its items, which point into S: NULL, or what is wrong. */
const char *config_value_list(struct config_list *, char *s);

/*
 * Refuses what would become part of a value though nobody meant it: quotes
 * around it, a comment or a blank before or behind it.  NULL, or what is wrong.
 */
const char *config_value_plain(const char *s);

/* A secret: printable ASCII without blanks, LEN_MIN characters at least.
 * NULL, or what is wrong. */
const char *config_value_secret(const char *s, size_t len_min);

/*
 * The address of a database, for libpq: postgresql://…, or postgres://…  What
 * stands behind that it judges itself, but for what is not a URI.  NULL, or
 * what is wrong, without the address, which may have a password.
 */
const char *config_value_database(const char *s);

/* Such an address has a password in it. */
int config_value_has_password(const char *s);

/* 1 when S begins with http:// or https:// and a host. */
int config_value_is_url(const char *s);

/*
 * An origin (RFC 6454) as a browser writes it in a header: scheme://host, or
 * scheme://host:port, in lower case, without a path and without the scheme's
 * own port.  NULL, or what is wrong: "*" and "null" would be everybody.
 */
const char *config_value_origin(const char *s);

/* 1 when S is v, digits, a point and digits. */
int config_value_is_version(const char *s);

#endif
