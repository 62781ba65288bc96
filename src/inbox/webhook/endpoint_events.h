#ifndef INBOX_WEBHOOK_ENDPOINT_EVENTS_H
#define INBOX_WEBHOOK_ENDPOINT_EVENTS_H

/*
 * Which types of changes an endpoint wants: "*", all, or types (Change of
 * docs/openapi.yaml) with a blank between two.
 */
#define ENDPOINT_EVENTS_ALL "*"

/* All types that there are, ended by NULL. */
extern const char *const endpoint_events_types[];

/* 1 when EVENTS has TYPE. */
int endpoint_events_want(const char *events, const char *type);

#endif
