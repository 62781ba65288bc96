/*
 * Customers and what they say, for the measurements.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"

#include "talk.h"

#define LANGUAGES 8
#define COMMON	  24

/* The words that each language says all the time; others are made up. */
static const char *const common[LANGUAGES][COMMON] = {
	{ "the", "I", "to", "you", "is", "it", "my", "and", "for", "have",
	    "order", "please", "when", "hello", "can", "not", "this", "thanks",
	    "with", "today", "price", "size", "still", "delivery" },
	{ "ich", "die", "der", "und", "ist", "nicht", "das", "mit", "für",
	    "bitte", "Bestellung", "wann", "hallo", "können", "danke", "heute",
	    "noch", "eine", "Größe", "Lieferung", "möchte", "auf", "wir",
	    "Grüße" },
	{ "que", "de", "no", "la", "el", "es", "por", "una", "pedido", "hola",
	    "gracias", "cuándo", "está", "para", "con", "mañana", "envío",
	    "precio", "señor", "puede", "mi", "más", "todavía", "talla" },
	{ "que", "não", "de", "o", "um", "por", "favor", "pedido", "oi",
	    "obrigada", "quando", "está", "para", "com", "amanhã", "preço",
	    "você", "entrega", "meu", "ainda", "tamanho", "hoje", "é", "bom" },
	{ "le", "la", "je", "de", "est", "pas", "pour", "une", "commande",
	    "bonjour", "merci", "quand", "s'il", "plaît", "livraison", "prix",
	    "à", "avec", "demain", "encore", "taille", "où", "ça", "très" },
	{ "не", "я", "и", "в", "на", "что", "заказ", "здравствуйте", "спасибо",
	    "когда", "доставка", "цена", "размер", "можно", "пожалуйста", "мой",
	    "ещё", "сегодня", "завтра", "с", "для", "это", "есть", "да" },
	{ "في", "من", "على", "مرحبا", "شكرا", "متى", "الطلب", "السعر", "هل",
	    "لو", "سمحت", "اليوم", "غدا", "التوصيل", "المقاس", "أريد", "لا",
	    "نعم", "مع", "هذا", "كم", "أنا", "لم", "يصل" },
	{ "है", "का", "में", "नमस्ते", "धन्यवाद", "कब", "ऑर्डर", "कीमत", "क्या", "कृपया",
	    "आज", "कल", "डिलीवरी", "मेरा", "नहीं", "और", "को", "से", "यह", "साइज़",
	    "हाँ", "मुझे", "चाहिए", "भी" },
};

static const char *const codes[LANGUAGES] = { "1555", "49151", "34612", "55119",
	"33612", "79161", "97150", "919820" };

static const char *const given[] = { "Anna", "José", "Mehmet", "Olga", "Priya",
	"Jürgen", "Chloé", "Youssef", "Marta", "Иван", "Fátima", "नेहा", "Tom",
	"Aylin", "João", "Sofía" };
static const char *const family[] = { "Müller", "García", "da Silva", "Smith",
	"Иванова", "Yılmaz", "Dubois", "Khan", "Rossi", "Nowak", "Sharma",
	"Haddad", "Fernández", "Schmidt" };

static const char *const syllables[] = { "ba", "lo", "mi", "re", "tu", "sen",
	"kar", "vi", "no", "del", "pa", "sti", "ga", "ru", "fe", "han", "zo",
	"li", "mar", "ce", "bu", "tri", "wo", "shu" };

#define N(array) (sizeof(array) / sizeof(*(array)))

/* splitmix64 */
static uint64_t
mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

uint64_t
talk_any(struct talk *t)
{
	t->state += UINT64_C(0x9e3779b97f4a7c15);
	return mix(t->state ^ mix(t->seed));
}

uint64_t
talk_below(struct talk *t, uint64_t n)
{
	return talk_any(t) % n;
}

double
talk_part(struct talk *t)
{
	return (double)(talk_any(t) >> 11) / 9007199254740992.0;
}

/* 0 to below N, each K times rarer than 0 is. */
static int64_t
zipf(struct talk *t, int64_t n)
{
	int64_t k = (int64_t)exp(talk_part(t) * log((double)n + 1)) - 1;

	return k < 0 ? 0 : k >= n ? n - 1 : k;
}

int64_t
talk_customer(struct talk *t)
{
	return zipf(t, t->customers);
}

static unsigned
language(int64_t customer)
{
	return (unsigned)(mix((uint64_t)customer) % LANGUAGES);
}

void
talk_phone(struct buf *b, int64_t customer)
{
	buf_printf(
	    b, "%s%07" PRId64, codes[language(customer)], 1000000 + customer);
}

void
talk_name(struct buf *b, int64_t customer)
{
	uint64_t r = mix((uint64_t)customer + 77);

	buf_printf(b, "%s %s", given[r % N(given)], family[r / 64 % N(family)]);
}

/* Half of all is said all the time, the rest comes of 20,000 words. */
static void
word(struct talk *t, struct buf *b, unsigned in)
{
	uint64_t rank;

	if (talk_below(t, 2) == 0) {
		buf_text(b, common[in][zipf(t, COMMON)]);
		return;
	}
	rank = mix((uint64_t)zipf(t, 20000) * LANGUAGES + in);
	for (uint64_t n = 2 + rank % 3; n > 0; n--, rank /= 32)
		buf_text(b, syllables[rank / 8 % N(syllables)]);
}

void
talk_words(struct talk *t, struct buf *b, int64_t customer, int n)
{
	unsigned in = language(customer);

	for (int i = 0; i < n; i++) {
		if (i > 0)
			buf_text(b, talk_below(t, 9) == 0 ? ", " : " ");
		word(t, b, in);
	}
	if (talk_below(t, 3) == 0)
		buf_text(b, talk_below(t, 2) == 0 ? "?" : " 🙏");
}

void
talk_wamid(const struct talk *t, struct buf *b, int64_t i)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint64_t r = mix(mix(t->seed) + (uint64_t)i);

	buf_text(b, "wamid.HBgNMTU1NTEwMDAwMDAwFQIAEhgg");
	for (int k = 0; k < 12; k++, r >>= 5)
		buf_char(b, letters[r & 31]);
	/* what is mixed may meet, what is counted may not */
	buf_printf(b,
	    "%08" PRIX64 "%010" PRId64 "AA==", t->seed & UINT64_C(0xffffffff),
	    i);
}
