/*
 * Checks of the disks: of the inbox, of the spool, of files, of nginx.
 */
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/disk.h"
#include "base/pool.h"
#include "base/text.h"

#include "cli/doctor/doctor.h"

#define INODES_MIN 1000
#define TEMP_MIN   (16 << 20) /* for nginx' buffers of slow clients */
#define WORTH	   (16 << 20) /* deleting less is not proposed */

/* The bytes of the files in a folder, not below it. */
static int64_t
bytes_in(struct doctor *d, const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	int64_t n = 0;
	struct stat st;

	while (dir != NULL && (e = readdir(dir)) != NULL)
		if (stat(pool_printf(d->pool, "%s/%s", path, e->d_name), &st) ==
			0 &&
		    S_ISREG(st.st_mode))
			n += (int64_t)st.st_blocks * 512;
	if (dir != NULL)
		closedir(dir);
	return n;
}

/* The command that frees room: deletes what nobody needs any more. */
static const char *
free_some(struct doctor *d, const char *where)
{
	DIR *dir = opendir(d->config.state_dir);
	const char *path, *type = NULL;
	struct dirent *e;

	while (dir != NULL && type == NULL && (e = readdir(dir)) != NULL) {
		path = config_state_path(&d->config, e->d_name);
		if (text_begins(e->d_name, "before-restore-") &&
		    bytes_in(d, path) >= WORTH)
			type = doctor_root(d, "rm -r %s", doctor_word(d, path));
	}
	if (dir != NULL)
		closedir(dir);
	if (type != NULL && disk_is_one(d->config.state_dir, where))
		return type;
	path = "/var/cache/apt/archives";
	if (disk_is_one(path, where) && bytes_in(d, path) >= WORTH)
		return doctor_root(d, "apt-get clean");
	if (disk_is_one("/var/log/journal", where))
		return doctor_root(d, "journalctl --vacuum-size=100M");
	return doctor_root(d,
	    "sh -c 'df -h %s; du -xah %s | sort -h | tail -n 20'",
	    doctor_word(d, where), doctor_word(d, where));
}

/* 1 when something may be written there at all. */
static int
check_mount(struct doctor *d, const char *path, const char *whose)
{
	struct statvfs s;

	if (statvfs(path, &s) == -1) {
		if (errno != ENOENT)
			doctor_say(d, DOCTOR_UNKNOWN, NULL,
			    "could not look: %s: %s", path, strerror(errno));
		return 0;
	}
	if ((s.f_flag & ST_RDONLY) != 0) {
		doctor_say(d, DOCTOR_FAIL,
		    doctor_root(d, "mount -o remount,rw \"$(stat -c %%m %s)\"",
			doctor_word(d, path)),
		    "%s is mounted read-only (after a disk error? see dmesg)",
		    path);
		return 0;
	}
	if (s.f_files > 0 && s.f_favail < INODES_MIN)
		doctor_say(d, DOCTOR_FAIL, free_some(d, path),
		    "only %" PRIu64
		    " more files can be made on the disk of %s (%s)",
		    (uint64_t)s.f_favail, path, whose);
	return 1;
}

/* Reports that less than BOUND (the setting KEY) is free on the disk of DIR. */
static int
is_low(struct doctor *d, int level, const char *dir, int64_t bound,
    const char *key, const char *so)
{
	int64_t left = disk_free(dir);

	if (left == -1 || left >= bound)
		return 0;
	doctor_say(d, level, free_some(d, dir),
	    "%" PRId64 " MiB are free where %s is, less than %s (%" PRId64
	    "): %s",
	    left >> 20, dir, key, bound >> 20, so);
	return 1;
}

/* The inbox, the spool and files may each have a disk of their own. */
static void
check_ours(struct doctor *d, const struct config *c)
{
	const char *media = config_state_path(c, "media");
	int apart = !disk_is_one(c->state_dir, c->spool_dir);

	check_mount(d, c->state_dir, "the state folder");
	if (apart)
		check_mount(d, c->spool_dir, "the spool");
	if (!disk_is_one(c->state_dir, media))
		check_mount(d, media, "files of messages");
	is_low(d, DOCTOR_FAIL, c->spool_dir, c->min_free, "WASPOOL_MIN_FREE",
	    "deliveries are refused");
	if (apart)
		is_low(d, DOCTOR_FAIL, c->state_dir, c->min_free,
		    "WASPOOL_MIN_FREE",
		    "when it is full, nothing is applied or sent");
	if (disk_free(media) >= c->min_free)
		is_low(d, DOCTOR_WARN, media, c->files_min_free,
		    "WASPOOL_FILES_MIN_FREE", "no files are stored");
}

void
doctor_disk(struct doctor *d)
{
	static const char *const temp[] = { "/var/lib/nginx",
		"/var/cache/nginx", "/var/lib/nginx/tmp" };
	const struct config *c;

	doctor_config(d, 0);
	c = &d->config;
	if (disk_free(c->state_dir) == -1) {
		check_mount(d, c->state_dir, "the state folder");
		return;
	}
	check_ours(d, c);
	check_mount(d, c->run_dir, "sockets, locks");
	for (size_t i = 0; i < sizeof(temp) / sizeof(temp[0]); i++)
		if (check_mount(d, temp[i], "nginx's temporary files") &&
		    disk_free(temp[i]) < TEMP_MIN)
			doctor_say(d, DOCTOR_WARN, free_some(d, temp[i]),
			    "%" PRId64 " MiB are free for nginx's temporary "
			    "files in %s",
			    disk_free(temp[i]) >> 20, temp[i]);
	doctor_say(d, DOCTOR_OK, NULL,
	    "%" PRId64 " MiB are free where %s is, %" PRId64 " where %s is",
	    disk_free(c->state_dir) >> 20, c->state_dir,
	    disk_free(c->spool_dir) >> 20, c->spool_dir);
}
