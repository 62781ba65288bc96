#ifndef INBOX_HOURS_WORKSPACE_SETTING_H
#define INBOX_HOURS_WORKSPACE_SETTING_H

#include <stdint.h>

struct compose;
struct db;
struct json_out;
struct opening_state;
struct pool;
struct session;
struct statements;
struct zone;

/*
 * What is set for a workspace.  Texts in POOL.  A workspace that was never set
 * has the defaults.
 */
#define WORKSPACE_SETTING_ZONE	"UTC"
#define WORKSPACE_SETTING_FIELD "workspace_settings" /* its event */

struct workspace_setting {
	const char *time_zone;	      /* lib/zone */
	const char *opening_hours;    /* JSON (opening_hours.h); NULL: none */
	const char *automatic_answer; /* NULL: none */
	int reactions_unread;	      /* workspace.h */
	int second_factor;
};

extern const struct statements workspace_setting_statements;
extern const struct statements workspace_setting_member_statements;

/* For the processor and the command line; put is in the caller's transaction
 * and leaves what workspaces has (workspace.h): 0, -1. */
int workspace_setting_get(struct db *, struct pool *, int64_t workspace_id,
    struct workspace_setting *);
int workspace_setting_put(struct db *, int64_t workspace_id,
    const struct workspace_setting *, int64_t now);

/* For a member; put changes nothing for who is no owner: 0, -1. */
int workspace_setting_read(
    struct session *, struct pool *, struct workspace_setting *);
int workspace_setting_write(
    struct session *, const struct workspace_setting *, int64_t now);
/* Keeps as an event of the workspace what CHANGED (JSON), and by whom (0: the
 * command line). */
int workspace_setting_note(struct session *, struct pool *, int64_t user_id,
    const char *changed, int64_t now);
/* The text of such an event, in POOL. */
const char *workspace_setting_event(
    struct pool *, int64_t user_id, const char *changed, int64_t now);

/* TEXT, an automatic answer, as a message to be sent: NULL; or why it can be
 * none, in POOL. */
const char *workspace_setting_compose(
    struct pool *, const char *text, struct compose *);

/* The zone, UTC where the database of zones has lost it.  owned: zone_close. */
struct zone *workspace_setting_zone(const struct workspace_setting *);

/* How it is at NOW: 1; 0 there are no opening hours. */
int workspace_setting_look(struct pool *, const struct workspace_setting *,
    const struct zone *, int64_t now, struct opening_state *);

#endif
