#!/bin/sh
# A header that nginx adds to every answer, and a range beyond the end of a file.
#
# Guess:     add_header … always adds it once, whatever the status.
# Source:    nginx.org, ngx_http_headers_module: "always … the header field will be added regardless
#            of the response code".  Fetch standard, CORS check: the value has to be the origin, and
#            two of them are none.
# Versions:  Debian 12: nginx 1.22.1-9+deb12u11; python3 is the client.
# Behaviour: of a file, 416 has it twice: the filter that adds it has run before the one that finds
#            out about the range.  Without "always" it is there once, and 416 is no status that
#            it is added to.  200, 206 and 304 have it once, either way.
# Seen:      see below
# Matters:   a page of another origin that seeks beyond the end, or resumes a download that was
#            whole, cannot read the 416 if Access-Control-Allow-Origin is added with "always".
#            waspool's site adds it to files without.
set -eu
dir=$(mktemp -d)
pids=
trap 'kill $pids 2>/dev/null || :; rm -rf "$dir"' EXIT
cd "$dir"
chmod 755 "$dir"
apt-get download nginx=1.22.1-9+deb12u11 >/dev/null 2>&1
dpkg-deb -x nginx_*.deb root
mkdir files
printf 0123456789 >files/a
port=$(python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
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
        location /always/ {
            alias $dir/files/;
            add_header Access-Control-Allow-Origin https://a.example always;
        }
        location /plain/ {
            alias $dir/files/;
            add_header Access-Control-Allow-Origin https://a.example;
        }
    }
}
END2
root/usr/sbin/nginx -c "$dir/nginx.conf" 2>/dev/null & pids="$pids $!"
cat >ask.py <<'PY'
import http.client, sys, time

def ask(path, headers):
    for _ in range(100):
        c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20)
        try:
            c.request("GET", path, headers=headers)
            return c.getresponse()
        except ConnectionRefusedError:
            time.sleep(0.1)

for how in "always", "plain":
    etag = ask(f"/{how}/a", {}).headers["ETag"]
    for head in {}, {"Range": "bytes=0-1"}, {"If-None-Match": etag}, {"Range": "bytes=10-"}:
        a = ask(f"/{how}/a", head)
        n = len(a.headers.get_all("Access-Control-Allow-Origin") or [])
        print(how, a.status, n, flush=True)
PY
python3 ask.py "$port" >seen
cat >expected <<'SEEN'
always 200 1
always 206 1
always 304 1
always 416 2
plain 200 1
plain 206 1
plain 304 1
plain 416 1
SEEN
diff expected seen && echo "as found"
