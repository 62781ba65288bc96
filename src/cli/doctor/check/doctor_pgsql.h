#ifndef CLI_DOCTOR_CHECK_DOCTOR_PGSQL_H
#define CLI_DOCTOR_CHECK_DOCTOR_PGSQL_H

#include "cli/doctor/doctor.h"

/* The part of doctor_inbox_db for an inbox on PostgreSQL; after
 * doctor_config. */
void doctor_pgsql(struct doctor *);

#endif
