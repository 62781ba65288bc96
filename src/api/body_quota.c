/*
 * The quota of bodies that arrive slowly: counts them by member and workspace.
 */
#include <pthread.h>
#include <stddef.h>

#include "base/config.h"
#include "base/log.h"

#include "lib/fcgi/http.h"

#include "api/action.h"
#include "api/body_quota.h"
#include "api/reply.h"

#define WORKSPACE_PART 2
#define MEMBER_PART    4
#define RETRY_AFTER    "5" /* seconds */

struct body { /* of user_id, 0: nobody's */
	int64_t workspace_id, user_id;
	int upload; /* 1: to a file; others are counted apart */
};

static pthread_mutex_t mutex_quota = PTHREAD_MUTEX_INITIALIZER;
static struct body bodies[2 * CONFIG_UPLOADS_MAX];

enum answer { IN, FULL, SHARE_FULL };

static int
part(int64_t max, int n)
{
	return max / n > 0 ? (int)(max / n) : 1;
}

static enum answer
find_quota(
    const struct member *who, int upload, int64_t max, struct body **free)
{
	int all = 0, workspace = 0, member = 0;

	*free = NULL;
	for (struct body *b = bodies; b < bodies + 2 * CONFIG_UPLOADS_MAX;
	     b++) {
		if (b->user_id == 0)
			*free = b;
		if (b->user_id == 0 || b->upload != upload)
			continue;
		all++;
		if (b->workspace_id != who->workspace_id)
			continue;
		workspace++;
		member += b->user_id == who->user_id;
	}
	if (workspace >= part(max, WORKSPACE_PART) ||
	    member >= part(max, MEMBER_PART))
		return SHARE_FULL;
	return all >= max ? FULL : IN;
}

static enum answer
enter(const struct member *who, int upload, int64_t max, struct body **b)
{
	enum answer answer;

	pthread_mutex_lock(&mutex_quota);
	answer = find_quota(who, upload, max, b);
	if (answer == IN)
		**b = (struct body){ who->workspace_id, who->user_id, upload };
	pthread_mutex_unlock(&mutex_quota);
	return answer;
}

static void
leave(void *arg)
{
	struct body *b = arg;

	pthread_mutex_lock(&mutex_quota);
	b->user_id = 0;
	pthread_mutex_unlock(&mutex_quota);
}

int
body_quota_take(struct action *a, const struct http_receive *how)
{
	struct http_receive receive = *how;
	struct body *b;
	enum answer answer =
	    enter(&a->who, how->dir != NULL, a->config->uploads_max, &b);

	if (answer == IN) {
		receive.over = leave;
		receive.arg = b;
		a->comes = http_receive(a->request, &receive) == 0;
		if (a->comes)
			return 0;
		leave(b);
	}
	reply_header(a, "Retry-After", RETRY_AFTER);
	if (answer == SHARE_FULL)
		reply_problem(a, REPLY_TOO_MANY_UPLOADS,
		    "You or your workspace have reached the limit of uploads "
		    "at a time (WASPOOL_UPLOADS_MAX).");
	else
		reply_problem(a, REPLY_BUSY,
		    "There are too many uploads at the moment: try again in a "
		    "few seconds.");
	return -1;
}
