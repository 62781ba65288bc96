#!/bin/sh
# nginx and a FastCGI answer that is complete, on a connection not yet closed.
#
# Guess:     the client has its answer once FCGI_END_REQUEST is there: that record
#            ends the request, and Content-Length was reached before it.
# Source:    FastCGI 1.0, 3.5 and 5.5: the application closes after END_REQUEST when
#            FCGI_KEEP_CONN is not set; nothing says how soon.
# Versions:  Debian 12: nginx 1.22.1-9+deb12u11 (python3 as the application).
# Behaviour: with fastcgi_keep_conn off (the default) nginx holds back even the
#            header until the application closes.  With on it answers at once.
# Seen:      off: held back / on: at once (application that closes after 2 s)
# Matters:   an application that refuses early and then reads the rest away, so
#            that the answer is not lost by a reset, delays that very answer.
#            It has to shut down its writing side first, as waspool does.
set -eu
dir=$(mktemp -d)
app= nginx=
trap 'kill $app $nginx 2>/dev/null || :; rm -rf "$dir"' EXIT
cd "$dir"
chmod 755 "$dir"
apt-get download nginx=1.22.1-9+deb12u11 >/dev/null
dpkg-deb -x nginx_*.deb root
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
    while True:  # up to the empty STDIN record
        _, type_, id_, length, pad, _ = struct.unpack(">BBHHBB", read(c, 8))
        read(c, length + pad)
        if type_ == 5 and length == 0:
            break
    body = b"Status: 200 OK\r\nContent-Length: 2\r\n\r\nok"
    c.sendall(struct.pack(">BBHHBB", 1, 6, id_, len(body), 0, 0) + body +
              struct.pack(">BBHHBB", 1, 6, id_, 0, 0, 0) +
              struct.pack(">BBHHBB", 1, 3, id_, 8, 0, 0) + bytes(8))
    time.sleep(2)
    c.close()

s = socket.socket(socket.AF_UNIX)
s.bind("app.sock")
os.chmod("app.sock", 0o777)
s.listen(10)
while True:
    threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
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
        fastcgi_param REQUEST_METHOD \$request_method;
        location = /off { fastcgi_pass unix:$dir/app.sock; }
        location = /on { fastcgi_keep_conn on; fastcgi_pass unix:$dir/app.sock; }
    }
}
END2
root/usr/sbin/nginx -c "$dir/nginx.conf" 2>/dev/null & nginx=$!
sleep 1
python3 - "$port" >seen <<'PY'
import sys, time, urllib.request
for how in ("off", "on"):
    began = time.monotonic()
    urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/{how}").read()
    print(f"{how}: {'held back' if time.monotonic() - began > 1.5 else 'at once'}")
PY
printf 'off: held back\non: at once\n' >expected
diff expected seen && echo "as found"
