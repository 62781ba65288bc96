#!/bin/sh
# An answer of unknown length, and an event stream, through ten reverse proxies before the site.
#
# Guess:     whose last chunk never came is cut on the other side, too; a client that leaves a stream is seen,
#            and the connection behind it closed, within a second.
# Source:    RFC 9112 8 (chunked: incomplete until the chunk of size nought) and 7.1; RFC 9110 7.6 leaves the
#            second open.
# Versions:  Debian 12: nginx 1.22.1-9+deb12u11, haproxy 2.6.12-1+deb12u4, apache2 2.4.71-1~deb12u1
#            (mod_proxy_http), varnish 7.1.1-2+deb12u1, nghttp2-proxy 1.52.0-1+deb12u3, trafficserver
#            9.2.5+ds-0+deb12u4, tinyproxy 1.11.1-2.1+deb12u1, caddy 2.6.2-5, h2o 2.2.5+dfsg2-7, lighttpd
#            1.4.69-1; python3 is client and server.
# Behaviour: caddy and h2o write the last chunk themselves, lighttpd a Content-Length of what it has: half a
#            JSON document is a whole answer, 200.  Six of ten say nothing to the server when the client
#            has left, as long as the server says nothing.
# Seen:      see below; a stream that is silent for 6 s.  By hand: they close it once a second comment was
#            said (lighttpd: a first).
# Matters:   who puts one of the three before an API has clients that cannot tell half a list by HTTP: an
#            answer with a length is safe in all ten, and of a stream only an event with the empty
#            line behind it counts.  A limit of streams counts people who have left.
set -eu
dir=$(mktemp -d)
pids=
trap 'kill $pids 2>/dev/null || :; wait; rm -rf "$dir"' EXIT
cd "$dir"
chmod 777 "$dir"
apt-get download nginx=1.22.1-9+deb12u11 haproxy=2.6.12-1+deb12u4 apache2-bin=2.4.71-1~deb12u1 \
    varnish=7.1.1-2+deb12u1 nghttp2-proxy=1.52.0-1+deb12u3 trafficserver=9.2.5+ds-0+deb12u4 \
    tinyproxy-bin=1.11.1-2.1+deb12u1 caddy=2.6.2-5 h2o=2.2.5+dfsg2-7 lighttpd=1.4.69-1 \
    libvarnishapi3 libapr1 libaprutil1 liblua5.3-0 libopentracing-c-wrapper0 libopentracing1 \
    libyaml-0-2 libjemalloc2 libhwloc15 libyaml-cpp0.7 >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
cat >up.py <<'PY'
import select, socket, sys, threading, time
def serve(c):
    f, head = c.makefile("rb"), b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: "
    path = f.readline().split()[1].decode()
    while f.readline().strip():
        pass
    if path == "/list":
        c.sendall(head + b"application/json\r\n\r\n5\r\n[1,2,\r\n")
        time.sleep(0.3)
    else:
        c.sendall(head + b"text/event-stream\r\n\r\n9\r\ndata: 1\n\n\r\n")
        gone = select.select([c], [], [], 6)[0]
        with open("said", "a") as said:
            print(path, "is told" if gone else "is not told", file=said)
    f.close()
    c.close()
s = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=50)
while True:
    threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
PY
set -- $(python3 -c 'import socket
all = [socket.socket() for _ in range(11)]
for s in all: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in all))')
up=127.0.0.1:${11}
python3 up.py "${11}" & pids=$!
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
    server {
        listen 127.0.0.1:$1;
        location / { proxy_pass http://$up; proxy_http_version 1.1; proxy_buffering off; }
    }
}
END2
cat >haproxy.conf <<END2
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
frontend web
    bind 127.0.0.1:$2
    default_backend site
backend site
    server one $up
END2
cat >apache.conf <<END2
ServerRoot $dir/root/usr/lib/apache2
ServerName x
PidFile $dir/apache.pid
Listen 127.0.0.1:$3
ErrorLog $dir/apache.log
Mutex file:$dir default
LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule proxy_module modules/mod_proxy.so
LoadModule proxy_http_module modules/mod_proxy_http.so
ProxyPass / http://$up/
END2
cat >varnish.vcl <<END2
vcl 4.1;
backend default { .host = "127.0.0.1"; .port = "${11}"; }
END2
mkdir -p ts/run ts/log ts/cache
cp -r root/etc/trafficserver ts/etc
cat >ts/runroot.yaml <<END2
prefix: $dir/ts
exec_prefix: $dir/ts
bindir: $dir/root/usr/bin
sbindir: $dir/root/usr/sbin
sysconfdir: $dir/ts/etc
datadir: $dir/ts/cache
libexecdir: $dir/root/usr/lib/trafficserver/modules
localstatedir: $dir/ts/run
runtimedir: $dir/ts/run
logdir: $dir/ts/log
cachedir: $dir/ts/cache
END2
cat >ts/etc/records.config <<END2
CONFIG proxy.config.http.server_ports STRING $6:ip-in=127.0.0.1
CONFIG proxy.config.http.cache.http INT 0
CONFIG proxy.config.admin.user_id STRING nobody
CONFIG proxy.config.body_factory.template_sets_dir STRING $dir/ts/etc/body_factory
END2
echo "map / http://$up/" >ts/etc/remap.config
echo "$dir/ts/cache 16M" >ts/etc/storage.config
cat >tinyproxy.conf <<END2
Port $7
Listen 127.0.0.1
Timeout 600
ReverseOnly Yes
ReversePath "/" "http://$up/"
END2
cat >caddy.conf <<END2
{
	admin off
	auto_https off
}
http://127.0.0.1:$8 {
	reverse_proxy $up
}
END2
cat >h2o.conf <<END2
listen:
  host: 127.0.0.1
  port: $9
error-log: $dir/h2o.log
hosts:
  default:
    paths:
      "/":
        proxy.reverse.url: http://$up/
END2
cat >lighttpd.conf <<END2
server.modules = ("mod_proxy")
server.bind = "127.0.0.1"
server.port = ${10}
server.document-root = "$dir"
server.errorlog = "$dir/lighttpd.log"
server.stream-response-body = 1
proxy.server = ("/" => (("host" => "127.0.0.1", "port" => ${11})))
\$HTTP["url"] == "/list" { server.stream-response-body = 0 }
END2
lib=$(dirname "$(find "$dir/root" -name 'libapr-1.so.0')")
start() {
	LD_LIBRARY_PATH=$lib:$lib/varnish:$dir/root/usr/lib/trafficserver "$@" >/dev/null 2>&1 & pids="$pids $!"
}
# Traffic Server refuses to run as root.
as=
if [ "$(id -u)" = 0 ]; then
	chmod -R a+rwX ts
	as="setpriv --reuid=nobody --regid=nogroup --clear-groups"
fi
start root/usr/sbin/nginx -c "$dir/nginx.conf"
start root/usr/sbin/haproxy -db -f haproxy.conf
start root/usr/sbin/apache2 -f "$dir/apache.conf" -DFOREGROUND
start root/usr/sbin/varnishd -F -a "127.0.0.1:$4" -f "$dir/varnish.vcl" -n "$dir/varnish" -s malloc,16m -j none
start root/usr/sbin/nghttpx --conf=/dev/null --frontend="127.0.0.1,$5;no-tls" --backend="127.0.0.1,${11}" \
    --accesslog-file=/dev/null
# shellcheck disable=SC2086
start $as root/usr/bin/traffic_server --run-root="$dir/ts/runroot.yaml"
start root/usr/bin/tinyproxy -d -c tinyproxy.conf
start env XDG_DATA_HOME="$dir" XDG_CONFIG_HOME="$dir" root/usr/bin/caddy run --config caddy.conf --adapter caddyfile
start root/usr/bin/h2o -c h2o.conf
start root/usr/sbin/lighttpd -D -f lighttpd.conf -m root/usr/lib/lighttpd
cat >ask.py <<'PY'
import http.client, socket, sys, time

def ask(port, path):
    for _ in range(150):
        try:
            c = socket.create_connection(("127.0.0.1", port), timeout=20)
            break
        except ConnectionRefusedError:
            time.sleep(0.2)
    c.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: x\r\n\r\n".encode())
    return c

def cut(port):
    c = ask(port, "/list")
    answer = http.client.HTTPResponse(c)
    answer.begin()
    try:
        return f"{answer.status}, half a list is whole: {answer.read().decode()}"
    except http.client.IncompleteRead:
        return f"{answer.status}, half a list is cut"

names = "nginx haproxy apache2 varnish nghttpx trafficserver tinyproxy caddy h2o lighttpd".split()
ports = list(map(int, sys.argv[1:11]))
for name, port in zip(names, ports):
    print(f"{name}:", cut(port), flush=True)
for name, port in zip(names, ports):
    c = ask(port, "/" + name)
    while b"data: 1" not in c.recv(65536):
        pass
    c.close()
time.sleep(7)
said = dict(line.strip().lstrip("/").split(" ", 1) for line in open("said"))
for name in names:
    print(f"{name}, its client left:", said[name])
PY
python3 ask.py "$@" >seen
cat >expected <<'SEEN'
nginx: 200, half a list is cut
haproxy: 200, half a list is cut
apache2: 200, half a list is cut
varnish: 200, half a list is cut
nghttpx: 200, half a list is cut
trafficserver: 200, half a list is cut
tinyproxy: 200, half a list is cut
caddy: 200, half a list is whole: [1,2,
h2o: 200, half a list is whole: [1,2,
lighttpd: 200, half a list is whole: [1,2,
nginx, its client left: is told
haproxy, its client left: is not told
apache2, its client left: is not told
varnish, its client left: is not told
nghttpx, its client left: is told
trafficserver, its client left: is not told
tinyproxy, its client left: is told
caddy, its client left: is told
h2o, its client left: is not told
lighttpd, its client left: is not told
SEEN
diff expected seen && echo "as found"
