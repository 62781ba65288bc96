#ifndef API_INPUT_H
#define API_INPUT_H

#include <stdint.h>

struct action;
struct json;

/*
 * What a request says: parameters and body.  Lists of names are words with a
 * space between, as in the table of routes.
 */
#define INPUT_BODY_MAX	(1024 * 1024)
#define INPUT_LIMIT	50 /* of a list, unless said */
#define INPUT_LIMIT_MAX 100
#define INPUT_Q_MAX	200 /* code points */

/* These two answer 1 when all is well; 0 when a problem was replied. */
/* none unknown, bad, twice, or NUL: of action.query */
int input_params(struct action *);
int input_body(struct action *); /* fills text and body */

/* The first parameter NAME, "" and absent are NULL; in POOL (query.h). */
const char *input_param(const struct action *, const char *name);
/* All of them, at most MAX into VALUES: how many there are. */
int input_param_all(
    const struct action *, const char *name, const char **values, int max);

/* "limit" and "q": 1, or 0 when a problem was replied. */
int input_limit(struct action *, int *limit);
int input_q(struct action *, const char **q);

/* 400 that names the parameter; answers 0. */
int input_bad(struct action *, const char *name, const char *message);

/* Notes that a field of the body is wrong, for reply_wrong. */
void input_wrong(struct action *, const char *field, const char *message);

/*
 * Field KEY of the body.  INPUT_WRONG is noted already: it has another type.
 */
enum input_found { INPUT_ABSENT, INPUT_NULL, INPUT_THERE, INPUT_WRONG };

enum input_found input_text(
    struct action *, const char *key, const char **value);
enum input_found input_id(struct action *, const char *key, int64_t *id);

#endif
