#ifndef CLI_JSON_PRETTY_H
#define CLI_JSON_PRETTY_H

struct json;
struct pool;

/* A value on many lines, two blanks for each level, safe to show; in POOL. */
char *json_pretty(struct pool *, const struct json *);

#endif
