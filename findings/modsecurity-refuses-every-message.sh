#!/bin/sh
# WhatsApp's deliveries through a web application firewall: ModSecurity with OWASP's Core Rule Set.
#
# Guess:     at the lowest paranoia level what customers write in everyday words passes, and so does all of
#            Meta's own JSON; PUT and the like have to be allowed first, as crs-setup.conf says.
# Source:    coreruleset.org, "Paranoia Levels" (the first is for every site, with few false alarms);
#            developers.facebook.com, Cloud API, "Webhooks": contacts[].profile.name, up to 3 MB a delivery.
# Versions:  Debian 12: libnginx-mod-http-modsecurity 1.0.3-1+b2 (libmodsecurity3 3.0.9-1+deb12u2, nginx
#            1.22.1-9+deb12u11), libapache2-mod-security2 2.9.7-1+deb12u2 (apache2 2.4.71-1~deb12u1),
#            modsecurity-crs 3.3.4-1+deb12u3.  By hand: the same with the rules of sid, 3.3.9-1.
# Behaviour: each message is refused with 403, whatever it says; a report that one was read passes.  Names of
#            JSON are joined by dots, "contacts…profile.name", and .profile is in the list of files that
#            nobody may ask for (rule 930120; coreruleset's issue 4471 mended the top level only).
#            With that rule away everyday words are refused in certain places (curl, ping, time), and a delivery
#            of 300 messages is answered 400, since it has more than 1,000 values (rule 200007).
# Seen:      see below
# Matters:   who puts such a firewall before a webhook loses all that customers write: Meta tries again for days,
#            and gives up.  The reports arrive, so it looks alive.  Let the webhook pass it by; it
#            has a token or a signature, and is data.
set -eu
dir=$(mktemp -d)
pids=
trap 'kill $pids 2>/dev/null || :; wait; rm -rf "$dir"' EXIT
cd "$dir"
chmod 777 "$dir"
apt-get download nginx=1.22.1-9+deb12u11 libnginx-mod-http-modsecurity=1.0.3-1+b2 \
    libmodsecurity3=3.0.9-1+deb12u2 modsecurity-crs=3.3.4-1+deb12u3 apache2-bin=2.4.71-1~deb12u1 \
    libapache2-mod-security2=2.9.7-1+deb12u2 libapr1 libaprutil1 liblua5.1-0 liblua5.3-0 libgeoip1 \
    libpcre3 liblmdb0 libfuzzy2 libmaxminddb0 libyajl2 >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
cat >up.py <<'PY'
import http.server, sys
class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *args):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Site).serve_forever()
PY
set -- $(python3 -c 'import socket
all = [socket.socket() for _ in range(3)]
for s in all: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in all))')
python3 up.py "$3" & pids=$!
rules() {
	sed "s/^SecRuleEngine .*/SecRuleEngine On/; s#^SecUnicodeMapFile .*#SecUnicodeMapFile $dir/unicode.mapping 20127#;
	    s#^SecAuditLog .*#SecAuditLog $dir/audit#" "$1"
	cat <<END2
Include $dir/root/etc/modsecurity/crs/crs-setup.conf
Include $dir/root/usr/share/modsecurity-crs/rules/*.conf
END2
}
cp root/etc/nginx/unicode.mapping .
rules root/etc/nginx/modsecurity.conf >nginx.rules
rules root/etc/modsecurity/modsecurity.conf-recommended >apache.rules
cat >nginx.conf <<END2
load_module $dir/root/usr/lib/nginx/modules/ngx_http_modsecurity_module.so;
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
        modsecurity on;
        modsecurity_rules_file $dir/nginx.rules;
        location / { proxy_pass http://127.0.0.1:$3; }
        location /mended {
            modsecurity_rules 'SecRuleRemoveById 930120';
            proxy_pass http://127.0.0.1:$3;
        }
    }
}
END2
cat >apache.conf <<END2
ServerRoot $dir/root/usr/lib/apache2
ServerName x
PidFile $dir/apache.pid
Listen 127.0.0.1:$2
ErrorLog $dir/apache.log
Mutex file:$dir default
LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule unique_id_module modules/mod_unique_id.so
LoadModule proxy_module modules/mod_proxy.so
LoadModule proxy_http_module modules/mod_proxy_http.so
LoadModule security2_module modules/mod_security2.so
Include $dir/apache.rules
ProxyPass / http://127.0.0.1:$3/
<Location /mended>
    SecRuleRemoveById 930120
</Location>
END2
LD_LIBRARY_PATH=$(dirname "$(find "$dir/root" -name 'libapr-1.so.0')")
export LD_LIBRARY_PATH
root/usr/sbin/nginx -c "$dir/nginx.conf" 2>/dev/null & pids="$pids $!"
root/usr/sbin/apache2 -f "$dir/apache.conf" -DFOREGROUND >/dev/null 2>&1 & pids="$pids $!"
cat >ask.py <<'PY'
import http.client, json, sys, time

def delivery(value):
    return {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [{
        "field": "messages", "value": {"messaging_product": "whatsapp", "metadata": {
            "display_phone_number": "15550783881", "phone_number_id": "106540352242922"}, **value}}]}]}

def said(text, n=1):
    return delivery({"contacts": [{"profile": {"name": "Ana"}, "wa_id": "16505550001"}], "messages": [
        {"from": "16505550001", "id": f"wamid.HBgLMTY1MDU1NTAwMDE{i}", "timestamp": "1764400000",
         "type": "text", "text": {"body": text}} for i in range(n)]})

def ask(port, path, body):
    for _ in range(100):
        try:
            c = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            c.request("POST", path, json.dumps(body), {"Host": "inbox.example.com", "Accept": "*/*",
                      "User-Agent": "facebookexternalua", "Content-Type": "application/json"})
            return c.getresponse().status
        except ConnectionRefusedError:
            time.sleep(0.2)

read = delivery({"statuses": [{"id": "wamid.HBgL", "status": "read", "timestamp": "1764400000",
                               "recipient_id": "16505550001"}]})
texts = ["Is the shop open today?", "curl or straight, what is in fashion?", "ping me when it is there",
         "time for tea?", "I like 'em' and I'm in"]
for name, port in ("nginx", int(sys.argv[1])), ("apache2", int(sys.argv[2])):
    print(f"{name}: it was read {ask(port, '/', read)}, a message {ask(port, '/', said(texts[0]))}")
    for text in texts:
        print(f"{name} without 930120: {text}", ask(port, "/mended", said(text)))
    print(f"{name} without 930120: 300 messages", ask(port, "/mended", said("yes", 300)))
PY
python3 ask.py "$1" "$2" >seen
cat >expected <<'SEEN'
nginx: it was read 200, a message 403
nginx without 930120: Is the shop open today? 200
nginx without 930120: curl or straight, what is in fashion? 403
nginx without 930120: ping me when it is there 403
nginx without 930120: time for tea? 403
nginx without 930120: I like 'em' and I'm in 403
nginx without 930120: 300 messages 400
apache2: it was read 200, a message 403
apache2 without 930120: Is the shop open today? 200
apache2 without 930120: curl or straight, what is in fashion? 403
apache2 without 930120: ping me when it is there 403
apache2 without 930120: time for tea? 403
apache2 without 930120: I like 'em' and I'm in 403
apache2 without 930120: 300 messages 400
SEEN
diff expected seen && echo "as found"
