#ifndef INBOX_CONTACT_FILES_CONTACT_VCARD_H
#define INBOX_CONTACT_FILES_CONTACT_VCARD_H

#include <stddef.h>

#include "inbox/contact/files/contact_csv.h"
#include "inbox/contact/files/vcard.h"

struct buf;
struct pool;

/*
 * Makes contacts of vCards, and cards of contacts.  A card with several phones
 * becomes a contact for each, all of one name, since any of them may be the
 * WhatsApp account; fax machines and pagers are left out, and so is a card
 * without a phone.  Own fields are in cards of ours only.
 */
#define CONTACT_VCARD_PHONES_MAX 16 /* of a card */

struct contact_vcard {
	struct vcard rest, card; /* the card: from its first property on */
	int phone;		 /* of the card: the next one */
	long left_out;		 /* cards without a phone, so far */
	const struct contact_field *fields; /* own ones, borrowed */
	int n_fields;
};

/* 1 when the text begins as vCards do. */
int contact_vcard_is(const char *s, size_t len);

/* With fields and n_fields set. */
void contact_vcard_open(struct contact_vcard *, const char *s, size_t len);

/* The next phone of a card, with what the card says, as it will be stored: 1,
 * also for a bad one; 0 no more.  line is the phone's. */
int contact_vcard_next(
    struct contact_vcard *, struct pool *, struct contact_csv_line *);

/* Appends the contact as a card of version 3.0. */
void contact_vcard_write(struct buf *, const struct contact *);

#endif
