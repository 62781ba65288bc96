#ifndef INBOX_BROADCAST_BROADCAST_FILL_H
#define INBOX_BROADCAST_BROADCAST_FILL_H

struct pool;

/* What is known of a recipient, NULL nothing. */
struct broadcast_person {
	const char *name;
	const char *phone;
};

/*
 * TEMPLATE (JSON, as json_end has it) with what is known of PERSON for its
 * placeholders: {{contact.name}}, {{contact.phone}}; {{contact.name|friend}}
 * where nothing is known.  JSON in POOL, of which each value is on one line; or
 * NULL, and *WHY says (in POOL) which placeholder there is not, or has no
 * value.
 */
const char *broadcast_fill(struct pool *, const char *template,
    const struct broadcast_person *, const char **why);

#endif
