#ifndef CLI_CONTACT_CONTACT_ERASE_H
#define CLI_CONTACT_CONTACT_ERASE_H

struct cli;

/* waspool contact erase, erasures, export. */
void contact_erase_person(struct cli *);
void contact_erase_list(struct cli *);
void contact_export(struct cli *);

/* WHO as a person types it, as person_find takes it; else the end. */
const char *contact_erase_who(struct cli *, const char *who);

#define CONTACT_ERASE_WAIT 60 /* seconds, for the processor */

#endif
