#ifndef INBOX_MEDIA_PICTURE_H
#define INBOX_MEDIA_PICTURE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Width and height of a picture or a film, so that a client can leave room for
 * it before it is there: JPEG, PNG, GIF, WebP, MP4 and its kin.  Nothing is
 * decoded, and of a file that lies nothing else is believed.
 */
#define PICTURE_SIDE_MAX 65535

struct picture_size { /* pixels, as it is shown: turned as the file says */
	int width;
	int height;
};

/* Reads at most LEN bytes at AT into S: how many, fewer at the end only. */
typedef size_t picture_read(
    void *arg, int64_t at, unsigned char *s, size_t len);

/* 1; or 0: it is none of these, cut short, or says no size that can be. */
int picture_size(picture_read *, void *arg, struct picture_size *);

/* The same of the file DIR/PATH; 0 also where it cannot be read. */
int picture_size_of(
    const char *dir, const char *path, struct picture_size *size);

#endif
