#ifndef LIB_GZIP_GZIP_H
#define LIB_GZIP_GZIP_H

#include <stddef.h>

struct pool;

/* 1 when S (LEN bytes) begins as gzip does (RFC 1952, 2.3.1). */
int gzip_is(const char *s, size_t len);

/*
 * What S, which is gzip, was before: *OUT (in POOL, a NUL behind it) of
 * *OUT_LEN bytes, and 0.  -1: damaged, cut off, followed by something else, or
 * larger than MAX bytes, for which no more memory is taken, and *OUT_LEN is
 * more than MAX; *WHY (a constant) says which.
 */
int gzip_inflate(struct pool *, const char *s, size_t len, size_t max,
    char **out, size_t *out_len, const char **why);

#endif
