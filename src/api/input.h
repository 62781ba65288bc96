#ifndef API_INPUT_H
#define API_INPUT_H

#include <stddef.h>
#include <stdint.h>

struct action;
struct json;
struct pool;

/*
 * Reads and validates the parameters and the body of a request.  Lists of names
 * are separated by a space, as in the table of routes.
 */
#define INPUT_BODY_MAX	(1024 * 1024)
#define INPUT_LIMIT	50 /* rows of a list without "limit" */
#define INPUT_LIMIT_MAX 100
#define INPUT_Q_MAX	200 /* code points */

/* These two: 1; or 0 when a problem was replied. */
/* Checks action.query: no unknown parameter, none twice, none badly encoded. */
int input_params(struct action *);
int input_body(struct action *); /* fills text and body */

/* The first value of parameter NAME, in POOL; NULL when absent or ""
 * (query.h). */
const char *input_param(const struct action *, const char *name);
/* The second id of the path, {user_id} and the like. */
int64_t input_second_id(const struct action *);
/* All values of NAME, at most MAX into VALUES: how many there are. */
int input_param_all(
    const struct action *, const char *name, const char **values, int max);

/* "limit" and "q": 1, or 0 when a problem was replied. */
int input_limit(struct action *, int *limit);
int input_q(struct action *, const char **q);

/* Replies 400 that names the parameter; always 0. */
int input_bad(struct action *, const char *name, const char *message);

/* Notes that a field of the body is wrong, for reply_wrong. */
void input_wrong(struct action *, const char *field, const char *message);

/*
 * Field KEY of the body.  INPUT_WRONG: it has another type, which is noted
 * already.
 */
enum input_found { INPUT_ABSENT, INPUT_NULL, INPUT_THERE, INPUT_WRONG };

enum input_found input_text(
    struct action *, const char *key, const char **value);
/* KEY as a name: one line of at most MAX code points, in POOL; what is wrong
 * with it is noted. */
void input_name(
    struct action *, const char *key, size_t max, const char **name);

/* KEY as CHECK returns it, in POOL, into *VALUE, which stays when KEY is absent
 * and it is there already; what is wrong, or needed, is noted. */
typedef const char *input_check(struct pool *, const char *, const char **why);
void input_checked(
    struct action *, const char *key, input_check *, const char **value);
enum input_found input_id(struct action *, const char *key, int64_t *id);

#endif
