#ifndef BASE_CONFIG_VALUE_H
#define BASE_CONFIG_VALUE_H

#include <stdint.h>

struct config_list;

/* For config.c.  "64MiB" to bytes: 0, or -1. */
int	config_value_size(const char *s, int64_t *bytes);

/* "a, b" to its items, which point into S: NULL, or what is wrong. */
const char *config_value_list(struct config_list *, char *s);

/* 1 when S begins with http:// or https:// and a host. */
int	config_value_is_url(const char *s);

#endif
