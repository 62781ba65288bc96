#ifndef WHATSAPP_PHONE_TYPED_H
#define WHATSAPP_PHONE_TYPED_H

struct pool;

/* Digits of a number: at least the shortest in use, at most what E.164 allows.
 */
#define PHONE_TYPED_MIN 7
#define PHONE_TYPED_MAX 15

/*
 * A phone number as people write it, or copy it from a page or an address book.
 * What is only there for the eye is taken out: spaces of all kinds, dots,
 * dashes of all kinds, brackets, one "/", and the marks of direction that wrap
 * a number among letters that run from right to left.  Digits of other scripts
 * and full-width signs count as ASCII's.  00 before the country's code is as +.
 * A country's trunk prefix, as in "+44 (0)20" or "+82 010", is left out; where
 * a number keeps its 0 (Italy, Côte d'Ivoire) it stays.
 *
 * "+" and digits in POOL, or NULL and *WHY says in a few words what is wrong:
 * an extension, for one, since no WhatsApp account has one, and the number
 * without it is somebody else's.
 */
char *phone_typed_e164(
    struct pool *, const char *typed, int require_plus, const char **why);

#endif
