#!/bin/sh
# multiwatch, the signal that its children get, and its exit status.
#
# Guess:     a child gets the signal that -s names; and multiwatch that gives a child up since
#            it dies again and again ends with a status that is not 0.
# Source:    multiwatch(1): --signal, "signal to send to children" for a graceful end (HUP,
#            INT, QUIT, TERM, USR1, USR2), in other words; --retry.
# Versions:  Debian 12: multiwatch 1.0.0-rc1+really1.0.0-1+b1.
# Behaviour: three of the names give the signal next to theirs: -s TERM sends QUIT, -s QUIT
#            sends INT, -s INT sends HUP.  What it is sent itself, TERM or INT, plays no
#            part.  After four deaths it says so and ends with 0.
# Seen:      see below
# Matters:   a program that leaves at TERM and dumps core at QUIT dumps core at each stop.  A
#            program under it has to take QUIT (and USR1, the default) as TERM, as waspool's
#            do; and what restarts multiwatch "on failure" does not restart it.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download "multiwatch=1.0.0-rc1+really1.0.0-1+b1" >/dev/null 2>&1
dpkg-deb -x multiwatch_*.deb root
cat >child <<'SH2'
#!/bin/sh
for s in HUP INT QUIT USR1 USR2 TERM; do
	trap "echo $s >>got; exit 0" $s
done
echo up >>got
i=0
while [ $i -lt 100 ]; do
	sleep 0.1
	i=$((i + 1))
done
SH2
chmod 755 child
say() {
	: >got
	root/usr/bin/multiwatch "$@" -- ./child >/dev/null 2>&1 & watch=$!
	i=0
	while [ ! -s got ] && [ $i -lt 100 ]; do
		sleep 0.1
		i=$((i + 1))
	done
	kill -TERM $watch
	wait $watch || :
	echo "${*:-no -s}: $(sed -n 2p got)"
}
{
	say
	say -s TERM
	say -s QUIT
	say -s INT
	status=0
	root/usr/bin/multiwatch -- /bin/sh -c 'echo x >>deaths; exit 3' 2>/dev/null || status=$?
	echo "a child that exits with 3: started $(wc -l <deaths) times, status $status"
} >seen
cat >expected <<'SEEN'
no -s: USR1
-s TERM: QUIT
-s QUIT: INT
-s INT: HUP
a child that exits with 3: started 4 times, status 0
SEEN
diff expected seen && echo "as found"
