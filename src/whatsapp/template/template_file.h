#ifndef WHATSAPP_TEMPLATE_TEMPLATE_FILE_H
#define WHATSAPP_TEMPLATE_TEMPLATE_FILE_H

#include <stdint.h>

struct json;
struct pool;

/*
 * The files of a template's headers, of which the provider wants an example
 * before it creates it (docs/protocol.md §6.7): "example":{"upload":12} is a
 * file of ours, in whose place goes the handle that the provider gives it.
 */
#define TEMPLATE_FILE_MAX 11 /* the header and ten cards */

struct template_file { /* texts in POOL */
	int64_t upload;
	const char *send_as; /* image, video, document */
	const char *field;   /* components[0].example.upload */
};

/* The uploads of DEFINITION, which template_define_read took, or its request:
 * how many, at most TEMPLATE_FILE_MAX. */
int template_file_list(
    struct pool *, const struct json *definition, struct template_file *);

/* DEFINITION, JSON in POOL, with HANDLE wherever UPLOAD was the example. */
const char *template_file_put(struct pool *, const struct json *definition,
    int64_t upload, const char *handle);

#endif
