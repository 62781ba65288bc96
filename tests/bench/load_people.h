#ifndef BENCH_LOAD_PEOPLE_H
#define BENCH_LOAD_PEOPLE_H

#include <stdint.h>

struct db;
struct person;
struct pool;
struct world;

#define WORKSPACE "1"

struct load {
	struct db *db;
	struct world *w;
	struct pool *pool;
	int live; /* the schema's triggers are there */
	int64_t conversations;
	int64_t contacts;
};

/* Somebody writes for the first time: conversation, identities, contact.  Not
 * live, the conversation's row comes at the end.  0, or -1. */
int people_begin(struct load *, struct person *, int64_t now);

/* The conversations as they are at the end, when not live: 0, or -1. */
int people_end(struct load *);

#endif
