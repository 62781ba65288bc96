#ifndef CLI_JSON_PRETTY_H
#define CLI_JSON_PRETTY_H

struct json;
struct pool;

/* A value on many lines, two blanks a level, safe to look at, in POOL. */
char *json_pretty(struct pool *, const struct json *);

#endif
