/*
 * The connection itself: is it lost, and giving it up.
 */
#include "lib/sql/pgsql/pgsql_handle.h"

int
pgsql_link_is_lost(const struct pgsql *pg)
{
	return pg->conn == NULL || PQstatus(pg->conn) != CONNECTION_OK;
}

void
pgsql_link_drop(struct pgsql *pg)
{
	PQfinish(pg->conn);
	pg->conn = NULL;
	pg->leave = pg->timeout = 0;
	pg->end_ms = 0;
	PQclear(pg->with_id);
	pg->with_id = NULL;
}
