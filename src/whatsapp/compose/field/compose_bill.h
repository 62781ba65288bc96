#ifndef WHATSAPP_COMPOSE_FIELD_COMPOSE_BILL_H
#define WHATSAPP_COMPOSE_FIELD_COMPOSE_BILL_H

struct compose_part;
struct json;

/*
 * Notes what is wrong with the bill O, or with what became of an order; it
 * stands at PATH.  Both have Meta's form (docs/protocol.md §6.2), and go to the
 * provider as they are.  The reference and the names of the items are found by
 * the search.
 */
void compose_bill_check(
    struct compose_part *, const struct json *o, const char *path);
void compose_bill_check_status(
    struct compose_part *, const struct json *o, const char *path);

#endif
