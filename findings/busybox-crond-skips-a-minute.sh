#!/bin/sh
# A job for each minute that takes a little longer than a minute, under busybox crond.
#
# Guess:     it starts each minute, beside the run before it, as under Debian's cron: who wants one run at
#            a time takes a lock.
# Source:    POSIX crontab: a command is executed at each time that its line names; crond(8) of
#            Debian's cron.  busybox crond --help says nothing of it.
# Versions:  Debian 12: busybox-static 1:1.35.0-4+deb12u1+b1 (the package busybox has no crond).  By hand
#            beside it: cron 3.0pl1-162, which does start it each minute.
# Behaviour: as long as the run before is there the line is passed over, said in the log at level 0 only
#            ("process already running"; 8 is the default): the job starts each second minute.
# Seen:      see below; the job takes 65 s
# Matters:   in containers it is the usual cron.  waspool-process without an option stays up to 90 s, until
#            the next run waits for it, and none comes: half a minute of every two nobody works, and
#            a webhook becomes a conversation 30 s later.  There: waspool-process --forever, restarted
#            by whoever restarts the others.
set -eu
dir=$(mktemp -d)
pids=
trap 'kill $pids 2>/dev/null || :; rm -rf "$dir"' EXIT
cd "$dir"
apt-get download busybox-static=1:1.35.0-4+deb12u1+b1 >/dev/null 2>&1
dpkg-deb -x busybox-static_*.deb root
mkdir crontabs
echo "* * * * * date +\\%s >>$dir/starts; sleep 65" >"crontabs/$(id -un)"
: >starts
root/bin/busybox crond -f -c "$dir/crontabs" -l 0 -L "$dir/log" & pids=$!
for _ in $(seq 200); do
	sleep 1
	[ "$(wc -l <starts)" -lt 2 ] || break
done
{
	first=$(sed -n 1p starts) second=$(sed -n 2p starts)
	echo "minutes from start to start: $(((second - first + 30) / 60))"
	grep -o -m 1 'process already running' log
} >seen
cat >expected <<'SEEN'
minutes from start to start: 2
process already running
SEEN
diff expected seen && echo "as found"
