/*
 * The size of a picture or a film, from its file.  Few bytes are read, wherever
 * they lie, and few times: a stranger made the file, and a program that has
 * other things to do reads it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "whatsapp/compose/compose.h"

#include "inbox/media/picture.h"

#define HEAD	     30	 /* bytes that say the format, and all of some */
#define STEPS_MAX    512 /* segments of a JPEG, entries of EXIF, boxes */
#define ENTRIES_MAX  64	 /* of EXIF: its orientation is among the first */
#define ENTRY	     12
#define ORIENTATION  0x0112
#define LAID_DOWN    5	/* and above: width and height change places */
#define TKHD	     84 /* bytes of a track's head, with times of 32 bits */
#define TKHD_LONG    96 /* … of 64 bits */
#define MATRIX_BELOW 44 /* before the end of that head */
#define SIDES_BELOW  8

struct reader {
	picture_read *read;
	void *arg;
	int steps; /* that are left */
};

/* All LEN bytes at AT: 1, 0. */
static int
take_bytes(struct reader *r, int64_t at, unsigned char *s, size_t len)
{
	return at >= 0 && r->read(r->arg, at, s, len) == len;
}

static unsigned
big16(const unsigned char *s)
{
	return (unsigned)s[0] << 8U | s[1];
}

static uint32_t
big32(const unsigned char *s)
{
	return (uint32_t)big16(s) << 16U | big16(s + 2);
}

/* Of EXIF, in either order. */
static uint32_t
number_of(const unsigned char *s, int len, int is_little)
{
	uint32_t n = 0;

	for (int i = 0; i < len; i++)
		n = n << 8U | s[is_little ? len - 1 - i : i];
	return n;
}

static int
put_size(struct picture_size *size, uint32_t w, uint32_t h)
{
	if (w == 0 || h == 0 || w > PICTURE_SIDE_MAX || h > PICTURE_SIDE_MAX)
		return 0;
	*size = (struct picture_size){ .width = (int)w, .height = (int)h };
	return 1;
}

/* Does the segment APP1 of LEN bytes at AT lay the picture down?  It is TIFF
 * behind "Exif": its first directory says so. */
static int
is_laid_down(struct reader *r, int64_t at, int64_t len)
{
	unsigned char head[14], entry[ENTRY];
	int64_t tiff = at + 6, end = at + len, directory;
	int is_little;
	uint32_t n;

	if (len < (int64_t)sizeof(head) || !take_bytes(r, at, head, 14) ||
	    memcmp(head, "Exif\0", 6) != 0)
		return 0;
	is_little = head[6] == 'I';
	directory = tiff + number_of(head + 10, 4, is_little);
	if (directory > end - 2 || !take_bytes(r, directory, head, 2))
		return 0;
	n = number_of(head, 2, is_little);
	for (uint32_t i = 0; i < n && i < ENTRIES_MAX && r->steps-- > 0; i++) {
		int64_t place = directory + 2 + (int64_t)i * ENTRY;

		if (place > end - ENTRY || !take_bytes(r, place, entry, ENTRY))
			return 0;
		if (number_of(entry, 2, is_little) == ORIENTATION)
			return number_of(entry + 8, 2, is_little) >= LAID_DOWN;
	}
	return 0;
}

/* The frame's head: any of SOF0 to SOF15 but three that are something else. */
static int
is_frame(unsigned char marker)
{
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 &&
	       marker != 0xc8 && marker != 0xcc;
}

static int
jpeg_size(struct reader *r, struct picture_size *size)
{
	int64_t at = 2;
	unsigned char s[9];
	int laid = 0;

	while (r->steps-- > 0 && take_bytes(r, at, s, 4)) {
		unsigned len = big16(s + 2);

		if (s[0] != 0xff)
			return 0;
		if (s[1] == 0xff) { /* filled up */
			at++;
			continue;
		}
		if (s[1] == 0xd9 || s[1] == 0xda || len < 2)
			return 0;
		if (is_frame(s[1]))
			return take_bytes(r, at, s, 9) &&
			       put_size(size, big16(laid ? s + 5 : s + 7),
				   big16(laid ? s + 7 : s + 5));
		if (s[1] == 0xe1)
			laid |= is_laid_down(r, at + 4, (int64_t)len - 2);
		at += 2 + (int64_t)len;
	}
	return 0;
}

/* The head of a track, whose box's content is of LEN bytes at AT.  A matrix
 * whose first number is 0 lays the film down. */
static int
track_size(struct reader *r, int64_t at, int64_t len, struct picture_size *size)
{
	unsigned char s[TKHD_LONG], *end;
	int64_t whole;

	if (!take_bytes(r, at, s, 1))
		return 0;
	whole = s[0] == 1 ? TKHD_LONG : TKHD;
	if (len < whole || !take_bytes(r, at, s, (size_t)whole))
		return 0;
	end = s + whole;
	return big32(end - MATRIX_BELOW) == 0
		   ? put_size(size, big16(end - 4), big16(end - SIDES_BELOW))
		   : put_size(size, big16(end - SIDES_BELOW), big16(end - 4));
}

/* One box at AT, which ends at END at the latest: its content is what *AT and
 * *UPTO say then.  1, 0. */
static int
box_at(struct reader *r, int64_t *at, int64_t end, char type[4], int64_t *upto)
{
	unsigned char s[16];
	uint64_t len;
	int64_t head = 8;

	if (r->steps-- <= 0 || *at > end - head || !take_bytes(r, *at, s, 8))
		return 0;
	len = big32(s);
	memcpy(type, s + 4, 4);
	if (len == 1) {
		head = 16;
		if (*at > end - head || !take_bytes(r, *at, s, 16))
			return 0;
		len = (uint64_t)big32(s + 8) << 32U | big32(s + 12);
	}
	*upto = len == 0 ? end : *at;
	if (len != 0 && (len < (uint64_t)head || len > (uint64_t)(end - *at)))
		return 0;
	*upto += (int64_t)len;
	*at += head;
	return 1;
}

/* In moov, and in each trak of it, the first tkhd that has a size: those of
 * sound have none. */
static int
film_size(struct reader *r, int64_t at, int64_t end, struct picture_size *size)
{
	char type[4];
	int64_t upto;

	for (; box_at(r, &at, end, type, &upto); at = upto) {
		if (memcmp(type, "tkhd", 4) == 0 &&
		    track_size(r, at, upto - at, size))
			return 1;
		/* What lies within is looked through as what comes after. */
		if (memcmp(type, "moov", 4) == 0 ||
		    memcmp(type, "trak", 4) == 0)
			upto = at;
	}
	return 0;
}

int
picture_size(picture_read *read, void *arg, struct picture_size *size)
{
	struct reader r = { .read = read, .arg = arg, .steps = STEPS_MAX };
	unsigned char s[HEAD] = { 0 };
	size_t len = read(arg, 0, s, HEAD);
	unsigned w, h;
	int moves;

	if (len >= 3 && memcmp(s, "\xff\xd8\xff", 3) == 0)
		return jpeg_size(&r, size);
	if (len >= 24 && memcmp(s, "\x89PNG\r\n\x1a\n", 8) == 0)
		return memcmp(s + 12, "IHDR", 4) == 0 &&
		       put_size(size, big32(s + 16), big32(s + 20));
	if (len >= 10 && memcmp(s, "GIF8", 4) == 0)
		return put_size(
		    size, number_of(s + 6, 2, 1), number_of(s + 8, 2, 1));
	if (compose_webp_size(s, len, &w, &h, &moves))
		return put_size(size, w, h);
	if (len >= 8 && memcmp(s + 4, "ftyp", 4) == 0)
		return film_size(&r, 0, INT64_MAX, size);
	return 0;
}

static size_t
read_picture(void *arg, int64_t at, unsigned char *s, size_t len)
{
	ssize_t n = pread(*(int *)arg, s, len, at);

	return n > 0 ? (size_t)n : 0;
}

int
picture_size_of(const char *dir, const char *path, struct picture_size *size)
{
	char name[4096];
	int fd, rc;

	if (snprintf(name, sizeof(name), "%s/%s", dir, path) >=
	    (int)sizeof(name))
		return 0;
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return 0;
	rc = picture_size(read_picture, &fd, size);
	close(fd);
	return rc;
}
