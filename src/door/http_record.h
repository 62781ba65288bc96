#ifndef DOOR_HTTP_RECORD_H
#define DOOR_HTTP_RECORD_H

#include <sys/uio.h>

/*
 * A long answer in one record of FastCGI (its specification, 3.3) and one
 * call.  libfcgi copies it and hands it over in pieces of 8 KiB, each of which
 * wakes the web server; it still ends the request.  Nothing may have been put
 * before: all N parts of the answer to request ID of connection FD, at most
 * HTTP_RECORD_PARTS.  0, or -1 when the peer has gone.
 */
#define HTTP_RECORD_PARTS 8
int	http_record_send(int fd, int id, const struct iovec *part, int n);

#endif
