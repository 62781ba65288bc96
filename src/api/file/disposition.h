#ifndef API_FILE_DISPOSITION_H
#define API_FILE_DISPOSITION_H

#include <stdint.h>

struct pool;

/*
 * How a browser is told what a file is.  Type and name come from strangers:
 * neither may make it run something, or write somewhere.
 */

/* A type of a table of harmless ones, else application/octet-stream. */
const char *disposition_type(const char *mime_type);

/*
 * The value of Content-Disposition (RFC 6266), in POOL: inline for images
 * other than SVG, audio, video and PDF, else attachment.  TYPE is what
 * disposition_type answered; a FILENAME of which nothing is left, or NULL, is
 * "file-ID".
 */
const char *disposition_write(
    struct pool *, const char *type, const char *filename, int64_t id);

/* FILENAME as it may be kept: one component of a path, no control characters
 * or bidirectional marks, at most 200 bytes with its extension; in POOL, NULL
 * when nothing is left. */
char *disposition_name(struct pool *, const char *filename);

#endif
