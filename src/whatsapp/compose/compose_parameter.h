#ifndef WHATSAPP_COMPOSE_COMPOSE_PARAMETER_H
#define WHATSAPP_COMPOSE_COMPOSE_PARAMETER_H

#include "whatsapp/compose/field/compose_part.h"

/* A component that takes parameters: which, and how many. */
struct compose_place {
	const char *name;  /* its type; of a button its sub_type */
	const char *types; /* of its parameters, separated by blanks */
	size_t min, max;   /* how many */
	size_t text_max;   /* code points of one of type text */
};

/* A parameter that is being read. */
struct compose_parameter {
	const struct json *o;
	const char *at; /* its path */
	const char *type;
	const struct compose_place *place;
	int in_card;
};

/* Notes what is wrong with P, whose type is read here: it is one of those of
 * its place, and has their form. */
void compose_parameter_check(struct compose_part *, struct compose_parameter *);

#endif
