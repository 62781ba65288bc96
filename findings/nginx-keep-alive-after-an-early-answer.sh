#!/bin/sh
# nginx, a FastCGI program that answers before it has the body, and the next
# request on the client's connection.
#
# Guess:     nginx either reads the rest of the body away and keeps the connection, or
#            says "Connection: close" with the answer.
# Source:    RFC 9112 9.6 (a server that closes sends the close option); nginx's manual of
#            lingering_close and fastcgi_request_buffering.
# Versions:  Debian 12: nginx 1.22.1-9+deb12u11 (python3 as program and client).
# Behaviour: with fastcgi_request_buffering off the answer says keep-alive, and nginx
#            closes the connection as soon as the client uses it again.
# Seen:      says keep-alive / next request: closed without an answer
#            (with the body's end awaited by the program: keep-alive, answered)
# Matters:   a client that keeps connections (npm axios, got) gets ECONNRESET for the request
#            after one that was refused by its head: to 401, sign in again, and once more
#            means that the second try fails.  It is to be repeated, as it never arrived.
set -eu
dir=$(mktemp -d)
app= nginx=
trap 'kill $app $nginx 2>/dev/null || :; rm -rf "$dir"' EXIT
cd "$dir"
chmod 755 "$dir"
apt-get download nginx=1.22.1-9+deb12u11 >/dev/null 2>&1
dpkg-deb -x nginx_*.deb root
cat >app.py <<'PY'
import os, socket, struct, threading

def read(c, n):
    data = b""
    while len(data) < n:
        more = c.recv(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data

def serve(c):
    params, early = b"", None
    while True:
        _, type_, id_, length, pad, _ = struct.unpack(">BBHHBB", read(c, 8))
        data = read(c, length + pad)[:length]
        params += data if type_ == 4 else b""
        early = b"/early" in params
        if length == 0 and (type_ == 5 or type_ == 4 and early):
            break
    body = b"Status: 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno"
    c.sendall(struct.pack(">BBHHBB", 1, 6, id_, len(body), 0, 0) + body +
              struct.pack(">BBHHBB", 1, 6, id_, 0, 0, 0) +
              struct.pack(">BBHHBB", 1, 3, id_, 8, 0, 0) + bytes(8))
    c.shutdown(socket.SHUT_WR)
    while c.recv(65536):  # so that nothing is lost by a reset
        pass
    c.close()

def guard(c):
    try:
        serve(c)
    except (EOFError, OSError):
        c.close()

s = socket.socket(socket.AF_UNIX)
s.bind("app.sock")
os.chmod("app.sock", 0o777)
s.listen(10)
while True:
    threading.Thread(target=guard, args=(s.accept()[0],), daemon=True).start()
PY
python3 app.py & app=$!
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >nginx.conf <<END2
daemon off;
pid $dir/pid;
error_log $dir/log;
events { }
http {
    access_log off;
    client_max_body_size 8m;
    client_body_temp_path $dir/1;
    proxy_temp_path $dir/2;
    fastcgi_temp_path $dir/3;
    uwsgi_temp_path $dir/4;
    scgi_temp_path $dir/5;
    server {
        listen 127.0.0.1:$port;
        fastcgi_param REQUEST_URI \$request_uri;
        fastcgi_param CONTENT_LENGTH \$content_length;
        fastcgi_request_buffering off;
        location / { fastcgi_pass unix:$dir/app.sock; }
    }
}
END2
root/usr/sbin/nginx -c "$dir/nginx.conf" 2>/dev/null & nginx=$!
sleep 1
python3 - "$port" >seen <<'PY'
import socket, sys, time
for path in ("early", "late"):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
    s.sendall(f"POST /{path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
              .encode() + bytes(1_000_000))
    head = b""
    while not head.endswith(b"\r\n\r\nno"):
        head += s.recv(65536)
    says = "keep-alive" if b"Connection: keep-alive" in head else "close"
    time.sleep(0.3)
    try:
        s.sendall(f"GET /{path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        answer = s.recv(65536)
    except OSError:
        answer = b""
    print(f"{path}: says {says}, next request",
          "answered" if answer.startswith(b"HTTP/1.1 ") else "closed")
PY
cat >expected <<'SEEN'
early: says keep-alive, next request closed
late: says keep-alive, next request answered
SEEN
diff expected seen && echo "as found"
