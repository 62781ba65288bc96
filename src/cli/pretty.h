#ifndef CLI_PRETTY_H
#define CLI_PRETTY_H

struct json;
struct pool;

/* A value on many lines, two blanks a level, safe to look at, in POOL. */
char	*pretty_json(struct pool *, const struct json *);

#endif
