#ifndef WHATSAPP_PREVIEW_PREVIEW_ORDER_H
#define WHATSAPP_PREVIEW_PREVIEW_ORDER_H

struct json;
struct preview_words;

/* An order of a catalogue: how many items, what they cost, the note. */
void preview_order(struct preview_words *, const struct json *order);

#endif
