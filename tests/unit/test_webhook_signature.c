/* Signatures of webhooks, beside those of Standard Webhooks' own libraries. */
#include "unit.h"

#include "base/codec.h"
#include "base/pool.h"

#include "dispatch/webhook_signature.h"

/* The test of the reference libraries; openssl dgst -hmac says the same. */
static void
it_signs_as_others_do(void **state)
{
	static const char key[] = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
	static const char body[] = "{\"test\": 2432232314}";
	struct pool *pool = pool_new();
	struct webhook_secret secret;

	(void)state;
	secret.s = codec_unbase64(pool, key, strlen(key), &secret.len);
	assert_int_equal(secret.len, 24);
	assert_string_equal(
	    webhook_signature(pool, &secret, NULL,
		"msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, strlen(body)),
	    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
	pool_free(pool);
}

/* python3: base64(hmac(b"a secret", b"evt_1_2.1769774400." + body)) */
static void
two_secrets_make_two(void **state)
{
	static const char body[] = "{\"a\":\"\xc3\xbc\"}";
	struct webhook_secret secret = { "a secret", 8 }, old = { "\0\1", 2 };
	struct pool *pool = pool_new();

	(void)state;
	assert_string_equal(webhook_signature(pool, &secret, &old, "evt_1_2",
				1769774400, body, strlen(body)),
	    "v1,cvQAOZVEU+gwH4dvcQ3cs1Z/E3YjGVFifbAiHUdZqPM= "
	    "v1,ab1BdzHsf5JUkHUHfVRMhQ2bkj0j/kiCVMEXkA+Rwao=");
	assert_string_equal(
	    webhook_signature(pool, &old, NULL, "evt_1_2", 1769774400, "", 0),
	    "v1,TXe2iuBf6q+pIei0IzkIq13n4YaXDNI/yyoXXvdZzow=");
	pool_free(pool);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_signs_as_others_do),
		cmocka_unit_test(two_secrets_make_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
