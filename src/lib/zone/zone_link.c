/*
 * What a zone is called now.  Debian 13 and Ubuntu 24.04 have the files of 113
 * old names in a package of their own, tzdata-legacy, which few have; but
 * browsers and Node.js say Asia/Calcutta, America/Buenos_Aires, Europe/Kiev
 * (CLDR never renames a zone), and a workspace may have had such a name before
 * its machine was upgraded.  tzdata itself has a text file of all rules, and in
 * it a line for each link: "L Asia/Kolkata Asia/Calcutta".
 */
#include <stdio.h>
#include <string.h>

#include "lib/zone/zone_link.h"

int
zone_link_find(const char *zi, const char *name, char target[ZONE_LINK_MAX + 1])
{
	char line[256], old[ZONE_LINK_MAX + 1];
	FILE *f = fopen(zi, "re");
	int found = 0;

	_Static_assert(ZONE_LINK_MAX == 64, "the width in the format");
	while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL)
		found = sscanf(line, "L %64s %64s", target, old) == 2 &&
			strcmp(old, name) == 0;
	if (f != NULL)
		fclose(f);
	return found;
}
