#ifndef PROCESS_DOWNLOAD_DOWNLOAD_RESULT_H
#define PROCESS_DOWNLOAD_DOWNLOAD_RESULT_H

#include <stdint.h>

struct db;
struct download_request;

/* Seconds until our own trouble may be over. */
#define DOWNLOAD_RESULT_TROUBLE 60

/* So many errors of the provider in an hour, and a number asks for no file
 * until the oldest of them is an hour old: at 20 the provider would refuse all
 * its files. */
#define DOWNLOAD_ERRORS_MAX 10

/*
 * Writes down what became of a file that is judged, and gives it its name when
 * it is to be stored; in the caller's transaction.  OTHERS of its number are
 * under way: one that would ask the provider again, and must not now, is
 * judged to come later.  0; -1 and it may be called again.
 */
int download_result_apply(
    struct db *, struct download_request *, int others, int64_t now);

#endif
