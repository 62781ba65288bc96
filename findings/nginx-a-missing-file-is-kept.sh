#!/bin/sh
# X-Accel-Redirect to a file that is not there, or to a range that it has not, and the headers
# of the program's answer.
#
# Guess:     Cache-Control and Content-Disposition belong to the file: an error page instead of
#            it has none of them.
# Source:    nginx's manual, X-Accel-Redirect and error_page; RFC 9111 3 and 4.2 (404 may be kept, for
#            as long as max-age says).
# Versions:  Debian 12: nginx 1.22.1-9+deb12u11 (python3 is program and client).
# Behaviour: both stay, through the redirect and through error_page into another location: 404 and
#            416 may be kept for a year, and a browser saves the error as a.ogg.  What
#            add_header says there stands beside it, as a second Cache-Control.
#            ETag of the program is lost, the file has nginx's.
# Seen:      see below
# Matters:   a file that is fetched later, or comes back from a backup, stays "not found" in each
#            browser that asked once.  waspool says an hour with a file, and its site
#            no-store with a problem: of the two, no-store holds.
set -eu
dir=$(mktemp -d)
app= nginx=
trap 'kill $app $nginx 2>/dev/null || :; rm -rf "$dir"' EXIT
cd "$dir"
chmod 755 "$dir"
apt-get download nginx=1.22.1-9+deb12u11 >/dev/null 2>&1
dpkg-deb -x nginx_*.deb root
mkdir files
echo 0123456789 >files/there
cat >app.py <<'PY'
import os, socket, struct

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
    while True:
        _, type_, id_, length, pad, _ = struct.unpack(">BBHHBB", read(c, 8))
        data = read(c, length + pad)[:length]
        params += data if type_ == 4 else b""
        if type_ == 5 and length == 0:
            break
    out = (b"X-Accel-Redirect: /files/" + (b"there" if b"/there" in params else b"gone") +
           b"\r\nContent-Type: audio/ogg\r\nContent-Disposition: attachment; filename=a.ogg\r\n"
           b"Cache-Control: private, max-age=31536000, immutable\r\nETag: \"ours\"\r\n\r\n")
    c.sendall(struct.pack(">BBHHBB", 1, 6, id_, len(out), 0, 0) + out +
              struct.pack(">BBHHBB", 1, 3, id_, 8, 0, 0) + bytes(8))

s = socket.socket(socket.AF_UNIX)
s.bind("app.sock")
os.chmod("app.sock", 0o777)
s.listen(10)
while True:
    c, _ = s.accept()
    try:
        serve(c)
    except (EOFError, OSError):
        pass
    c.close()
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
    client_body_temp_path $dir/1;
    proxy_temp_path $dir/2;
    fastcgi_temp_path $dir/3;
    uwsgi_temp_path $dir/4;
    scgi_temp_path $dir/5;
    server {
        listen 127.0.0.1:$port;
        location / {
            fastcgi_param REQUEST_URI \$request_uri;
            fastcgi_pass unix:$dir/app.sock;
        }
        location /files/ {
            internal;
            alias $dir/files/;
            error_page 404 /problem;
        }
        location = /problem {
            internal;
            default_type application/problem+json;
            add_header Cache-Control no-store always;
            return 404 '{"status":404}';
        }
    }
}
END2
root/usr/sbin/nginx -c "$dir/nginx.conf" 2>/dev/null & nginx=$!
cat >ask.py <<'PY'
import http.client, sys, time
def ask(path, headers):
    for _ in range(100):
        c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20)
        try:
            c.request("GET", path, headers=headers)
            r = c.getresponse()
            r.read()
            if r.status != 502:
                return r
        except ConnectionRefusedError:
            pass
        time.sleep(0.1)
for path, headers in (("/there", {}), ("/there", {"Range": "bytes=90-"}), ("/gone", {})):
    r = ask(path, headers)
    print(r.status, r.getheader("Content-Type"), "|", r.getheader("Cache-Control"), "|",
          r.getheader("Content-Disposition"), "|",
          "the program's ETag" if r.getheader("ETag") == '"ours"' else
          "nginx's ETag" if r.getheader("ETag") else "no ETag")
PY
python3 ask.py "$port" >seen
cat >expected <<'SEEN'
200 audio/ogg | private, max-age=31536000, immutable | attachment; filename=a.ogg | nginx's ETag
416 text/html | private, max-age=31536000, immutable | attachment; filename=a.ogg | no ETag
404 application/problem+json | private, max-age=31536000, immutable, no-store | attachment; filename=a.ogg | no ETag
SEEN
diff expected seen && echo "as found"
