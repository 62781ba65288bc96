#ifndef API_FILE_DISPOSITION_H
#define API_FILE_DISPOSITION_H

#include <stdint.h>

struct pool;

/*
 * The Content-Type and Content-Disposition of a file.  Type and name come from
 * strangers: neither may make the browser run the file, or write elsewhere.
 */

/* MIME_TYPE if it is in a table of harmless types, else
 * application/octet-stream. */
const char *disposition_type(const char *mime_type);

/*
 * The value of Content-Disposition (RFC 6266), in POOL: inline for images other
 * than SVG, audio, video and PDF, else attachment.  TYPE is from
 * disposition_type.  A FILENAME that is NULL, or of which nothing is left,
 * becomes "file-ID".
 */
const char *disposition_write(
    struct pool *, const char *type, const char *filename, int64_t id);

/* FILENAME made safe: one path component, no control characters or
 * bidirectional marks, at most 200 bytes with its extension; in POOL, NULL
 * when nothing is left. */
char *disposition_name(struct pool *, const char *filename);

#endif
