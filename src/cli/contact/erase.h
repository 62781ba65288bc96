#ifndef CLI_CONTACT_ERASE_H
#define CLI_CONTACT_ERASE_H

struct cli;

/* waspool contact erase, erasures, export. */
void	erase_person(struct cli *);
void	erase_list(struct cli *);
void	erase_export(struct cli *);

/* WHO as a person types it, as person_find takes it; else the end. */
const char *erase_who(struct cli *, const char *who);

#define ERASE_WAIT 60	/* seconds, for the processor */

#endif
