#!/bin/sh
# supervisor's fcgi-program: its socket while the programs are restarted.
#
# Guess:     the socket is supervisord's, as with systemd and s6: who connects during a restart
#            waits in its queue and is answered by the new program.
# Source:    supervisor's manual, [fcgi-program:x]: the socket is made by supervisord and handed to
#            each program (in other words).
# Versions:  Debian 12: supervisor 4.2.5-1 (python3 is program and client).
# Behaviour: the socket is closed as soon as the last program of the group has ended.  "restart
#            app:*" stops all before it starts one: who waited in the queue is reset, and who
#            comes in between is refused.  Restarted one by one, nobody notices.
# Seen:      see below; the programs take 1 s to end
# Matters:   nginx makes 502 of both, and the provider sends a webhook again minutes later.  Under
#            supervisor: numprocs=2 and "restart app:app_00", then "app:app_01".
set -eu
dir=$(mktemp -d)
pid=
trap 'kill $pid 2>/dev/null || :; sleep 3; rm -rf "$dir"' EXIT
cd "$dir"
apt-get download supervisor=4.2.5-1 python3-pkg-resources=66.1.1-1+deb12u2 >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
cat >app.py <<'PY'
import os, signal, socket, time

def end(*_):
    time.sleep(1)
    os._exit(0)

signal.signal(signal.SIGTERM, end)
s = socket.socket(fileno=os.dup(0))
while True:
    c, _ = s.accept()
    c.sendall(b"answered")
    c.close()
PY
cat >conf <<END
[supervisord]
nodaemon=true
logfile=$dir/log
pidfile=$dir/pid
[unix_http_server]
file=$dir/control
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://$dir/control
[fcgi-program:app]
command=/usr/bin/python3 $dir/app.py
socket=unix://$dir/app.sock
process_name=%(program_name)s_%(process_num)02d
numprocs=2
END
PYTHONPATH=$dir/root/usr/lib/python3/dist-packages
export PYTHONPATH
/usr/bin/python3 root/usr/bin/supervisord -c conf >/dev/null 2>&1 & pid=$!
cat >ask.py <<'PY'
import os, socket, subprocess, threading, time

def control(*words):
    return subprocess.run(["/usr/bin/python3", "root/usr/bin/supervisorctl", "-c", "conf", *words],
                          capture_output=True, text=True).stdout

def ask():
    c = socket.socket(socket.AF_UNIX)
    c.settimeout(20)
    try:
        c.connect("app.sock")
        return "answered" if c.recv(20) else "closed"
    except ConnectionError as e:
        return {"ConnectionRefusedError": "refused"}.get(type(e).__name__, "reset")

while control("status").count("RUNNING") < 2:
    time.sleep(0.5)
for name in ("app:app_00", "app:*"):
    got, over = set(), threading.Event()
    def keep_asking():
        while not over.is_set():
            got.add(ask())
            time.sleep(0.001)
    threads = [threading.Thread(target=keep_asking) for _ in range(3)]
    for t in threads:
        t.start()
    control("restart", name)
    over.set()
    for t in threads:
        t.join()
    print(f"restart {name}: {'some lost' if got - {'answered'} else 'all answered'}", flush=True)
control("stop", "app:app_00")
print("one stopped:", ask())
control("stop", "app:*")
print("all stopped:", ask())
PY
python3 ask.py >seen
cat >expected <<'SEEN'
restart app:app_00: all answered
restart app:*: some lost
one stopped: answered
all stopped: refused
SEEN
diff expected seen && echo "as found"
