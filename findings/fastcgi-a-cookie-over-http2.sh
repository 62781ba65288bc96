#!/bin/sh
# The session cookie of a browser that speaks HTTP/2, behind six servers that speak FastCGI.
#
# Guess:     HTTP_COOKIE is one parameter, its pairs joined by "; ", however the client cut them.
# Source:    RFC 9113 8.2.3 (a browser may send each pair as a field of its own; before that goes to anything
#            but HTTP/2 the fields have to become one, joined by "; "), RFC 6265 5.4.
# Versions:  Debian 12: nginx 1.22.1-9+deb12u11, caddy 2.6.2-5, lighttpd 1.4.69-1, haproxy
#            2.6.12-1+deb12u4 (fcgi-app), apache2 2.4.71-1~deb12u1 (mod_proxy_fcgi), h2o
#            2.2.5+dfsg2-7; python3 is program and client, HTTP/2 without TLS.
# Behaviour: five do so; h2o puts ";" between them, without the space.
# Seen:      see below
# Matters:   a program that cuts HTTP_COOKIE at "; " has one cookie there, whose value is "1;b=2": who has
#            signed in is unknown as soon as the site has a second cookie, in browsers only, and only
#            over HTTP/2. waspool cuts at ";" and leaves out white space.
set -eu
dir=$(mktemp -d)
pids=
trap 'kill $pids 2>/dev/null || :; rm -rf "$dir"' EXIT
cd "$dir"
chmod 755 "$dir"
apt-get download nginx=1.22.1-9+deb12u11 caddy=2.6.2-5 lighttpd=1.4.69-1 \
    haproxy=2.6.12-1+deb12u4 apache2-bin=2.4.71-1~deb12u1 h2o=2.2.5+dfsg2-7 libapr1 \
    libaprutil1 liblua5.3-0 libopentracing-c-wrapper0 libopentracing1 libyaml-0-2 \
    >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
cat >app.py <<'PY'
import os, select, socket, struct, threading, time

def read(c, n):
    data = b""
    while len(data) < n:
        more = c.recv(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data

def record(type_, id_, data=b""):
    return struct.pack(">BBHHBB", 1, type_, id_, len(data), 0, 0) + data

def params(data):
    at, got = 0, []
    while at < len(data):
        sizes = []
        for _ in range(2):
            n, at = data[at], at + 1
            if n > 127:
                n, at = struct.unpack(">I", data[at - 1:at + 3])[0] & 0x7fffffff, at + 3
            sizes.append(n)
        for n in sizes:
            got.append(data[at:at + n].decode())
            at += n
    return list(zip(got[::2], got[1::2]))

def answer(c, id_, env, body):
    of = lambda name: [value for key, value in env if key == name]
    out = f"""Content-Type: text/plain\r\n\r
cookie {of('HTTP_COOKIE')}""".encode()
    c.sendall(record(6, id_, out) + record(6, id_) + record(3, id_, bytes(8)))

def serve(c):
    data, body = b"", 0
    try:
        while True:
            _, type_, id_, length, pad, _ = struct.unpack(">BBHHBB", read(c, 8))
            part = read(c, length + pad)[:length]
            data += part if type_ == 4 else b""
            body += length if type_ == 5 else 0
            if type_ == 5 and length == 0:
                break
        answer(c, id_, params(data), body)
    except (EOFError, OSError):
        pass
    c.close()

s = socket.socket(socket.AF_UNIX)
s.bind("app.sock")
os.chmod("app.sock", 0o777)
s.listen(50)
while True:
    threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
PY
python3 app.py & pids=$!
set -- $(python3 -c 'import socket
all = [socket.socket() for _ in range(6)]
for s in all: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in all))')
cat >nginx.conf <<END2
daemon off;
pid $dir/pid;
error_log $dir/log;
events { }
http {
    access_log off;
    client_body_temp_path $dir/1;
    proxy_temp_path $dir/2;
    fastcgi_temp_path $dir/3;
    uwsgi_temp_path $dir/4;
    scgi_temp_path $dir/5;
    fastcgi_buffering off;
    server {
        listen 127.0.0.1:$1 http2;
        fastcgi_param REQUEST_METHOD \$request_method;
        fastcgi_param REQUEST_URI \$request_uri;
        fastcgi_param CONTENT_LENGTH \$content_length;
        fastcgi_param CONTENT_TYPE \$content_type if_not_empty;
        location / { fastcgi_pass unix:$dir/app.sock; }
    }
}
END2
cat >caddy.conf <<END2
{
	admin off
	auto_https off
	servers {
		protocols h1 h2 h2c
	}
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
    timeout client 60s
    timeout server 60s
fcgi-app app
    docroot $dir
frontend web
    bind 127.0.0.1:$4 proto h2
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
LoadModule http2_module modules/mod_http2.so
Protocols h2c http/1.1
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule proxy_module modules/mod_proxy.so
LoadModule proxy_fcgi_module modules/mod_proxy_fcgi.so
ProxyPass / "unix:$dir/app.sock|fcgi://localhost/" flushpackets=on
END2
cat >h2o.conf <<END2
listen:
  host: 127.0.0.1
  port: $6
error-log: $dir/h2o.log
hosts:
  default:
    paths:
      "/":
        fastcgi.connect:
          port: $dir/app.sock
          type: unix
END2
root/usr/sbin/nginx -c "$dir/nginx.conf" 2>/dev/null & pids="$pids $!"
XDG_DATA_HOME=$dir XDG_CONFIG_HOME=$dir root/usr/bin/caddy run --config caddy.conf \
    --adapter caddyfile >/dev/null 2>&1 & pids="$pids $!"
root/usr/sbin/lighttpd -D -f lighttpd.conf -m root/usr/lib/lighttpd >/dev/null 2>&1 & pids="$pids $!"
LD_LIBRARY_PATH=$(dirname "$(find "$dir/root" -name 'libapr-1.so.0')")
export LD_LIBRARY_PATH
root/usr/sbin/haproxy -db -f haproxy.conf >/dev/null 2>&1 & pids="$pids $!"
root/usr/sbin/apache2 -f "$dir/apache.conf" -DFOREGROUND >/dev/null 2>&1 & pids="$pids $!"
root/usr/bin/h2o -c h2o.conf >/dev/null 2>&1 & pids="$pids $!"
cat >ask.py <<'PY'
import socket, struct, sys, time

def connect(port):
    for _ in range(100):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=20)
        except ConnectionRefusedError:
            time.sleep(0.1)

def read(c, n):
    data = b""
    while len(data) < n:
        more = c.recv(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data

def frame(type_, flags, stream, data=b""):
    return struct.pack(">I", len(data))[1:] + struct.pack(">BBI", type_, flags, stream) + data

def text(s):
    return bytes([len(s)]) + s.encode()

def over_http2(port):
    """One request, its cookie in two fields: the body of the answer."""
    c = connect(port)
    fields = [(":method", "GET"), (":scheme", "http"), (":authority", "127.0.0.1"), (":path", "/"),
              ("cookie", "a=1"), ("cookie", "b=2")]
    c.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0) + frame(
        1, 5, 1, b"".join(b"\0" + text(k) + text(v) for k, v in fields)))
    body, end = b"", False
    while not end:
        head = read(c, 9)
        data = read(c, int.from_bytes(head[:3], "big"))
        type_, flags, stream = struct.unpack(">BBI", head[3:])
        if type_ == 4 and not flags & 1:
            c.sendall(frame(4, 1, 0))
        body += data if type_ == 0 else b""
        end = stream == 1 and type_ in (0, 1) and flags & 1
    c.close()
    return body.decode()

for name, port in zip("nginx caddy lighttpd haproxy apache2 h2o".split(), map(int, sys.argv[1:])):
    print(f"{name}:", over_http2(port), flush=True)
PY
python3 ask.py "$@" >seen
cat >expected <<'SEEN'
nginx: cookie ['a=1; b=2']
caddy: cookie ['a=1; b=2']
lighttpd: cookie ['a=1; b=2']
haproxy: cookie ['a=1; b=2']
apache2: cookie ['a=1; b=2']
h2o: cookie ['a=1;b=2']
SEEN
diff expected seen && echo "as found"
