/*
 * Short-lived addresses of files: signed, and not stored.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/secret_file.h"

#include "lib/digest/digest.h"

#include "session/file_address.h"
#include "session/member.h"

#define PURPOSE	   "file-address"
#define KEY_FILE   "file-address.key"
#define NUMBER_LEN 8  /* of a number, the high byte first */
#define SEAL_LEN   16 /* of an HMAC's bytes */
#define LEN	   (2 * NUMBER_LEN + SEAL_LEN)
#define PASS_MAX   160 /* of session_pass, which stands behind it */

static unsigned char key[DIGEST_LEN];

/* ------------------------------------------------------------------ key */

/* 1 and KEY, 0 there is none, -1 and *WHY. */
static int
read_address_key(struct pool *pool, const char *path, const char **why)
{
	const char *text = secret_file_read(pool, path, SECRET_FILE_OWNER, why);

	if (text == NULL)
		return *why == NULL ? 0 : -1;
	digest_sha256(text, strlen(text), key);
	return 1;
}

/* Under another name first: nobody reads half of it, not after a power cut
 * either (an empty one would stay so, and no two programs share a key), and
 * of two programs that make one the first wins. */
static void
make_address_key(struct pool *pool, const char *path)
{
	unsigned char unused[DIGEST_LEN];
	char *text = digest_secret(pool, "", unused);
	char *new = pool_printf(pool, "%s.%ld", path, (long)getpid());
	int fd;

	unlink(new);
	fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		return;
	if (write(fd, text, strlen(text)) == (ssize_t)strlen(text) &&
	    fsync(fd) == 0 && link(new, path) == -1 && errno != EEXIST)
		log_warn("%s cannot be made: %s", path, strerror(errno));
	close(fd);
	unlink(new);
}

void
file_address_open(const char *state_dir)
{
	struct pool *pool = pool_new();
	const char *path = pool_printf(pool, "%s/" KEY_FILE, state_dir);
	const char *why = NULL;
	int rc = read_address_key(pool, path, &why);

	if (rc == 0) {
		make_address_key(pool, path);
		rc = read_address_key(pool, path, &why);
	}
	if (rc != 1) {
		log_warn("addresses of files end when this program does: %s "
			 "cannot be read%s%s",
		    path, why != NULL ? ": " : "", why != NULL ? why : "");
		digest_random(key, sizeof(key));
	}
	pool_free(pool);
}

/* -------------------------------------------------------------- address */

static void
write_number(unsigned char out[NUMBER_LEN], int64_t n)
{
	for (int i = NUMBER_LEN - 1; i >= 0; i--, n >>= 8)
		out[i] = (unsigned char)(n & 0xff);
}

static int64_t
read_number(const unsigned char in[NUMBER_LEN])
{
	uint64_t n = 0;

	for (int i = 0; i < NUMBER_LEN; i++)
		n = n << 8 | in[i];
	return n > INT64_MAX ? 0 : (int64_t)n;
}

/* Of what stands before it in BYTES, and behind it, of a word of LEN. */
static void
make_address_seal(int64_t message_id, const unsigned char *bytes, size_t len,
    unsigned char seal[DIGEST_LEN])
{
	unsigned char said[sizeof(PURPOSE) + 3 * NUMBER_LEN + PASS_MAX];
	unsigned char *s = said;

	memcpy(s, PURPOSE, sizeof(PURPOSE));
	s += sizeof(PURPOSE);
	write_number(s, message_id);
	s += NUMBER_LEN;
	memcpy(s, bytes, 2 * NUMBER_LEN);
	s += 2 * NUMBER_LEN;
	memcpy(s, bytes + LEN, len - LEN);
	s += len - LEN;
	digest_hmac_sha256(key, sizeof(key), said, (size_t)(s - said), seal);
}

/* Takes the same time wherever they differ. */
static int
is_same_seal(const unsigned char *a, const unsigned char *b)
{
	unsigned int differs = 0;

	for (int i = 0; i < SEAL_LEN; i++)
		differs |= a[i] ^ b[i];
	return differs == 0;
}

int64_t
file_address_end(int64_t now)
{
	int64_t end = now + FILE_ADDRESS_LIFE + FILE_ADDRESS_STEP - 1;

	return end - end % FILE_ADDRESS_STEP;
}

const char *
file_address_write(struct pool *pool, int64_t message_id,
    const struct member *who, int64_t expires_at)
{
	size_t n = strlen(who->secret), len = LEN + n;
	unsigned char bytes[LEN + PASS_MAX], seal[DIGEST_LEN];

	if (n > PASS_MAX)
		die(EX_SOFTWARE, "a pass of %zu bytes", n);
	write_number(bytes, expires_at);
	write_number(bytes + NUMBER_LEN, who->token_id);
	memcpy(bytes + LEN, who->secret, n);
	make_address_seal(message_id, bytes, len, seal);
	memcpy(bytes + 2 * NUMBER_LEN, seal, SEAL_LEN);
	return codec_base64url(pool, bytes, len);
}

int
file_address_read(struct pool *pool, const char *word, int64_t message_id,
    int64_t now, struct member *who, int64_t *expires_at)
{
	unsigned char seal[DIGEST_LEN];
	size_t len = 0;
	const unsigned char *bytes = (const unsigned char *)codec_unbase64(
	    pool, word, strlen(word), &len);

	if (bytes == NULL || len < LEN || len > LEN + PASS_MAX)
		return 0;
	make_address_seal(message_id, bytes, len, seal);
	*expires_at = read_number(bytes);
	who->token_id = read_number(bytes + NUMBER_LEN);
	who->secret = pool_text(pool, (const char *)bytes + LEN, len - LEN);
	return is_same_seal(seal, bytes + 2 * NUMBER_LEN) && *expires_at > now;
}
