#ifndef LIB_JSON_JSON_TREE_H
#define LIB_JSON_JSON_TREE_H

/*
 * What a value is made of; for json*.c alone.
 *
 * It is 32 bytes, and short text lies inside it: the smallest values that a
 * body can be filled with ("[1,1,1,...") take 16 times its size.
 */
struct json {
	struct json *next; /* sibling */
	const char *key;   /* of a member */
	union {
		struct json *first; /* array, object */
		const char *text;   /* string, number */
		char near[8];	    /* a short one */
		int yes;	    /* bool */
	} u;
	unsigned n : 28;   /* elements, members */
	unsigned type : 3; /* enum json_type */
	unsigned is_near : 1;
};

#define JSON_COUNT_MAX ((1u << 28) - 1)

#endif
