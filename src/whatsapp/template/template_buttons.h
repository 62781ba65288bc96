#ifndef WHATSAPP_TEMPLATE_TEMPLATE_BUTTONS_H
#define WHATSAPP_TEMPLATE_TEMPLATE_BUTTONS_H

struct compose_part;
struct json;

/* Notes what is wrong with O, the component BUTTONS of a template that is to be
 * created; it stands at PATH. */
void template_buttons_check(
    struct compose_part *, const struct json *o, const char *path);

#endif
