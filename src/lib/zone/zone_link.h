#ifndef LIB_ZONE_ZONE_LINK_H
#define LIB_ZONE_ZONE_LINK_H

#define ZONE_LINK_MAX 64 /* bytes of a name */

/* What the zone NAME is called now, by the links of the file ZI (tzdata.zi, in
 * the form of zic(8)): 1, in TARGET; 0: the file has no such link, or is not
 * there. */
int zone_link_find(
    const char *zi, const char *name, char target[ZONE_LINK_MAX + 1]);

#endif
