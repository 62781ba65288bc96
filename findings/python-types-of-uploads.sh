#!/bin/sh
# A voice note, a video and a sticker uploaded by Python's HTTP clients: their type and name.
#
# Guess:     each client says the type that the file's name has, as browsers do; Python's own table has
#            what WhatsApp takes, also where no package brings /etc/mime.types.
# Source:    RFC 7578 4.4 (a part without a type is text/plain; a file's should be said) and 4.2; IANA's media
#            types: audio/ogg, audio/mp4, audio/AMR, image/webp; 3GPP TS 26.244: a .3gp may be
#            video/3gpp or audio/3gpp.  Cloud API, "Supported media types": video/3gpp.
# Versions:  Debian 12: python3 3.11.2, python3-requests 2.28.1+dfsg-1, python3-httpx 0.23.3-1,
#            python3-aiohttp 3.8.4-1+deb12u2, python3-urllib3 1.26.12-1+deb12u4; media-types 10.0.0,
#            which brings /etc/mime.types.
# Behaviour: requests says none for any file.  The others ask mimetypes: without /etc/mime.types (a slim
#            container) an .ogg, .m4a, .amr and .webp are application/octet-stream; a .3gp is
#            audio/3gpp, always.  aiohttp escapes the whole name as in an address, letters beyond ASCII too.
# Seen:      see below
# Matters:   who believes the part's type refuses a voice note from a container that went well on the
#            machine of its author.  Say type and name with the file: files={"file":
#            ("note.ogg", f, "audio/ogg")}.  waspool looks at the bytes, and reads all these names.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download python3-requests=2.28.1+dfsg-1 python3-httpx=0.23.3-1 \
    python3-aiohttp=3.8.4-1+deb12u2 python3-urllib3=1.26.12-1+deb12u4 media-types=10.0.0 \
    python3-httpcore python3-h11 python3-anyio python3-sniffio python3-rfc3986 python3-certifi \
    python3-idna python3-charset-normalizer python3-multidict python3-yarl \
    python3-async-timeout python3-frozenlist python3-aiosignal python3-attr python3-chardet \
    >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
cat >try.py <<'PY'
import asyncio, http.server, mimetypes, re, sys, threading
mimetypes.knownfiles[:] = ["root/etc/mime.types"] if sys.argv[1] == "with" else []
import aiohttp, httpx, requests, urllib3

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *_):
        pass
    def do_POST(self):
        Handler.head = self.rfile.read(int(self.headers["Content-Length"])).split(b"\r\n\r\n")[0].decode()
        self.send_response(204)
        self.end_headers()

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_address[1]}/"

async def by_aiohttp(file):
    form = aiohttp.FormData()
    form.add_field("file", file)
    async with aiohttp.ClientSession() as client, client.post(url, data=form) as answer:
        await answer.read()

clients = {
    "requests": lambda f: requests.post(url, files={"file": f}),
    "httpx": lambda f: httpx.post(url, files={"file": f}),
    "aiohttp": lambda f: asyncio.run(by_aiohttp(f)),
    "urllib3": lambda f: urllib3.PoolManager().request("POST", url, fields={"file": (f.name, f.read())}),
}
for client, send in clients.items():
    said = []
    for name in ["a.ogg", "a.m4a", "a.amr", "a.webp", "a.3gp"]:
        open(name, "w").write("x")
        send(open(name, "rb"))
        kind = re.search("Content-Type: (.*)", Handler.head)
        said.append(f"{name[2:]} {kind[1].strip() if kind else '-'}")
    print(f"{client}: {', '.join(said)}")
    if sys.argv[1] == "with":
        open("Größe 5%.ogg", "w").write("x")
        send(open("Größe 5%.ogg", "rb"))
        print("  ", re.search('filename.*', Handler.head)[0].strip())
PY
for table in without with; do
	echo "$table mime.types:"
	PYTHONPATH=root/usr/lib/python3/dist-packages LC_ALL=C.UTF-8 /usr/bin/python3 try.py $table
done >seen
cat >expected <<'SEEN'
without mime.types:
requests: ogg -, m4a -, amr -, webp -, 3gp -
httpx: ogg application/octet-stream, m4a application/octet-stream, amr application/octet-stream, webp application/octet-stream, 3gp audio/3gpp
aiohttp: ogg application/octet-stream, m4a application/octet-stream, amr application/octet-stream, webp application/octet-stream, 3gp audio/3gpp
urllib3: ogg application/octet-stream, m4a application/octet-stream, amr application/octet-stream, webp application/octet-stream, 3gp audio/3gpp
with mime.types:
requests: ogg -, m4a -, amr -, webp -, 3gp -
   filename="Größe 5%.ogg"
httpx: ogg audio/ogg, m4a audio/mp4, amr audio/AMR, webp image/webp, 3gp audio/3gpp
   filename="Größe 5%.ogg"
aiohttp: ogg audio/ogg, m4a audio/mp4, amr audio/AMR, webp image/webp, 3gp audio/3gpp
   filename="Gr%C3%B6%C3%9Fe%205%25.ogg"
urllib3: ogg audio/ogg, m4a audio/mp4, amr audio/AMR, webp image/webp, 3gp audio/3gpp
   filename="Größe 5%.ogg"
SEEN
diff expected seen && echo "as found"
