#ifndef PROCESS_DOWNLOAD_DOWNLOAD_RESULT_H
#define PROCESS_DOWNLOAD_DOWNLOAD_RESULT_H

#include <stdint.h>

struct db;
struct download_request;

/* Seconds until our own trouble may be over. */
#define DOWNLOAD_RESULT_TROUBLE 60

/* After so many errors of the provider in an hour a number downloads nothing
 * until the oldest of them is an hour old.  After 20 the provider would refuse
 * all its files. */
#define DOWNLOAD_ERRORS_MAX 10

/*
 * Stores the result of a download with a verdict, and names its file when the
 * verdict is STORE; in the caller's transaction.  OTHERS: running downloads of
 * its number; when they might reach DOWNLOAD_ERRORS_MAX, an ASK becomes LATER.
 * 0; or -1, and it may be called again.
 */
int download_result_apply(
    struct db *, struct download_request *, int others, int64_t now);

#endif
