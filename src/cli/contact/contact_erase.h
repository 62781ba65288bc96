#ifndef CLI_CONTACT_CONTACT_ERASE_H
#define CLI_CONTACT_CONTACT_ERASE_H

struct cli;

/* waspool contact erase, erasures, export. */
void contact_erase_person(struct cli *);
void contact_erase_list(struct cli *);
void contact_export(struct cli *);

/* WHO, as a person typed it, in the form for person_find; the program ends when
 * it is neither a phone nor a user id. */
const char *contact_erase_who(struct cli *, const char *who);

#define CONTACT_ERASE_WAIT 60 /* seconds, for the processor */

#endif
