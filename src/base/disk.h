#ifndef BASE_DISK_H
#define BASE_DISK_H

/* The names in folder PATH are on disk: 0, or -1 with errno. */
int	disk_sync_names(const char *path);

#endif
