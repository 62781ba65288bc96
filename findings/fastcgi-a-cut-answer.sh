#!/bin/sh
# A FastCGI program that dies within an answer of unknown length, behind five web servers.
#
# Guess:     nginx ends the answer as if it were whole (seen before); the others let the
#            client know, by leaving out the last chunk.
# Source:    FastCGI 1.0 5.5 (END_REQUEST ends a request; here it never comes); RFC 9112 8
#            (a message is incomplete until its last chunk).
# Versions:  Debian 12: nginx 1.22.1-9+deb12u11, caddy 2.6.2-5, lighttpd 1.4.69-1, haproxy
#            2.6.12-1+deb12u4 (its fcgi-app), apache2 2.4.71-1~deb12u1 (mod_proxy_fcgi);
#            python3 is program and client.
# Behaviour: caddy does as nginx: half a JSON document is a whole answer, 200.  lighttpd,
#            haproxy and apache2 cut it.  With Content-Length all five show it (nginx once
#            keepalive_timeout is over, apache2 after 5 s).
# Seen:      see below
# Matters:   behind nginx or caddy a client cannot see that a program was killed in the middle
#            of an answer, unless the answer has a length or an end of its own.  waspool's
#            lists have Content-Length, an event counts with the empty line behind it.
set -eu
dir=$(mktemp -d)
pids=
trap 'kill $pids 2>/dev/null || :; rm -rf "$dir"' EXIT
cd "$dir"
chmod 755 "$dir"
apt-get download nginx=1.22.1-9+deb12u11 caddy=2.6.2-5 lighttpd=1.4.69-1 \
    haproxy=2.6.12-1+deb12u4 apache2-bin=2.4.71-1~deb12u1 libapr1 libaprutil1 \
    liblua5.3-0 libopentracing-c-wrapper0 libopentracing1 >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
cat >app.py <<'PY'
import os, socket, struct, threading, time

def read(c, n):
    data = b""
    while len(data) < n:
        more = c.recv(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data

def serve(c):
    params = b""
    try:
        while True:
            _, type_, id_, length, pad, _ = struct.unpack(">BBHHBB", read(c, 8))
            data = read(c, length + pad)[:length]
            params += data if type_ == 4 else b""
            if type_ == 5 and length == 0:
                break
        size = b"Content-Length: 100\r\n" if b"/length" in params else b""
        out = b"Status: 200 OK\r\nContent-Type: application/json\r\n" + size + b"\r\n{\"data\":["
        c.sendall(struct.pack(">BBHHBB", 1, 6, id_, len(out), 0, 0) + out)
        time.sleep(0.3)
    except (EOFError, OSError):
        pass
    c.close()

s = socket.socket(socket.AF_UNIX)
s.bind("app.sock")
os.chmod("app.sock", 0o777)
s.listen(10)
while True:
    threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
PY
python3 app.py & pids=$!
set -- $(python3 -c 'import socket
all = [socket.socket() for _ in range(5)]
for s in all: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in all))')
cat >nginx.conf <<END2
daemon off;
pid $dir/pid;
error_log $dir/log;
events { }
http {
    access_log off;
    keepalive_timeout 2s;
    client_body_temp_path $dir/1;
    proxy_temp_path $dir/2;
    fastcgi_temp_path $dir/3;
    uwsgi_temp_path $dir/4;
    scgi_temp_path $dir/5;
    server {
        listen 127.0.0.1:$1;
        fastcgi_param REQUEST_METHOD \$request_method;
        fastcgi_param REQUEST_URI \$request_uri;
        location / { fastcgi_pass unix:$dir/app.sock; }
    }
}
END2
cat >caddy.conf <<END2
{
	admin off
	auto_https off
}
http://127.0.0.1:$2 {
	reverse_proxy unix/$dir/app.sock {
		transport fastcgi
	}
}
END2
cat >lighttpd.conf <<END2
server.modules = ("mod_fastcgi")
server.bind = "127.0.0.1"
server.port = $3
server.document-root = "$dir"
server.errorlog = "$dir/lighttpd.log"
server.stream-response-body = 1
fastcgi.server = ("/" => (("socket" => "$dir/app.sock", "check-local" => "disable")))
END2
cat >haproxy.conf <<END2
defaults
    mode http
    timeout connect 5s
    timeout client 20s
    timeout server 20s
fcgi-app app
    docroot $dir
frontend web
    bind 127.0.0.1:$4
    default_backend program
backend program
    use-fcgi-app app
    server one unix@$dir/app.sock proto fcgi
END2
cat >apache.conf <<END2
ServerRoot $dir/root/usr/lib/apache2
ServerName x
PidFile $dir/apache.pid
Listen 127.0.0.1:$5
ErrorLog $dir/apache.log
Mutex file:$dir default
LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule proxy_module modules/mod_proxy.so
LoadModule proxy_fcgi_module modules/mod_proxy_fcgi.so
ProxyPass / "unix:$dir/app.sock|fcgi://localhost/"
END2
root/usr/sbin/nginx -c "$dir/nginx.conf" 2>/dev/null & pids="$pids $!"
XDG_DATA_HOME=$dir XDG_CONFIG_HOME=$dir root/usr/bin/caddy run --config caddy.conf \
    --adapter caddyfile >/dev/null 2>&1 & pids="$pids $!"
root/usr/sbin/lighttpd -D -f lighttpd.conf -m root/usr/lib/lighttpd >/dev/null 2>&1 & pids="$pids $!"
LD_LIBRARY_PATH=$(dirname "$(find "$dir/root" -name 'libapr-1.so.0')")
export LD_LIBRARY_PATH
root/usr/sbin/haproxy -db -f haproxy.conf >/dev/null 2>&1 & pids="$pids $!"
root/usr/sbin/apache2 -f "$dir/apache.conf" -DFOREGROUND >/dev/null 2>&1 & pids="$pids $!"
cat >ask.py <<'PY'
import http.client, sys, time
for name, port in zip("nginx caddy lighttpd haproxy apache2".split(), sys.argv[1:]):
    said = []
    for path in ("/", "/length"):
        for _ in range(100):
            c = http.client.HTTPConnection("127.0.0.1", int(port), timeout=20)
            try:
                c.request("GET", path)
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        r = c.getresponse()
        try:
            r.read()
            said.append(f"{r.status}, whole")
        except http.client.IncompleteRead:
            said.append(f"{r.status}, cut")
        c.close()
    print(f"{name}: {said[0]}; with a length: {said[1]}", flush=True)
PY
python3 ask.py "$@" >seen
cat >expected <<'SEEN'
nginx: 200, whole; with a length: 200, cut
caddy: 200, whole; with a length: 200, cut
lighttpd: 200, cut; with a length: 200, cut
haproxy: 200, cut; with a length: 200, cut
apache2: 200, cut; with a length: 200, cut
SEEN
diff expected seen && echo "as found"
