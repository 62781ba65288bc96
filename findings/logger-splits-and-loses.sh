#!/bin/sh
# A program's log lines piped into logger(1), as crontabs do.
#
# Guess:     a line is a message of syslog, however long (journald takes 48 KiB, rsyslog
#            8 KiB); where nobody listens at /dev/log, logger says so and its status is not 0.
# Source:    logger(1): "makes entries in the system log"; --size and --socket-errors are there.
# Versions:  Debian 12: bsdutils 1:2.38.1-5+deb12u3 (python3 listens).
# Behaviour: a line of more than 1 KiB becomes several messages, of which only the first has
#            what a search looks for (level=, the time, the id), and the cut may be within a
#            word.  With no socket there, and an init that is not systemd (a container,
#            runit, sysvinit), all is lost: no word, status 0.
# Seen:      see below; 3,000 bytes in a line
# Matters:   waspool's lines may be 4 KiB; from a crontab it speaks to syslog itself, and to
#            stderr where nobody listens.  Whoever pipes something into logger wants --size
#            and --socket-errors=on.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download bsdutils=1:2.38.1-5+deb12u3 >/dev/null
dpkg-deb -x bsdutils_*.deb root
cat >try.py <<'PY'
import os, socket, subprocess
PATH = "log.sock"
def say(what, *options):
    r = subprocess.run(["root/usr/bin/logger", "-u", PATH, "-t", "x", *options],
        input=b"level=warn " + b"a" * 2989 + b"\n", capture_output=True)
    got = []
    while here:
        try:
            got.append(here.recv(65536).split(b"x: ", 1)[1])
        except TimeoutError:
            break
    print(f"{what}: messages {[len(m) for m in got]}, with a level "
          f"{sum(b'level=' in m for m in got)}, status {r.returncode}, "
          f"said {'something' if r.stderr else 'nothing'}")
here = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
here.bind(PATH)
here.settimeout(1)
say("somebody listens")
say("with --size 4KiB", "--size", "4KiB")
here = None
os.unlink(PATH)
say("nobody is there")
say("nobody, --socket-errors=on", "--socket-errors=on")
PY
python3 try.py >seen
cat >expected <<'SEEN'
somebody listens: messages [1024, 1024, 952], with a level 1, status 0, said nothing
with --size 4KiB: messages [3000], with a level 1, status 0, said nothing
nobody is there: messages [], with a level 0, status 0, said nothing
nobody, --socket-errors=on: messages [], with a level 0, status 1, said something
SEEN
# Where systemd is init, it does say so.
if [ -d /run/systemd/system ]; then
	sed -i '/^nobody is there/d' expected seen
fi
diff expected seen && echo "as found"
