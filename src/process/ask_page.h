#ifndef PROCESS_ASK_PAGE_H
#define PROCESS_ASK_PAGE_H

#include <stdint.h>

struct ask_call;

/*
 * A list that the provider gives page by page, for the kinds (ask.h) that read
 * one: where the reading is.  Begins with BEGUN and zeros.
 */
struct ask_page {
	int64_t begun;
	int n;		   /* of this page, from 0 */
	const char *after; /* cursor of the page before, NULL the first */
	const char *next;  /* of the page after, NULL this is the last */
	int says_next;	   /* the provider says when there is another */
};

/* Reads NEXT from the call's answer, whose "data" is a list. */
void ask_page_read(const struct ask_call *, struct ask_page *);
/* 1: there is a next page, which is the same again, or more than MAX. */
int ask_page_is_endless(const struct ask_page *, int max);
/* To the next page. */
void ask_page_turn(const struct ask_call *, struct ask_page *);

#endif
