#!/bin/sh
# A token and an event stream through web servers that speak FastCGI, but are not nginx.
#
# Guess:     what HTTP headers there are, a program gets as HTTP_…, Authorization too where no
#            authentication is set up in the server; and what a program writes goes on
#            at once, at least for text/event-stream.
# Source:    RFC 3875 4.1.18 (a server may leave a header out that has credentials: known of
#            apache2's CGIPassAuth), WHATWG HTML 9.2 for streams; haproxy's manual, 10.
# Versions:  Debian 12: caddy 2.6.2-5, lighttpd 1.4.69-1, haproxy 2.6.12-1+deb12u4 (fcgi-app),
#            apache2 2.4.71-1~deb12u1 (mod_proxy_fcgi); python3 is program and client.
# Behaviour: haproxy says AUTH_TYPE=Bearer and leaves the token out; pass-header gives it back.
#            apache2 leaves it out, and holds a short stream back until its end; so does lighttpd,
#            unless server.stream-response-body is set.  caddy does both as guessed.
# Seen:      see below; the program writes one event, and 3 s later the end
# Matters:   waspool behind haproxy or apache2 answers 401 to every token, and streams may say
#            nothing: "pass-header Authorization" (haproxy), CGIPassAuth on and flushpackets=on
#            (apache2), server.stream-response-body = 1 (lighttpd).
set -eu
dir=$(mktemp -d)
pids=
trap 'kill $pids 2>/dev/null || :; rm -rf "$dir"' EXIT
cd "$dir"
chmod 755 "$dir"
apt-get download caddy=2.6.2-5 lighttpd=1.4.69-1 \
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
        if b"/stream" in params:
            out = b"Content-Type: text/event-stream\r\n\r\ndata: {}\nid: 1\n\n"
        else:
            out = b"Content-Type: text/plain\r\n\r\n" + params
        c.sendall(struct.pack(">BBHHBB", 1, 6, id_, len(out), 0, 0) + out)
        time.sleep(3 if b"/stream" in params else 0)
        c.sendall(struct.pack(">BBHHBB", 1, 6, id_, 0, 0, 0) +
                  struct.pack(">BBHHBB", 1, 3, id_, 8, 0, 0) + bytes(8))
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
all = [socket.socket() for _ in range(7)]
for s in all: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in all))')
cat >caddy.conf <<END2
{
	admin off
	auto_https off
}
http://127.0.0.1:$1 {
	reverse_proxy unix/$dir/app.sock {
		transport fastcgi
	}
}
END2
for n in 0 1; do
	cat >lighttpd$n.conf <<END2
server.modules = ("mod_fastcgi")
server.bind = "127.0.0.1"
server.port = $(if [ $n = 0 ]; then echo "$2"; else echo "$3"; fi)
server.document-root = "$dir"
server.errorlog = "$dir/lighttpd.log"
server.stream-response-body = $n
fastcgi.server = ("/" => (("socket" => "$dir/app.sock", "check-local" => "disable")))
END2
	root/usr/sbin/lighttpd -D -f lighttpd$n.conf -m root/usr/lib/lighttpd >/dev/null 2>&1 &
	pids="$pids $!"
done
cat >haproxy.conf <<END2
defaults
    mode http
    timeout connect 5s
    timeout client 20s
    timeout server 20s
fcgi-app bare
    docroot $dir
fcgi-app told
    docroot $dir
    pass-header Authorization
frontend web1
    bind 127.0.0.1:$4
    default_backend bare
frontend web2
    bind 127.0.0.1:$5
    default_backend told
backend bare
    use-fcgi-app bare
    server one unix@$dir/app.sock proto fcgi
backend told
    use-fcgi-app told
    server one unix@$dir/app.sock proto fcgi
END2
cat >apache.conf <<END2
ServerRoot $dir/root/usr/lib/apache2
ServerName x
PidFile $dir/apache.pid
Listen 127.0.0.1:$6
Listen 127.0.0.1:$7
ErrorLog $dir/apache.log
Mutex file:$dir default
LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule proxy_module modules/mod_proxy.so
LoadModule proxy_fcgi_module modules/mod_proxy_fcgi.so
<VirtualHost *:$6>
	ProxyPass / "unix:$dir/app.sock|fcgi://localhost/"
</VirtualHost>
<VirtualHost *:$7>
	<Location "/">
		CGIPassAuth on
	</Location>
	ProxyPass / "unix:$dir/app.sock|fcgi://told/" flushpackets=on
</VirtualHost>
END2
XDG_DATA_HOME=$dir XDG_CONFIG_HOME=$dir root/usr/bin/caddy run --config caddy.conf \
    --adapter caddyfile >/dev/null 2>&1 & pids="$pids $!"
LD_LIBRARY_PATH=$(dirname "$(find "$dir/root" -name 'libapr-1.so.0')")
export LD_LIBRARY_PATH
root/usr/sbin/haproxy -db -f haproxy.conf >/dev/null 2>&1 & pids="$pids $!"
root/usr/sbin/apache2 -f "$dir/apache.conf" -DFOREGROUND >/dev/null 2>&1 & pids="$pids $!"
cat >ask.py <<'PY'
import http.client, sys, time
names = ["caddy", "lighttpd", "lighttpd, stream-response-body", "haproxy",
         "haproxy, pass-header", "apache2", "apache2, CGIPassAuth and flushpackets"]
for name, port in zip(names, sys.argv[1:]):
    said = []
    for path in ("/token", "/stream"):
        for _ in range(100):
            c = http.client.HTTPConnection("127.0.0.1", int(port), timeout=20)
            try:
                c.request("GET", path, headers={"Authorization": "Bearer secret"})
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        began = time.monotonic()
        r = c.getresponse()
        first = r.read1()
        held = time.monotonic() - began > 2
        if path == "/token":
            said.append("a token" if b"secret" in first else
                        "AUTH_TYPE and no token" if b"AUTH_TYPEBearer" in first else "no token")
        else:
            said.append("the stream is held back" if held else "the stream comes")
        c.close()
    print(f"{name}: {said[0]}, {said[1]}", flush=True)
PY
python3 ask.py "$@" >seen
cat >expected <<'SEEN'
caddy: a token, the stream comes
lighttpd: a token, the stream is held back
lighttpd, stream-response-body: a token, the stream comes
haproxy: AUTH_TYPE and no token, the stream comes
haproxy, pass-header: a token, the stream comes
apache2: no token, the stream is held back
apache2, CGIPassAuth and flushpackets: a token, the stream comes
SEEN
diff expected seen && echo "as found"
