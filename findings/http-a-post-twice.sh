#!/bin/sh
# A POST on a kept connection, which the server reads and closes without an answer: how often does it arrive?
#
# Guess:     once: nobody knows whether it was done, so the program is told, and repeats it if it wants to.
# Source:    RFC 9110 9.2.2 (a client does not repeat by itself what is not idempotent, unless it knows that it was not
#            done), RFC 9112 9.3.1.
# Versions:  Debian 12: curl 7.88.1-10+deb12u15, wget 1.21.3-1+deb12u1, libwww-perl 6.68-1, perl's HTTP::Tiny,
#            libmojolicious-perl 9.31+dfsg-1, python3-requests 2.28.1+dfsg-1, python3-httpx 0.23.3-1; npm undici
#            7.16.0, axios 1.13.2, got 14.6.4; Node.js 20 with a keep-alive agent.
# Behaviour: curl and wget send it again on a new connection, without an option for it and without a word: twice.  The
#            others send it once.
# Seen:      see below
# Matters:   a script that sends several messages in one call of curl sends one twice when the server, or a proxy before
#            it, dies in between: say Idempotency-Key.  waspool asks the provider by libcurl, and stops such
#            a request in CURLOPT_PREREQFUNCTION (src/lib/http/client_call.c).
set -eu
dir=$(mktemp -d)
pids=
trap 'kill $pids 2>/dev/null || :; rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . undici@7.16.0 axios@1.13.2 got@14.6.4 >/dev/null
apt-get download curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 wget=1.21.3-1+deb12u1 \
    libwww-perl=6.68-1 libhttp-message-perl libhttp-date-perl libnet-http-perl liburi-perl libencode-locale-perl \
    liblwp-mediatypes-perl libhttp-negotiate-perl libhttp-cookies-perl libfile-listing-perl libhtml-parser-perl \
    libtry-tiny-perl libwww-robotrules-perl libtimedate-perl libio-html-perl libclone-perl \
    libmojolicious-perl=9.31+dfsg-1 python3-requests=2.28.1+dfsg-1 python3-urllib3 python3-idna python3-chardet \
    python3-certifi python3-httpx=0.23.3-1 python3-httpcore python3-h11 python3-anyio python3-sniffio python3-rfc3986 \
    >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
cat >server.py <<'PY'
import socket, threading
def serve(c):
    f, n = c.makefile("rb"), 0
    while line := f.readline():
        size = 0
        while head := f.readline().strip():
            name, _, value = head.decode().partition(":")
            size = int(value) if name.lower() == "content-length" else size
        f.read(size)
        n += 1
        name = line.split()[1].decode()
        with open("got", "a") as got:
            print(name, file=got)
        if name.endswith("second") and n > 1:
            break
        c.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n")
    f.close()
    c.close()
s = socket.create_server(("127.0.0.1", 0), backlog=50)
with open("port", "w") as port:
    print(s.getsockname()[1], file=port)
while True:
    threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
PY
python3 server.py & pids=$!
until [ -s port ]; do
	sleep 0.1
done
url=http://127.0.0.1:$(cat port)
cat >ask.mjs <<'JS'
import http from "node:http";
import axios from "axios";
import got from "got";
import { Agent, request } from "undici";
const url = process.argv[2], keepAlive = new http.Agent({ keepAlive: true, maxSockets: 1 });
const dispatcher = new Agent({ connections: 1 });
const node = path => new Promise((done, fail) => http.request(url + path, { method: "POST", agent: keepAlive }, r => {
  r.resume().on("end", () => setTimeout(done, 50));
}).on("error", fail).end("a=1"));
const clients = {
  node,
  undici: async path => (await request(url + path, { method: "POST", body: "a=1", dispatcher })).body.text(),
  axios: path => axios.post(url + path, "a=1", { httpAgent: keepAlive }),
  got: path => got.post(url + path, { body: "a=1", agent: { http: keepAlive } }),
};
for (const [name, post] of Object.entries(clients)) {
  await post(`/${name}-first`);
  await post(`/${name}-second`).catch(() => {});
}
process.exit(0);
JS
cat >ask.py <<'PY'
import sys
import httpx, requests
for name, client in ("requests", requests.Session()), ("httpx", httpx.Client()):
    for which in "first", "second":
        try:
            client.post(f"{sys.argv[1]}/{name}-{which}", data={"a": "1"})
        except Exception:
            pass
PY
cat >ask.pl <<'PL'
use LWP::UserAgent;
use HTTP::Tiny;
use Mojo::UserAgent;
my ($lwp, $tiny, $mojo) = (LWP::UserAgent->new(keep_alive => 1), HTTP::Tiny->new(keep_alive => 1), Mojo::UserAgent->new);
for my $which ("first", "second") {
	$lwp->post("$ARGV[0]/LWP-$which", { a => 1 });
	$tiny->post_form("$ARGV[0]/HTTP::Tiny-$which", { a => 1 });
	eval { $mojo->post("$ARGV[0]/Mojo-$which" => form => { a => 1 })->result };
}
PL
lib=$(dirname "$(find "$dir/root" -name 'libcurl.so.4')")
LD_LIBRARY_PATH=$lib root/usr/bin/curl -s -d a=1 "$url/curl-first" "$url/curl-second" >/dev/null || :
root/usr/bin/wget -q -O /dev/null --post-data a=1 "$url/wget-first" "$url/wget-second" || :
PERL5LIB=root/usr/share/perl5:$lib/perl5/5.36 perl ask.pl "$url"
PYTHONPATH=root/usr/lib/python3/dist-packages /usr/bin/python3 ask.py "$url"
node --no-warnings ask.mjs "$url"
for name in curl wget LWP HTTP::Tiny Mojo requests httpx node undici axios got; do
	echo "$name: $(grep -c "^/$name-second" got)"
done >seen
cat >expected <<'SEEN'
curl: 2
wget: 2
LWP: 1
HTTP::Tiny: 1
Mojo: 1
requests: 1
httpx: 1
node: 1
undici: 1
axios: 1
got: 1
SEEN
diff expected seen && echo "as found"
