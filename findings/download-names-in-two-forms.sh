#!/bin/sh
# A document with a name beyond ASCII, saved under the name that the server says.
#
# Guess:     filename* wins over filename wherever it stands; only who does not know it takes the other.
# Source:    RFC 6266 4.3 (where both are there, filename* is to be preferred) and 5 (the example has filename
#            first, for those who read only the first).
# Versions:  Debian 12: wget 1.21.3-1+deb12u1, wget2 1.99.1-2.2, aria2 1.36.0-1, curl 7.88.1-10+deb12u15,
#            axel 2.17.11-3 (python3 is the server).
# Behaviour: wget and aria2 do.  wget2 takes whichever stands first.  curl -OJ reads filename only, axel
#            too, and only where it stands first; without it they name the file as the address ends.
# Seen:      see below
# Matters:   a customer's document is served as filename, in ASCII, and filename* behind it, as waspool
#            does: with wget2, curl and axel the name has "_" for other letters, and two
#            documents may have one name then.  wget --content-disposition, or the name from the API.
set -eu
dir=$(mktemp -d)
pid=
trap 'kill $pid 2>/dev/null || :; rm -rf "$dir"' EXIT
cd "$dir"
apt-get download wget=1.21.3-1+deb12u1 wget2=1.99.1-2.2 libwget0=1.99.1-2.2 aria2=1.36.0-1 \
    libaria2-0=1.36.0-1 curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 axel=2.17.11-3 \
    libc-ares2 libssh2-1 >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
cat >server.py <<'PY'
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass
    def do_GET(self):
        ascii, all = 'filename="K_ln 7.pdf"', "filename*=UTF-8''K%C3%B6ln%207.pdf"
        forms = {"/1": [ascii, all], "/2": [all, ascii], "/3": [all]}
        self.send_response(200)
        self.send_header("Content-Type", "application/pdf")
        self.send_header("Content-Length", "5")
        self.send_header("Content-Disposition", "; ".join(["attachment"] + forms[self.path]))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(b"hello")
    do_HEAD = do_GET
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
PY
python3 server.py >port & pid=$!
while [ ! -s port ]; do
	sleep 0.1
done
LD_LIBRARY_PATH=$(dirname "$(find "$dir/root" -name 'libaria2.so.0')")
export LD_LIBRARY_PATH LC_ALL=C.UTF-8
for how in "wget -q --content-disposition" "wget2 -q --content-disposition" "aria2c -q" \
    "curl -sOJ" "axel -q"; do
	printf '%s:' "${how%% *}"
	for form in 1 2 3; do
		mkdir saved
		# shellcheck disable=SC2086 # words
		(cd saved && ../root/usr/bin/$how "http://127.0.0.1:$(cat "$dir/port")/$form" \
		    </dev/null >/dev/null 2>&1) || :
		printf ' %s %s,' "$form" "$(ls saved)"
		rm -r saved
	done
	echo
done | sed 's/,$//' >seen
cat >expected <<'SEEN'
wget: 1 Köln 7.pdf, 2 Köln 7.pdf, 3 Köln 7.pdf
wget2: 1 K_ln 7.pdf, 2 Köln 7.pdf, 3 Köln 7.pdf
aria2c: 1 Köln 7.pdf, 2 Köln 7.pdf, 3 Köln 7.pdf
curl: 1 K_ln 7.pdf, 2 K_ln 7.pdf, 3 3
axel: 1 K_ln 7.pdf, 2 2, 3 3
SEEN
diff expected seen && echo "as found"
