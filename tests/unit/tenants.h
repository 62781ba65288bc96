#ifndef TESTS_UNIT_TENANTS_H
#define TESTS_UNIT_TENANTS_H

#define TENANTS_LONG 2500 /* messages of conversation 2 */

/*
 * SQL for a fixture_begin, something in every table.  Ann is in workspace 1
 * only, Bob in both.  Number 100 (id 1) has conversation 1, with all that one
 * can have, and the long conversation 2; number 200 (id 2) of the same
 * workspace has conversation 3.
 */
extern const char tenants_rows[];

#endif
