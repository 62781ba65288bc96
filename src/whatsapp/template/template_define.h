#ifndef WHATSAPP_TEMPLATE_TEMPLATE_DEFINE_H
#define WHATSAPP_TEMPLATE_TEMPLATE_DEFINE_H

struct compose_wrong;
struct json;
struct pool;

/* A template that is to be created, in the provider's form (docs/protocol.md
 * §6.7); texts in POOL. */
struct template_define {
	const char *name;
	const char *language;
	const char *category;	/* in capitals */
	const char *components; /* JSON */
	const char *request;	/* JSON: all of it, for the provider */
};

/* The fields of BODY that are read, separated by blanks. */
extern const char template_define_fields[];

/* Reads BODY, the object of POST /templates.  0; or -1, and *WRONG lists every
 * error, in POOL. */
int template_define_read(struct pool *, const struct json *body,
    struct template_define *, struct compose_wrong **wrong);

#endif
