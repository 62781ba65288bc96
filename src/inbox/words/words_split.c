/*
 * A text becomes runs of letters (words_split.h), one pass, in bounded memory
 * whatever the text is.  Looks at the next code point without taking it, as a
 * group ends where something begins that does not belong to it.
 */
#include <stddef.h>
#include <string.h>

#include "inbox/words/words_quick.h"
#include "inbox/words/words_split.h"

#define ZWNJ 0x200c

/* What a sign between two runs is good for. */
#define OF_NUMBERS "-_/.,'()+" /* one, beside digits */
#define OF_PHONES  " ()-/"     /* up to three, between digits */
#define OF_AMOUNTS ".,'"       /* … but not behind one of these */

void
words_split_begin(struct words_split *s, const char *text)
{
	s->kind = WORDS_END;
	s->n_runs = 0;
	s->next = text;
	s->passed = 0;
	s->folded.n = s->point = 0;
	s->start = s->before = 0;
	s->n_unit = 0;
}

/* Numbers in a circle and fractions: 1½ is not 11/2. */
static int
stands_apart(int32_t c)
{
	return (c >= 0xbc && c <= 0xbe) || (c >= 0x2150 && c <= 0x215f) ||
	       c == 0x2189 || (c >= 0x2460 && c <= 0x249b) ||
	       (c >= 0x3251 && c <= 0x325f) || (c >= 0x32b1 && c <= 0x32bf);
}

/* A table, since each letter of each text is looked up. */
#define SAME(C)	  [C] = (C)
#define LETTER(C) [C] = (C), [(C) - 'a' + 'A'] = (C)
static const unsigned char ascii_letters[256] = { SAME('0'), SAME('1'),
	SAME('2'), SAME('3'), SAME('4'), SAME('5'), SAME('6'), SAME('7'),
	SAME('8'), SAME('9'), LETTER('a'), LETTER('b'), LETTER('c'),
	LETTER('d'), LETTER('e'), LETTER('f'), LETTER('g'), LETTER('h'),
	LETTER('i'), LETTER('j'), LETTER('k'), LETTER('l'), LETTER('m'),
	LETTER('n'), LETTER('o'), LETTER('p'), LETTER('q'), LETTER('r'),
	LETTER('s'), LETTER('t'), LETTER('u'), LETTER('v'), LETTER('w'),
	LETTER('x'), LETTER('y'), LETTER('z') };

/* C in lower case when it is a letter or digit of ASCII, else 0. */
static int32_t
ascii_letter(unsigned char c)
{
	return ascii_letters[c];
}

static void
add_cut(struct words_folded *f, int at, int32_t sign)
{
	size_t after = (size_t)(f->n - at);

	memmove(
	    f->points + at + 1, f->points + at, after * sizeof(f->points[0]));
	memmove(f->classes + at + 1, f->classes + at,
	    after * sizeof(f->classes[0]));
	f->points[at] = sign;
	f->classes[at] = UNICODE_CUT;
	f->n++;
}

static void
read_piece(struct words_split *s)
{
	struct unicode_piece piece;

	s->next = unicode_next(s->next, &piece);
	s->passed += piece.source;
	words_fold(&piece, &s->folded);
	if (stands_apart(piece.first)) {
		add_cut(&s->folded, 0, ';');
		add_cut(&s->folded, s->folded.n, ';');
	}
	/* Persian writes one word with it, and leaves it out. */
	if (piece.n == 0 && piece.first == ZWNJ && words_is_arabic(s->before))
		add_cut(&s->folded, 0, ZWNJ);
}

/* 1 when it is that simple. */
static int
read_quick(struct words_split *s)
{
	struct words_quick q;
	const char *next = words_quick(s->next, &q);

	if (next == NULL)
		return 0;
	s->folded.n = 1;
	s->folded.points[0] = q.point;
	s->folded.classes[0] = q.class;
	s->next = next;
	s->passed++;
	return 1;
}

static void
read_ascii(struct words_split *s, unsigned char c)
{
	int32_t letter = ascii_letter(c);

	s->folded.n = 1;
	s->folded.points[0] = letter != 0 ? letter : c == '`' ? '\'' : c;
	s->folded.classes[0] = letter == 0    ? UNICODE_CUT
			       : letter < 'a' ? UNICODE_DIGIT
					      : UNICODE_LETTER;
	s->next++;
	s->passed++;
}

/* The next piece, when the last is used up: 1, or 0 at the end. */
static int
look(struct words_split *s)
{
	while (s->point == s->folded.n) {
		unsigned char c = (unsigned char)s->next[0];

		if (c == '\0')
			return 0;
		s->point = 0;
		s->start = s->passed;
		if (c < 0x80 && (unsigned char)s->next[1] < 0x80)
			read_ascii(s, c);
		else if (c < 0x80 || !read_quick(s))
			read_piece(s);
		if (s->folded.n > 0)
			s->before = s->folded.points[s->folded.n - 1];
	}
	return 1;
}

/* Of the code point that take() takes, after look(). */
static int32_t
look_point(const struct words_split *s)
{
	return s->folded.points[s->point];
}

static enum unicode_class
look_class(const struct words_split *s)
{
	return s->folded.classes[s->point];
}

static struct words_letter
take(struct words_split *s)
{
	return (struct words_letter){ s->folded.points[s->point++], s->start,
		s->passed };
}

/* Thai and Lao signs above a letter come in any order: the tone last. */
static int
is_tone(int32_t c)
{
	return (c >= 0xe48 && c <= 0xe4b) || (c >= 0xec8 && c <= 0xecb);
}

static void
add_mark(struct words_letter *unit, int *n, struct words_letter mark)
{
	int at = *n;

	if (*n == WORDS_UNIT_MAX)
		return;
	while (at > 1 && is_tone(unit[at - 1].point) && !is_tone(mark.point)) {
		unit[at] = unit[at - 1];
		at--;
	}
	unit[at] = mark;
	++*n;
}

/* A dense letter with its marks at UNIT: how many code points. */
static int
take_unit(struct words_split *s, struct words_letter *unit)
{
	int n = 1;

	unit[0] = take(s);
	/* Two E look like one AE, and are typed for it. */
	if ((unit[0].point == 0xe40 || unit[0].point == 0xec0) && look(s) &&
	    look_point(s) == unit[0].point) {
		unit[0].end = take(s).end;
		unit[0].point++;
	}
	while (look(s) && look_class(s) == UNICODE_MARK)
		add_mark(unit, &n, take(s));
	return n;
}

static enum words_kind
next_pair(struct words_split *s)
{
	struct words_letter *second = s->letters + s->n_unit;
	int n = 0;

	memcpy(s->letters, s->unit, sizeof(s->unit[0]) * (size_t)s->n_unit);
	if (look(s) && look_class(s) == UNICODE_DENSE)
		n = take_unit(s, second);
	s->n_runs = 1;
	s->runs[0] = (struct words_run){ 0, s->n_unit + n, 0 };
	memcpy(s->unit, second, sizeof(s->unit[0]) * (size_t)n);
	s->n_unit = n;
	return n > 0 ? WORDS_PAIR : WORDS_LAST;
}

static void
open_run(struct words_split *s)
{
	struct words_run *r = &s->runs[s->n_runs++];

	r->at = s->n_runs == 1 ? 0 : r[-1].at + r[-1].n;
	r->n = r->n_digits = 0;
}

/* N and virama before a letter of its row: one sign. */
static void
join_nasal(struct words_run *r, struct words_letter *letters, int32_t before)
{
	struct words_letter *nasal;

	if (before < 0x915 || before > 0x92d || r->n < 3)
		return;
	nasal = letters + r->n - 2;
	if (words_is_nasal(nasal[0].point, nasal[1].point, before)) {
		nasal[0].point = WORDS_ANUSVARA;
		nasal[0].end = nasal[1].end;
		r->n--;
	}
}

static void
add_letter(struct words_split *s)
{
	struct words_run *r = &s->runs[s->n_runs - 1];
	struct words_letter *letters = s->letters + r->at, l = take(s);

	join_nasal(r, letters, l.point);
	if (r->n == WORDS_LENGTH_MAX)
		return;
	letters[r->n++] = l;
	r->n_digits += l.point >= '0' && l.point <= '9';
}

/* What follows of a run, as long as it is ASCII: most of most texts. */
static void
add_ascii(struct words_split *s)
{
	struct words_run *r = &s->runs[s->n_runs - 1];
	struct words_letter *letters = s->letters + r->at;
	const unsigned char *u = (const unsigned char *)s->next;
	int32_t c;

	for (; (c = ascii_letter(u[0])) != 0 && u[1] < 0x80; u++) {
		s->before = c;
		s->passed++;
		if (r->n == WORDS_LENGTH_MAX)
			continue;
		letters[r->n++] =
		    (struct words_letter){ c, s->passed - 1, s->passed };
		r->n_digits += c < 'a';
	}
	s->next = (const char *)u;
}

static enum words_kind
take_hangul(struct words_split *s)
{
	enum unicode_class class = UNICODE_HANGUL;

	open_run(s);
	do
		add_letter(s);
	while (look(s) && ((class = look_class(s)) == UNICODE_HANGUL ||
			      class == UNICODE_MARK));
	return WORDS_HANGUL;
}

static int
all_among(const int32_t *signs, int n, const char *of)
{
	for (int i = 0; i < n; i++)
		if (signs[i] >= 0x80 || strchr(of, (int)signs[i]) == NULL)
			return 0;
	return 1;
}

/* Belongs what begins with NEXT to the group, after these SIGNS? */
static int
joins_group(
    const struct words_split *s, const int32_t *signs, int n, int32_t next)
{
	const struct words_run *r = &s->runs[s->n_runs - 1];
	int32_t last = s->letters[r->at + r->n - 1].point;
	int digit = next >= '0' && next <= '9';

	if (s->n_runs == WORDS_RUNS_MAX)
		return 0;
	if (last >= '0' && last <= '9' && digit && !s->decimal &&
	    all_among(signs, n, OF_PHONES))
		return 1;
	if (n > 1)
		return 0;
	if (r->n_digits > 0 || digit)
		return all_among(signs, 1, OF_NUMBERS);
	switch (signs[0]) {
	case '\'':
	case '-':
		return 1;
	case 0xb7: /* Catalan l·l */
		return last == 'l' && next == 'l';
	case '"':
		return words_is_hebrew(last) && words_is_hebrew(next);
	case ZWNJ:
		return words_is_arabic(next);
	default:
		return 0;
	}
}

/* Takes the runs of a group: from the first letter to what is of another. */
static enum words_kind
take_group(struct words_split *s)
{
	int32_t signs[WORDS_SIGNS_MAX];
	int n = 0;

	s->decimal = 0;
	open_run(s);
	do {
		switch (look_class(s)) {
		case UNICODE_CUT:
			if (n == WORDS_SIGNS_MAX)
				return WORDS_GROUP;
			signs[n++] = take(s).point;
			break;
		case UNICODE_MARK:
			if (n == 0)
				add_letter(s);
			else
				take(s);
			break;
		case UNICODE_LETTER:
		case UNICODE_DIGIT:
			if (n > 0) {
				if (!joins_group(s, signs, n, look_point(s)))
					return WORDS_GROUP;
				s->decimal |= all_among(signs, n, OF_AMOUNTS);
				open_run(s);
				n = 0;
			}
			add_letter(s);
			if (s->point == s->folded.n)
				add_ascii(s);
			break;
		default:
			return WORDS_GROUP;
		}
	} while (look(s));
	return WORDS_GROUP;
}

/* Gives back what was looked at, when it is one sign of ASCII: 1 when there is
 * nothing that was looked at and not taken. */
static int
look_back(struct words_split *s)
{
	const unsigned char *u = (const unsigned char *)s->next;

	if (s->point == s->folded.n)
		return 1;
	if (s->point != 0 || s->folded.n != 1 || s->passed - s->start != 1 ||
	    u[-1] >= 0x80 || u[0] >= 0x80)
		return 0;
	s->next--;
	s->passed--;
	s->folded.n = 0;
	return 1;
}

/* Does a group of letters end here, as joins_group() has it? */
static int
ends_plain(const unsigned char *u)
{
	int32_t next;

	if (u[0] == '\0')
		return 1;
	if (u[0] >= 0x80 || u[1] >= 0x80 || ascii_letter(u[0]) != 0)
		return 0;
	next = ascii_letter(u[1]);
	if (next == 0)
		return 1;
	if (next < 'a' && strchr(OF_NUMBERS, u[0]) != NULL)
		return 0;
	return u[0] != '\'' && u[0] != '`' && u[0] != '-';
}

const char *
words_split_plain(struct words_split *s, int *n)
{
	const unsigned char *u, *begin;

	if (s->n_unit > 0 || !look_back(s))
		return NULL;
	begin = (const unsigned char *)s->next;
	for (u = begin; u[0] != '\0' && u[0] < 0x80 && u[1] < 0x80 &&
			ascii_letter(u[0]) == 0;
	     u++)
		s->before = u[0];
	s->passed += (int32_t)(u - begin);
	s->next = (const char *)u;
	for (begin = u; ascii_letter(u[0]) >= 'a'; u++)
		;
	if (u == begin || !ends_plain(u))
		return NULL;
	s->before = ascii_letter(u[-1]);
	s->passed += (int32_t)(u - begin);
	s->next = (const char *)u;
	*n = u - begin < WORDS_LENGTH_MAX ? (int)(u - begin) : WORDS_LENGTH_MAX;
	return (const char *)begin;
}

enum words_kind
words_split_next(struct words_split *s)
{
	s->n_runs = 0;
	if (s->n_unit > 0)
		return s->kind = next_pair(s);
	for (; look(s); take(s)) {
		switch (look_class(s)) {
		case UNICODE_LETTER:
		case UNICODE_DIGIT:
			return s->kind = take_group(s);
		case UNICODE_HANGUL:
			return s->kind = take_hangul(s);
		case UNICODE_DENSE:
			s->n_unit = take_unit(s, s->unit);
			return s->kind = next_pair(s);
		default:
			break;
		}
	}
	return s->kind = WORDS_END;
}
