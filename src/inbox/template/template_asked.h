#ifndef INBOX_TEMPLATE_TEMPLATE_ASKED_H
#define INBOX_TEMPLATE_TEMPLATE_ASKED_H

#include "inbox/template/template_store.h"

/* What a member wants of the provider (template_request.h): a template
 * created, or deleted with all its languages.  Each of the functions below
 * that is not said to answer otherwise is called in the caller's
 * transaction, and answers 0 or -1. */
struct template_asked { /* texts in POOL */
	int64_t id;
	int is_creation; /* else a deletion */
	int is_there;	 /* the provider has it, as far as we know */
	const char *name;
	const char *request; /* JSON, of a creation */
	struct template_number number;
};

/* What is due longest: 1, 0 nothing, -1. */
int template_asked_due(
    struct db *, struct pool *, int64_t now, struct template_asked *);

/* File UPLOAD of T, for the provider to look at. */
struct template_upload { /* texts in POOL */
	int64_t id;
	const char *path; /* in the blob store */
	const char *file_name;
	const char *mime_type;
	int64_t size;
};

/* 1, 0 it is gone, -1. */
int template_asked_upload(struct db *, struct pool *,
    const struct template_asked *, int64_t upload, struct template_upload *);

/* It was created: STATUS and CATEGORY (NULL: as wanted) are the provider's. */
int template_asked_made(struct db *, const struct template_asked *,
    const char *status, const char *category, const char *provider_id,
    int64_t now);
/* It is deleted, or never was there. */
int template_asked_gone(
    struct db *, const struct template_asked *, int64_t now);
/* The provider does not do it, and why. */
int template_asked_refused(
    struct db *, const struct template_asked *, const char *why, int64_t now);
/* It was not done now, and why: again at DUE_AT. */
int template_asked_later(struct db *, const struct template_asked *,
    const char *why, int64_t due_at);

extern const struct statements template_asked_statements;

#endif
