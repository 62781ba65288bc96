/*
 * The size of a picture or a film: within its limits, from few reads.
 */
#include "fuzz.h"

#include "inbox/media/picture.h"

#define READS_MAX 2100 /* some for each step (picture.c) */

struct file {
	const uint8_t *s;
	size_t len;
	int reads;
};

static size_t
read_piece(void *arg, int64_t at, unsigned char *s, size_t len)
{
	struct file *f = arg;

	f->reads++;
	must(at >= 0);
	if ((uint64_t)at >= f->len)
		return 0;
	if (len > f->len - (size_t)at)
		len = f->len - (size_t)at;
	memcpy(s, f->s + at, len);
	return len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct file f = { .s = data, .len = size };
	struct picture_size shown = { 0 };
	int rc = picture_size(read_piece, &f, &shown);

	must(rc == 0 || rc == 1);
	must(f.reads <= READS_MAX);
	must((shown.width > 0) == rc && (shown.height > 0) == rc);
	must(shown.width <= PICTURE_SIDE_MAX);
	must(shown.height <= PICTURE_SIDE_MAX);
	return 0;
}
