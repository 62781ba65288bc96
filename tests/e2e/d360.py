"""The provider's side, 360dialog's and Meta's own, as docs/protocol.md §2.6, §4
and §6 tell of it.

A node that talks to it, in a test:

    def test_x(d360_node):                 # a node of the test's own
        d360 = d360_node.provider          # the imitation it talks to
    def test_x(d360, make_node):           # or with further settings
        node = make_node(provider=d360, WASPOOL_SEND_RATE=5)

or without pytest: `with D360() as d360: node = Node(d360.env).up();
d360.attach(node)`.  It listens on 127.0.0.1, on a free port: d360.url, d360.key.

Meta's Cloud API is served at the same address, /vNN.N/PHONE_NUMBER_ID/… with
the key as bearer (r.cloud says that a request came so); a node that uses it:

    node = make_node(provider=d360, **d360.cloud_env)
    d360.use_cloud(node)                   # the number's provider, its token
    d360.app_secret = "…"                  # appsecret_proof is demanded, too

What came (lists, in order, each safe to read at any time):

    d360.sent          messages that were taken, as the customer would get them:
                       m.body (dict), m.to, m.type, m.wamid, m.callback, m.at
                       (time.monotonic() seconds), m.number, m.key
    d360.wait_sent(3)  the list, once there are 3 (seconds=120)
    d360.reads         read requests: r.body, r.wamid, r.typing, r.at
    d360.requests      every request: r.where, r.method, r.path, r.headers,
                       r.body (dict or bytes), r.status (None: no answer), r.at
    d360.connections   how many TCP connections there were

Statuses sent back as webhooks to the node (or to the URL and with the headers
that POST /v1/configs/webhook set):

    d360.status(m.wamid, "delivered")        now; answers when the node said 200
    d360.status(m.wamid, "failed", code=131026)
    d360.status(m.wamid, "read", callback=False, recipient_id="…", ts=…)
    d360.auto = ["sent", "delivered"]        by itself, after each message
    d360.auto_early = True                   … even before the answer to it
    d360.auto_pause = 0.4                    … so many seconds before each

Media:

    media = d360.add_media(b"…", "image/jpeg")   as a customer's: media.id, .sha256
    media.field()       the object for a webhook: {"id", "mime_type", "sha256"}
    media.wrong_sha256 = media.wrong_size = True; media.gone = True
    d360.expire_urls()  what was answered as URL until now is 404; they live
                        d360.url_life seconds (300)
    d360.uploads        what POST /media brought: .content, .mime_type, .file_name
    d360.media_errors() errors that GET /{media-id} answered in 60 minutes; after
                        20 it is blocked for 30: d360.media_blocked()

Several numbers: key = d360.add_number("PHONE_NUMBER_ID"), then
node.write_key("PHONE_NUMBER_ID", key).

How a number is: d360.health has what may be asked for, and a field that is not in
it fails the request, as Meta's does.

Templates: d360.templates is the account's list, as the provider has it, and
d360.template_page how many stand on a page of it.  What is created stands in it
as d360.template_status ("PENDING"); d360.judge("name", "REJECTED", "SCAM")
gives it another one, and says so in a webhook.  Files to look at (header_handle)
that were uploaded for it: d360.examples, by handle; the place is "example".

Blocking: d360.blocked is the list of who is blocked (of all numbers), and
d360.unblockable[WHO] = (131047, "Re-engagement required") refuses to block one.
Its list is read at the place "blocked", d360.blocked_page on a page.

Groups: d360.groups are those that were made, by id: subject, description,
join_approval_mode, participants (digits).  Where d360.auto is empty a test says
itself what becomes of one: d360.tell_made("Subject"), d360.tell_not_made("…").
d360.asks(group, digits) is somebody who asks to join, d360.asks_no_more(…) who
takes it back; what d360.unanswerable holds cannot be approved (131203).

Marketing: d360.wants_marketing(phone, "stop") is a customer who taps on it;
d360.stopped are their digits, to whom no MARKETING template goes (131050).

Faults, for the next N requests or for some SECONDS.  WHERE is one of messages,
read, upload, media_url, download, delete, webhook, media (= the four of them),
templates, template_new, template_gone, example_begin, example_file, block, blocked, group (made, changed, …), any.  TO restricts it to a
recipient, KEY to a number's key.

    d360.fail(3, 429, 130429)                # n, status, code
    d360.fail(status=429, code=130429, seconds=20)
    d360.fail(1, 500, where="media_url", shape="html")
                       shapes: graph, meta, onprem, string, text, html;
                       also message=, details=, retry_after=
    d360.delay(2)                            # seconds, before it is taken
    d360.delay(2, when="after")              # taken, then the answer waits
    d360.drop()                              # connection closed before reading
    d360.drop(when="after")                  # taken, no answer
    d360.drop(when="middle")                 # taken, half an answer
    d360.twist("empty")                      # taken; empty arrays in the answer
                       also nulls, no_json, no_body, html, other (200, of no
                       use), long (Content-Length too large), short
    h = d360.hold()    # when="before"|"after" (default: taken, no answer)
    h.wait()           # until a request hangs in it
    h.release()        # lets it go on
    d360.clear()       # no more faults
    d360.rate = 80     # more messages a second than that: 130429
"""

import base64
import email
import hashlib
import hmac
import http.client
import http.server
import itertools
import json
import queue
import re
import socket
import threading
import time
import urllib.parse

NUMBER = "106540352242922"
MEDIA = ("upload", "media_url", "download", "delete")
LOOKASIDE = "https://lookaside.fbsbx.com"
ATTACHMENTS = "/whatsapp_business/attachments/"
WEBHOOK_CONFIG = "/v1/configs/webhook"
HEALTH = "/health_status"
TEMPLATE_CONFIG = "/v1/configs/templates"
WABA = "102290129340398"
CLOUD = re.compile(r"/v\d+\.\d+(/.*)")
BODY_MAX = 110 << 20
PATIENCE = 120      # seconds; only a failure takes them
TYPES = ("text", "image", "video", "audio", "document", "sticker", "location",
         "contacts", "template", "interactive", "reaction")
CAPTIONED = ("image", "video", "document")
FAILED = {131026: "Message undeliverable", 131047: "Re-engagement message",
          131049: "This message was not delivered to maintain healthy "
          "ecosystem engagement.",
          131050: "Unable to deliver the message: the recipient chose to "
          "get no marketing messages.", 131053: "Media upload error"}

_serial = itertools.count(int(time.time() * 1000) % 10**9)


class Record:
    """Something that came, with names for what is in it."""

    def __init__(self, **fields):
        self.at = time.monotonic()
        self.__dict__.update(fields)

    def __repr__(self):
        return f"Record({self.__dict__!r:.500})"


class Media(Record):
    wrong_sha256 = wrong_size = gone = False
    size_as_text = False

    @property
    def sha256(self):
        return hashlib.sha256(self.content).hexdigest()

    def field(self, **more):
        """As a webhook has it: base64 where the URL answer has hex."""
        digest = hashlib.sha256(self.content).digest()
        return {"id": self.id, "mime_type": self.mime_type,
                "sha256": base64.b64encode(digest).decode(), **more}


class Fault:
    def __init__(self, kind, n, seconds, where, to, key, **how):
        self.kind, self.n, self.to, self.key = kind, n, to, key
        self.until = time.monotonic() + seconds if seconds else None
        self.where = {"media": MEDIA, "any": None}.get(where, (where,))
        self.how = how

    def over(self):
        return time.monotonic() >= self.until if self.until else self.n <= 0

    def fits(self, request):
        return ((self.where is None or request.where in self.where)
                and (self.key is None or self.key == request.key)
                and (self.to is None or self.to == request.to))


class Hold:
    """Requests that hang until they are released."""

    def __init__(self):
        self.caught, self.go = threading.Event(), threading.Event()

    def wait(self, seconds=PATIENCE):
        assert self.caught.wait(seconds), "no request came into the hold"
        return self

    def release(self):
        self.go.set()

    def enter(self):
        self.caught.set()
        self.go.wait(600)


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status, code, message, details=None, shape="graph",
                 retry_after=None, user=None):
        super().__init__(message)
        self.user = user        # what the provider says to people
        self.status, self.code, self.message = status, code, message
        self.details, self.shape = details, shape
        self.retry_after = retry_after

    def body(self):
        """(bytes, Content-Type)"""
        graph = {"error": {
            "message": f"(#{self.code}) {self.message}",
            "type": "OAuthException", "code": self.code,
            "error_data": {"messaging_product": "whatsapp",
                           "details": self.details or self.message},
            "fbtrace_id": "Az8or2yhqkZfEZ-_4Qn_Bam"}}
        if self.user:
            del graph["error"]["error_data"]
            graph["error"] |= {"error_user_title": self.message,
                               "error_user_msg": self.user}
        if self.shape == "text":
            return self.message.encode(), "text/plain"
        if self.shape == "html":
            return (f"<html><head><title>{self.status}</title></head><body>"
                    f"<h1>{self.message}</h1></body></html>\n").encode(), \
                "text/html"
        if self.shape == "meta":
            body = {"meta": {
                "success": False, "http_code": self.status,
                "developer_message": f"Invalid payload ({json.dumps(graph)})",
                "360dialog_trace_id": "TOZFYLoh3xrUq2FsREQ"}}
        elif self.shape == "onprem":
            body = {"errors": [{"code": self.code, "title": self.message,
                                "details": self.details or self.message}],
                    "meta": {"api_status": "stable", "version": "2.x"}}
        elif self.shape == "block":
            body = {"messaging_product": "whatsapp", "block_users": {
                "failed_users": [{"input": self.details, "errors": [{
                    "code": self.code, "message": self.message,
                    "error_data": {"details": self.message + "."}}]}]},
                "error": {**graph["error"], "code": 139100, "message":
                          "(#139100) Failed to block/unblock users"}}
        elif self.shape == "string":
            body = {"error": self.message}
        else:
            body = graph
        return json.dumps(body).encode(), "application/json"


def bad(details, code=100):
    return Refused(400, code, "Invalid parameter", details)


def check_message(body):
    """What the provider would refuse at once."""
    if not isinstance(body, dict):
        raise bad("The body is no JSON object")
    if body.get("messaging_product") != "whatsapp":
        raise bad("The parameter messaging_product is required.")
    if body.get("status") == "read":
        if not str(body.get("message_id", "")).startswith("wamid."):
            raise bad("The parameter message_id is required.")
        return
    group = body.get("recipient_type") == "group"
    to = body.get("to")
    if not (body.get("recipient") or (to and group)
            or (isinstance(to, str) and to.startswith("+")
                and to[1:].isdigit())):
        raise bad("The parameter to is required: a number with +")
    kind = body.get("type", "text")
    if kind not in TYPES:
        raise bad(f"Unsupported type {kind}", 131051)
    content = body.get(kind)
    if kind == "contacts":
        if not isinstance(content, list) or not content:
            raise bad("The parameter contacts is required.", 131008)
    elif not isinstance(content, dict):
        raise bad(f"The parameter {kind} is required.", 131008)
    else:
        check_content(kind, content)
    if len(str(body.get("biz_opaque_callback_data", "")).encode()) > 512:
        raise bad("biz_opaque_callback_data is longer than 512")


def check_content(kind, content):
    if kind == "text" and not 0 < len(content.get("body", "")) <= 4096:
        raise bad("Param text['body'] must be at most 4096 characters long.")
    if kind in ("image", "video", "audio", "document", "sticker"):
        if bool(content.get("id")) == bool(content.get("link")):
            raise bad(f"{kind} needs one of id and link", 131008)
        if "caption" in content and kind not in CAPTIONED:
            raise bad(f"Unexpected key caption on param {kind}")
        if len(content.get("caption", "")) > 1024:
            raise bad("caption is longer than 1024")
    if kind == "template" and not (
            content.get("name")
            and isinstance(content.get("language"), dict)):
        raise bad("template needs name and language.code", 131008)
    if kind == "template":
        for c in content.get("components", []):
            for q in c.get("parameters", []):
                if q.get("type") in FILES[1:]:
                    check_header(q, FILES)
    if kind == "reaction" and not ("emoji" in content
                                   and content.get("message_id")):
        raise bad("reaction needs message_id and emoji", 131008)
    if kind == "interactive":
        check_interactive(content)


# What may stand around the action: header, footer, and is the body needed?
FILES = ("text", "image", "video", "document")
FRAMES = {
    "button": (FILES, True, True), "list": (FILES, True, True),
    "cta_url": (FILES, True, True), "flow": (FILES, True, True),
    "order_details": (FILES, True, True), "order_status": ((), True, True),
    "product": ((), True, False), "product_list": (("text",), True, True),
    "catalog_message": ((), True, True), "carousel": ((), False, True),
    "location_request_message": ((), False, True),
    "request_contact_info": ((), False, True),
    "call_permission_request": ((), False, False),
}
NAMES = {"cta_url": "cta_url", "flow": "flow",
         "catalog_message": "catalog_message",
         "location_request_message": "send_location",
         "request_contact_info": "request_contact_info",
         "call_permission_request": "call_permission_request",
         "order_details": "review_and_pay", "order_status": "review_order"}


def headers_of(part):
    """Of a template, and of its cards."""
    for c in part.get("components", []):
        if c["type"].upper() == "HEADER":
            yield c
        for card in c.get("cards", []):
            yield from headers_of(card)


def check_template(new, examples):
    """What Meta would refuse of a template at once."""
    if not re.fullmatch(r"[a-z0-9_]{1,512}", str(new.get("name"))):
        raise bad("name has small letters, digits and _")
    if new.get("category") not in ("MARKETING", "UTILITY", "AUTHENTICATION") \
            or not new.get("language"):
        raise bad("category and language are required")
    parts = {c["type"].upper(): c for c in new.get("components", [])}
    for header in headers_of(new):
        given = header.get("example", {})
        if header["format"].upper() in ("IMAGE", "VIDEO", "DOCUMENT") and (
                set(given) != {"header_handle"} or
                given["header_handle"][0] not in examples):
            raise Refused(400, 100, "Invalid parameter", user="The media "
                          "handle of the header is not valid.")
    if "BODY" not in parts:
        raise bad("components must have a BODY")
    text = parts["BODY"].get("text", "")
    places = set(re.findall(r"\{\{(\w+)\}\}", text))
    example = parts["BODY"].get("example", {})
    given = example.get("body_text_named_params") or \
        (example.get("body_text") or [[]])[0]
    if len(places) != len(given):
        raise Refused(400, 100, "Invalid parameter", user="Each variable of "
                      "the body needs an example.")
    if re.match(r"\s*\{\{|.*\}\}\s*$", text, re.S):
        raise Refused(400, 100, "Invalid parameter", user="Variables can't be "
                      "at the start or end of the template.")


def check_header(header, allowed):
    if header.get("type") not in allowed:
        raise bad(f"header of type {header.get('type')}", 131009)
    value = header.get(header["type"])
    if header["type"] == "text":
        if not isinstance(value, str) or not 0 < len(value) <= 60:
            raise bad("header.text has 1 to 60 characters", 131009)
    elif not isinstance(value, dict) or \
            bool(value.get("id")) == bool(value.get("link")) or \
            set(value) - {"id", "link", "filename"}:
        raise bad("a header's file has one of id and link", 131008)


def check_link(action):
    p = action.get("parameters") or {}
    if not str(p.get("url", "")).startswith(("https://", "http://")) \
            or not 0 < len(p.get("display_text", "")) <= 20:
        raise bad("cta_url needs display_text and url", 131009)


def check_cards(cards):
    if not 2 <= len(cards) <= 10 or \
            [c.get("card_index") for c in cards] != list(range(len(cards))) \
            or len({c["header"]["type"] for c in cards}) != 1:
        raise bad("2 to 10 cards, of one kind", 131009)
    for card in cards:
        check_header(card["header"], ("image", "video"))
        check_link(card["action"])
        if len((card.get("body") or {}).get("text", "")) > 160:
            raise bad("a card's body has at most 160 characters", 131009)


def check_order(kind, p):
    if not p.get("reference_id"):
        raise bad("reference_id is required", 131008)
    order = p.get("order")
    if kind == "order_status" and not (order or {}).get("status"):
        raise bad("order.status is required", 131008)
    if kind == "order_status" or order is None:
        return
    sums = {k: (order.get(k) or {"value": 0})["value"]
            for k in ("subtotal", "tax", "shipping", "discount")}
    if not order.get("items") or not p.get("currency") or sum(
            (i.get("sale_amount") or i["amount"])["value"] * i["quantity"]
            for i in order["items"]) != sums["subtotal"]:
        raise bad("order.items and subtotal", 131009)
    if (p.get("total_amount") or {}).get("value") != sums["subtotal"] + \
            sums["tax"] + sums["shipping"] - sums["discount"]:
        raise bad("total_amount", 131009)


def check_action(kind, action):
    p = action.get("parameters") or {}
    if kind in NAMES and action.get("name") != NAMES[kind]:
        raise bad(f"action.name of {kind}", 131009)
    if kind == "cta_url":
        check_link(action)
    if kind == "flow" and (p.get("flow_message_version") != "3"
                           or bool(p.get("flow_id")) == bool(p.get("flow_name"))
                           or not 0 < len(p.get("flow_cta", "")) <= 30):
        raise bad("flow needs version, id or name, and cta", 131009)
    if kind == "product" and not (action.get("catalog_id")
                                  and action.get("product_retailer_id")):
        raise bad("product needs catalog_id and product_retailer_id", 131009)
    if kind == "product_list":
        items = [i for s in action["sections"] for i in s["product_items"]]
        if not action.get("catalog_id") or not 1 <= len(items) <= 30:
            raise bad("1 to 30 products of a catalogue", 131009)
    if kind == "carousel":
        check_cards(action.get("cards") or [])
    if kind.startswith("order_"):
        check_order(kind, p)


def check_interactive(content):
    action, kind = content.get("action") or {}, content.get("type")
    if kind not in FRAMES:
        raise bad(f"Unsupported interactive type {kind}", 131009)
    headers, footer, body = FRAMES[kind]
    if "header" in content:
        check_header(content["header"], headers)
    elif kind == "product_list":
        raise bad("product_list needs a header", 131008)
    if "footer" in content and not footer:
        raise bad(f"{kind} has no footer", 131009)
    if body and not (content.get("body") or {}).get("text"):
        raise bad("interactive.body is required", 131008)
    if len((content.get("body") or {}).get("text", "")) > 1024:
        raise bad("interactive.body.text is longer than 1024")
    if kind == "button":
        titles = [b["reply"]["title"] for b in action.get("buttons", [])]
        if not 1 <= len(titles) <= 3 or max(map(len, titles)) > 20 \
                or len(set(titles)) != len(titles):
            raise bad("1 to 3 buttons with different titles of at most 20")
    if kind == "list":
        rows = [r for s in action.get("sections", []) for r in s["rows"]]
        if not 1 <= len(rows) <= 10:
            raise bad("a list has 1 to 10 rows")
    check_action(kind, action)


def read_form(type_, body):
    """The parts of multipart/form-data by their names (RFC 7578)."""
    head = email.message_from_string(f"Content-Type: {type_}\n\n")
    boundary = head.get_boundary()
    if head.get_content_type() != "multipart/form-data" or not boundary:
        raise bad("not multipart/form-data")
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode())
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise bad("the form does not end")
    parts = {}
    for piece in pieces[1:-1]:
        fields, _, content = piece.partition(b"\r\n\r\n")
        part = email.message_from_bytes(fields.lstrip() + b"\r\n\r\n")
        name = part.get_param("name", header="Content-Disposition")
        parts[name] = Record(head=part, content=content)
    return parts


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 600

    def log_message(self, *args):
        pass

    def setup(self):
        super().setup()
        self.server.side.opened(self.connection)

    def handle(self):
        try:
            super().handle()
        except OSError:         # the other side has gone
            pass

    def finish(self):
        try:
            super().finish()
        except OSError:
            pass
        self.server.side.closed(self.connection)

    def do_GET(self):
        self.server.side.serve(self)

    do_POST = do_DELETE = do_PUT = do_GET

    def read_body(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > BODY_MAX:
            raise Refused(413, 100, "Payload Too Large", shape="html")
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            raise Refused(411, 100, "Length Required", shape="html")
        return self.rfile.read(length)

    def reply(self, status, body, type_="application/json", length=None,
              headers=()):
        self.send_response(status)
        self.send_header("Content-Type", type_)
        self.send_header("Content-Length",
                         str(len(body) if length is None else length))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def cut(self):
        """Nothing more on this connection."""
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


GROUP_CALLS = {("POST", ""), ("DELETE", ""), ("DELETE", "participants"),
               ("POST", "invite_link"), ("GET", "join_requests"),
               ("POST", "join_requests"), ("DELETE", "join_requests")}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class D360:
    def __init__(self, key="test-key-of-the-imitation", number=NUMBER,
                 port=0):
        self.key = key
        self.numbers = {key: number}        # key → phone_number_id
        self.templates, self.template_page = [], 25     # of the account
        self.blocked, self.unblockable = [], {}
        self.blocked_page = 25
        self.groups, self._groups_asked, self._group_at = {}, [], 0
        self.unanswerable, self.asking_page = set(), 25     # of one to join
        self.stopped = set()                # digits: they want no marketing
        self.template_status = "PENDING"                # of a new one
        self._sessions, self.examples = {}, {}          # files for it
        self.health = {                     # of each number: what may be asked
            "health_status": {"can_send_message": "AVAILABLE", "entities": [
                {"entity_type": "PHONE_NUMBER", "id": number,
                 "can_send_message": "AVAILABLE"}]},
            "quality_rating": "GREEN", "verified_name": "Jaspers Market",
            "name_status": "APPROVED", "status": "CONNECTED",
            "throughput": {"level": "STANDARD"},
            "messaging_limit_tier": "TIER_1K"}
        self.node = None
        self.webhooks = {}                  # key → {"url", "headers"}
        self.app_secret = None              # of the app: proofs by it, or none
        self.sent, self.reads, self.requests = [], [], []
        self.media, self.uploads = {}, []
        self.connections = 0
        self.auto, self.auto_early, self.auto_pause = [], False, 0
        self.url_life = 300
        self.rate = None
        self._urls = {}                     # hash → (media id, until)
        self._errors, self._blocked = {}, {}
        self._faults, self._holds = [], []
        self._open = set()
        self._changed = threading.Condition()
        self._outgoing = queue.Queue()
        self._server = Server(("127.0.0.1", port), Handler)
        self._server.side = self
        self.url = "http://127.0.0.1:%d" % self._server.server_address[1]

    # ------------------------------------------------------------ life

    def start(self):
        for work in (lambda: self._server.serve_forever(0.05), self._post):
            threading.Thread(target=work, daemon=True).start()
        return self

    def serve_here(self):
        """In this thread, until the process is ended."""
        threading.Thread(target=self._post, daemon=True).start()
        self._server.serve_forever(0.5)

    def stop(self):
        self.clear()
        self._outgoing.put(None)
        self._server.shutdown()
        self._server.server_close()
        self.close_connections()

    __enter__ = start

    def __exit__(self, *_):
        self.stop()

    @property
    def env(self):
        return {"WHATSAPP_API_URL": self.url, "WHATSAPP_360_API_KEY": self.key,
                "WHATSAPP_PHONE_NUMBER_ID": self.numbers[self.key]}

    @property
    def cloud_env(self):
        """Further settings of a node whose number talks to Meta itself."""
        return {"WHATSAPP_CLOUD_URL": self.url, "WHATSAPP_API_URL":
                "http://127.0.0.1:9", "WHATSAPP_360_API_KEY": ""}

    def use_cloud(self, node):
        number = self.numbers[self.key]
        node.write_key(number, self.key)
        node.cli("number", "add", number, "--provider", "cloud")
        return self.attach(node)

    def attach(self, node):
        """Statuses go to that node from now on."""
        self.node = node
        node.provider = self
        return node

    def add_number(self, number, key=None):
        key = key or f"key-of-{number}"
        self.numbers[key] = number
        return key

    def opened(self, connection):
        with self._changed:
            self.connections += 1
            self._open.add(connection)

    def closed(self, connection):
        with self._changed:
            self._open.discard(connection)

    def close_connections(self):
        """As a provider that restarts: all kept connections end."""
        with self._changed:
            connections = list(self._open)
        for c in connections:
            try:
                c.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    # ------------------------------------------------------- what came

    def _note(self, records, record):
        with self._changed:
            records.append(record)
            self._changed.notify_all()
        return record

    def wait(self, records, n, seconds=PATIENCE):
        """RECORDS (d360.sent, .reads, …), once there are N."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(records) >= n, seconds), \
                f"{len(records)} of {n} in {seconds} s: {records}"
            return list(records)

    def wait_sent(self, n=1, seconds=PATIENCE):
        return self.wait(self.sent, n, seconds)

    def wait_reads(self, n=1, seconds=PATIENCE):
        return self.wait(self.reads, n, seconds)

    # ---------------------------------------------------------- faults

    def _fault(self, kind, n, seconds, where, to, key, **how):
        fault = Fault(kind, n, seconds, where, to, key, **how)
        with self._changed:
            self._faults.append(fault)
        return fault

    def fail(self, n=1, status=500, code=131000,
             message="Something went wrong", shape="graph", where="messages",
             to=None, key=None, seconds=None, details=None, retry_after=None):
        how = dict(status=status, code=code, message=message, shape=shape,
                   details=details, retry_after=retry_after)
        return self._fault("fail", n, seconds, where, to, key, error=how)

    def delay(self, wait, when="before", n=1, where="messages", to=None,
              key=None, seconds=None):
        return self._fault("delay", n, seconds, where, to, key, wait=wait,
                           when=when)

    def drop(self, n=1, when="before", where="messages", to=None, key=None,
             seconds=None):
        return self._fault("drop", n, seconds, where, to, key, when=when)

    def twist(self, how, n=1, where="messages", to=None, key=None,
              seconds=None):
        return self._fault("twist", n, seconds, where, to, key, twist=how)

    def hold(self, n=1, when="after", where="messages", to=None, key=None):
        hold = Hold()
        self._holds.append(hold)
        self._fault("hold", n, None, where, to, key, hold=hold, when=when)
        return hold

    def clear(self):
        with self._changed:
            self._faults.clear()
        for hold in self._holds:
            hold.release()

    def _take(self, request, kind, **how):
        """The first fault that this request meets, used up by one."""
        with self._changed:
            self._faults = [f for f in self._faults if not f.over()]
            for f in self._faults:
                if f.kind == kind and f.fits(request) and \
                        all(f.how.get(k) == v for k, v in how.items()):
                    f.n -= 1
                    return f
        return None

    def _wait(self, request, when):
        delay = self._take(request, "delay", when=when)
        if delay:
            time.sleep(delay.how["wait"])
        hold = self._take(request, "hold", when=when)
        if hold:
            hold.how["hold"].enter()

    # --------------------------------------------------------- serving

    def _open_cloud(self, r, path):
        """Takes off the path what 360dialog's has not, and signs it in."""
        part = CLOUD.fullmatch(path)
        by, _, token = (r.headers.get("Authorization") or "").partition(" ")
        oauth = path.rpartition("/")[2].startswith("upload:")
        token = token if by == ("OAuth" if oauth else "Bearer") else ""
        r.cloud = bool(part) or (path == ATTACHMENTS and bool(token))
        if not r.cloud:
            return self._own_group(path)
        r.key = token
        if not part:
            return path
        number = self.numbers.get(token)
        first, _, rest = part[1][1:].partition("/")
        if first in self.groups:
            return part[1]
        if rest == "uploads":
            r.wrong_number = first != "app"
        elif rest:
            r.wrong_number = first not in (number, WABA) and number is not None
        if rest:
            return "/" + rest
        if first not in self.numbers.values():
            return part[1]
        asked = urllib.parse.parse_qs(
            urllib.parse.urlsplit(r.path).query).get("fields", [""])
        return HEALTH if "quality_rating" in asked[0] else WEBHOOK_CONFIG

    def _own_group(self, path):
        """Of one group, as Meta has it: 360dialog's is behind /groups."""
        if path.startswith("/groups/"):
            return path[len("/groups"):]
        return "/none" if path[1:].partition("/")[0] in self.groups else path

    def _check_cloud(self, r):
        if getattr(r, "wrong_number", False):
            raise Refused(400, 100, "Unsupported post request. Object with "
                          "that ID does not exist")
        if self.app_secret is None or r.where == "download":
            return
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(r.path).query)
        proof = hmac.new(self.app_secret.encode(), r.key.encode(),
                         hashlib.sha256).hexdigest()
        if query.get("appsecret_proof") != [proof]:
            raise Refused(400, 100, "Invalid appsecret_proof provided in the "
                          "API argument")

    def _where(self, method, path):
        first, _, rest = path[1:].partition("/")
        if path == "/uploads":
            return "example_begin" if method == "POST" else None
        if first.startswith("upload:"):
            return "example_file" if method == "POST" else None
        if path == "/groups":
            return "group" if method == "POST" else None
        if first in self.groups:
            return "group" if (method, rest) in GROUP_CALLS else None
        if path == "/block_users":
            return {"GET": "blocked", "POST": "block",
                    "DELETE": "block"}.get(method)
        if path == "/message_templates":
            return {"GET": "templates", "POST": "template_new",
                    "DELETE": "template_gone"}.get(method)
        if path == TEMPLATE_CONFIG:
            return "template_new" if method == "POST" else None
        if path.startswith(TEMPLATE_CONFIG + "/"):
            return "template_gone" if method == "DELETE" else None
        if path == "/messages":
            return "messages" if method == "POST" else None
        if path == "/media":
            return "upload" if method == "POST" else None
        if path == HEALTH:
            return "health" if method == "GET" else None
        if path == WEBHOOK_CONFIG:
            return "webhook" if method in ("GET", "POST") else None
        if path == ATTACHMENTS:
            return "download" if method == "GET" else None
        if path.count("/") == 1 and len(path) > 1:
            return {"GET": "media_url", "DELETE": "delete"}.get(method)
        return None

    def serve(self, handler):
        path = urllib.parse.urlsplit(handler.path).path
        r = Record(method=handler.command, path=handler.path,
                   key=handler.headers.get("D360-API-KEY"), to=None,
                   headers=dict(handler.headers), body=None, status=None)
        path = self._open_cloud(r, path)
        r.where, r.rest = self._where(handler.command, path), path
        # A read request looks like a message until its body is read.
        if r.where != "messages" and self._take(r, "drop", when="before"):
            self._note(self.requests, r)
            return handler.cut()
        try:
            self._read(handler, r)
            if self._take(r, "drop", when="before"):
                return handler.cut()
            self._wait(r, "before")
            body, type_ = self._dispatch(r)
        except Refused as e:
            return self._refuse(handler, r, e)
        self._wait(r, "after")
        try:
            self._answer(handler, r, body, type_)
        finally:
            self._announce(r, early=False)

    def _read(self, handler, r):
        raw = handler.read_body()
        r.body = raw
        if r.where == "messages":
            try:
                r.body = json.loads(raw)
            except ValueError:
                self._note(self.requests, r)
                raise bad("The body is not JSON") from None
            if isinstance(r.body, dict):
                r.to = r.body.get("to") or r.body.get("recipient")
                if r.body.get("status") == "read":
                    r.where = "read"
        self._note(self.requests, r)

    def _dispatch(self, r):
        if r.where is None:
            raise Refused(404, 0, "Not Found", shape="text")
        fault = self._take(r, "fail")
        if fault:
            raise Refused(**fault.how["error"])
        if r.key not in self.numbers:
            raise Refused(401, 190, "Invalid OAuth access token") if r.cloud \
                else Refused(401, 190, "Invalid API key", shape="meta")
        if r.cloud:
            self._check_cloud(r)
        r.number = self.numbers[r.key]
        return getattr(self, "_do_" + r.where)(r)

    def _refuse(self, handler, r, error):
        if r.where == "media_url":
            self._count_error(r.key)
        body, type_ = error.body()
        r.status = error.status
        more = [] if error.retry_after is None else \
            [("Retry-After", str(error.retry_after))]
        handler.reply(error.status, body, type_, headers=more)

    def _answer(self, handler, r, body, type_):
        if self._take(r, "drop", when="after"):
            return handler.cut()
        if self._take(r, "drop", when="middle"):
            handler.reply(200, body[:len(body) // 2], type_, len(body))
            return handler.cut()
        twist = self._take(r, "twist")
        r.status = 200
        if twist is None:
            return handler.reply(200, body, type_)
        how = twist.how["twist"]
        if how in ("long", "short"):
            length = len(body) + (100 if how == "long" else -10)
            handler.reply(200, body, type_, length)
            return handler.cut()
        return handler.reply(200, *{
            "empty": (b'{"messaging_product":"whatsapp","contacts":[],'
                      b'"messages":[]}', type_),
            "nulls": (b'{"messaging_product":"whatsapp","contacts":[null],'
                      b'"messages":[null]}', type_),
            "other": (b'{"meta":{"api_status":"stable"}}', type_),
            "no_json": (b'{"messages":[{"id":"wamid.', type_),
            "no_body": (b"", type_),
            "html": (b"<html><body>OK</body></html>", "text/html"),
        }[how])

    # ------------------------------------------------------- messages

    def _do_messages(self, r):
        check_message(r.body)
        self._check_rate(r)
        self._check_marketing(r)
        r.wamid = "wamid.HBgTEST%d" % next(_serial)
        self._note(self.sent, Record(
            body=r.body, to=r.to, type=r.body.get("type", "text"), key=r.key,
            number=r.number, wamid=r.wamid,
            callback=r.body.get("biz_opaque_callback_data")))
        self._announce(r, early=True)
        known = {"input": r.to}
        if r.body.get("to"):
            known["wa_id"] = r.to.lstrip("+")
        else:
            known["user_id"] = r.to
        message = {"id": r.wamid}
        if r.body.get("type") == "template":
            message["message_status"] = "accepted"
        return self._json({"messaging_product": "whatsapp",
                           "contacts": [known], "messages": [message]})

    def _check_marketing(self, r):
        said = r.body.get("template", {})
        if r.to.lstrip("+") in self.stopped and any(
                t["category"] == "MARKETING" and t["name"] == said["name"] and
                t["language"] == said["language"]["code"]
                for t in self.templates if said):
            raise Refused(400, 131050, FAILED[131050])

    def wants_marketing(self, phone, value, ts=None, **more):
        """The customer taps on it: VALUE is stop, resume or signup."""
        wa_id = phone.lstrip("+")
        (self.stopped.add if value == "stop" else self.stopped.discard)(wa_id)
        return self.node.deliver({
            "object": "whatsapp_business_account", "entry": [{
                "id": WABA, "changes": [{
                    "field": "user_preferences", "value": {
                        "messaging_product": "whatsapp",
                        "metadata": {"display_phone_number": "15550783881",
                                     "phone_number_id": NUMBER},
                        "user_preferences": [{
                            "wa_id": wa_id, "value": value,
                            "category": "marketing_messages",
                            "detail": f"User chose to {value}",
                            "timestamp": ts or int(time.time()),
                            **more}]}}]}]})

    def _check_rate(self, r):
        if self.rate is None:
            return
        since = time.monotonic() - 1
        if sum(m.at > since and m.key == r.key
               for m in self.sent[-self.rate:]) >= self.rate:
            raise Refused(429, 130429, "Rate limit hit",
                          "Cloud API message throughput has been reached.")

    def _do_read(self, r):
        check_message(r.body)
        self._note(self.reads, Record(
            body=r.body, wamid=r.body["message_id"], key=r.key,
            number=r.number, typing="typing_indicator" in r.body))
        return self._json({"success": True})

    @staticmethod
    def _json(value):
        # Slashes escaped, as the provider's PHP does.
        return json.dumps(value).replace("/", "\\/").encode(), \
            "application/json"

    # ---------------------------------------------------------- media

    def add_media(self, content, mime_type="image/jpeg", id=None, **more):
        id = id or str(26 * 10**14 + next(_serial))
        self.media[id] = Media(id=id, content=content, mime_type=mime_type,
                               **more)
        return self.media[id]

    def expire_urls(self):
        self._urls.clear()

    def _count_error(self, key):
        now = time.monotonic()
        errors = [t for t in self._errors.get(key, []) if t > now - 3600]
        self._errors[key] = errors + [now]
        if len(self._errors[key]) >= 20:
            self._blocked[key] = now + 1800

    def media_errors(self, key=None):
        return len(self._errors.get(key or self.key, []))

    def media_blocked(self, key=None):
        return self._blocked.get(key or self.key, 0) > time.monotonic()

    def _find(self, id):
        media = self.media.get(id)
        if media is None or media.gone:
            raise Refused(404, 100, f"Object with ID '{id}' does not exist, "
                          "cannot be loaded due to missing permissions")
        return media

    def _do_upload(self, r):
        parts = read_form(r.headers.get("Content-Type", ""), r.body)
        if "file" not in parts:
            raise bad("The parameter file is required.")
        values = {name: part.content for name, part in parts.items()}
        if values.get("messaging_product") != b"whatsapp":
            raise bad("The parameter messaging_product is required.")
        type_ = values.get("type", b"").decode() or \
            parts["file"].head.get_content_type()
        media = self.add_media(values["file"], type_, key=r.key,
                               file_name=parts["file"].head.get_filename())
        self._note(self.uploads, media)
        return self._json({"id": media.id})

    def _do_media_url(self, r):
        if self.media_blocked(r.key):
            raise Refused(429, 80007, "Too many errors: blocked for 30 minutes",
                          shape="meta")
        media = self._find(r.rest[1:])
        hash_ = "ARm%d" % next(_serial)
        self._urls[hash_] = media.id, time.monotonic() + self.url_life
        size = len(media.content) + (1 if media.wrong_size else 0)
        # Meta's own host, but here nobody may ask there.
        url = (f"{self.url if r.cloud else LOOKASIDE}{ATTACHMENTS}"
               f"?mid={media.id}"
               f"&ext={int(time.time() + self.url_life)}&hash={hash_}")
        return self._json({
            "messaging_product": "whatsapp", "url": url, "id": media.id,
            "mime_type": media.mime_type,
            "sha256": "0" * 64 if media.wrong_sha256 else media.sha256,
            "file_size": str(size) if media.size_as_text else size})

    def _do_download(self, r):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(r.path).query)
        mid, hash_ = (query.get(k, [""])[0] for k in ("mid", "hash"))
        known, until = self._urls.get(hash_, (None, 0))
        if known != mid or until < time.monotonic():
            raise Refused(404, 0, "URL signature expired", shape="text")
        media = self._find(mid)
        return media.content, media.mime_type

    def _do_delete(self, r):
        del self.media[self._find(r.rest[1:]).id]
        return self._json({"success": True})

    # ------------------------------------------------------- webhooks

    def _do_blocked(self, r):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(r.path).query)
        start = int(query.get("after", ["0"])[0])
        end = start + self.blocked_page
        data = [{"messaging_product": "whatsapp", "wa_id": who[1:]}
                if who[0] == "+" else
                {"messaging_product": "whatsapp", "user_id": who,
                 "parent_user_id": who[:3] + "ENT.1"}
                for who in self.blocked[start:end]]
        body = {"data": data, "paging": {"cursors": {"after": str(end)}}}
        if end < len(self.blocked):
            body["paging"]["next"] = self.url + "/block_users"
        return self._json(body)

    def _do_block(self, r):
        try:
            body = json.loads(r.body)
            (one,) = body["block_users"]
            assert body["messaging_product"] == "whatsapp"
            ((key, who),) = one.items()
            assert key in ("user", "user_id") and who
        except (ValueError, KeyError, TypeError, AssertionError,
                AttributeError):
            raise bad("block_users is required") from None
        if r.method == "POST" and who in self.unblockable:
            raise Refused(400, *self.unblockable[who], details=who,
                          shape="block")
        with self._changed:
            if r.method == "POST" and who not in self.blocked:
                self.blocked.append(who)
            elif r.method == "DELETE" and who in self.blocked:
                self.blocked.remove(who)
        return self._json({"messaging_product": "whatsapp", "block_users": {
            "added_users" if r.method == "POST" else "removed_users":
            self.block_answer(who)}})

    @staticmethod
    def block_answer(who):
        """Whom an answer names that blocked, or unblocked, WHO."""
        return [{"input": who, "wa_id": who[1:]} if who[0] == "+"
                else {"input": who, "user_id": who}]

    @staticmethod
    def group_answer(request_id):
        """What is answered to a creation: here what Meta does."""
        return {"messaging_product": "whatsapp", "request_id": request_id}

    @staticmethod
    def group_of(request_id):
        return "G" + request_id

    def _do_group(self, r):
        first, _, rest = r.rest[1:].partition("/")
        group = self.groups.get(first)
        if "multipart/form-data" in (r.headers.get("Content-Type") or ""):
            return self._do_group_picture(r, first, group)
        body = json.loads(r.body) if r.body else {}
        if r.body and body.get("messaging_product") != "whatsapp":
            raise bad("The parameter messaging_product is required.")
        if group is None:
            if not 0 < len(str(body.get("subject", "")).strip()) <= 128:
                raise bad("Invalid subject")
            body["request_id"] = "req%d" % next(_serial)
            r.made = body["subject"]
            self._groups_asked.append((r.key, body))
            return self._json(self.group_answer(body["request_id"]))
        if rest == "invite_link":
            group["link"] = group.get("link", 1) + 1
            return self._json({
                "messaging_product": "whatsapp", "invite_link":
                f"https://chat.whatsapp.com/{first}-{group['link']}"})
        if rest == "join_requests":
            return self._do_join_requests(r, first, group, body)
        if rest:
            who = [p["user"].lstrip("+") for p in body["participants"]]
            out = [w for w in who if w in group["participants"]]
            group["participants"] = [
                p for p in group["participants"] if p not in who]
            r.news = ("group_participants_update", {
                "type": "group_participants_remove", "group_id": first,
                "removed_participants": [{"input": w} for w in out]})
        elif r.method == "DELETE":
            del self.groups[first]
            r.news = ("group_lifecycle_update", {
                "type": "group_delete", "group_id": first})
        else:
            new = {k: body[k] for k in ("subject", "description")
                   if k in body}
            group.update(new)
            r.news = ("group_settings_update", {
                "type": "group_settings_update", "group_id": first, **{
                    "group_" + k: {"text": v, "update_successful": True}
                    for k, v in new.items()}})
        return self._json({"success": True})

    def _do_group_picture(self, r, first, group):
        form = read_form(r.headers["Content-Type"], r.body)
        if "file" not in form or \
                form["messaging_product"].content != b"whatsapp":
            raise bad("The parameter messaging_product is required.")
        group["picture"] = form["file"].content
        r.news = ("group_settings_update", {
            "type": "group_settings_update", "group_id": first,
            "profile_picture": {"mime_type": "image/jpeg",
                                "update_successful": True}})
        return self._json({"success": True})

    def _do_join_requests(self, r, first, group, body):
        """group["asking"]: by the request's id, who and since when."""
        asking = group.setdefault("asking", {})
        if r.method == "GET":
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(r.path).query)
            begin = int(query.get("after", ["0"])[0])
            page = list(asking.items())[begin:begin + self.asking_page]
            paging = {"cursors": {"after": str(begin + len(page))}}
            if begin + len(page) < len(asking):
                paging["next"] = "https://graph.facebook.com/next"
            return self._json({"data": [
                {"join_request_id": k, "wa_id": who, "creation_timestamp": at}
                for k, (who, at) in page], "paging": paging if page else {}})
        good = [k for k in body["join_requests"]
                if k in asking and k not in self.unanswerable]
        error = [{"code": 131203, "title": "Unable to add participant to group",
                  "message": "(#131203) Recipient has not accepted our new "
                  "Terms of Service and Privacy Policy.", "error_data": {
                      "details": "Recipient has not accepted our new Terms of "
                      "Service and Privacy Policy."}}]
        failed = [{"join_request_id": k, "errors": error}
                  for k in body["join_requests"] if k not in good]
        people = [asking.pop(k)[0] for k in good]
        if r.method == "POST" and people:
            group["participants"] += people
            r.news = ("group_participants_update", {
                "type": "group_participants_add", "group_id": first,
                "reason": "invite_link", "added_participants": [
                    {"input": p, "wa_id": p} for p in people]})
        return self._json({
            "messaging_product": "whatsapp",
            ("approved" if r.method == "POST" else "rejected")
            + "_join_requests": good,
            **({"failed_join_requests": failed, "errors": error}
               if failed else {})})

    def asks(self, group, who, key=None, **more):
        """WHO asks to join: the request's id."""
        id_ = base64.b64encode(f"{who}:{group}".encode()).decode()
        self._group_at = max(int(time.time()), self._group_at)
        self.groups[group].setdefault("asking", {})[id_] = (
            who, self._group_at + 1)
        self._tell_group(key or next(iter(self.numbers)),
                         "group_participants_update", group_id=group,
                         type="group_join_request_created", reason="invite_link",
                         join_request_id=id_, wa_id=who, **more)
        return id_

    def asks_no_more(self, group, who, key=None):
        id_ = base64.b64encode(f"{who}:{group}".encode()).decode()
        self.groups[group]["asking"].pop(id_, None)
        self._tell_group(key or next(iter(self.numbers)),
                         "group_participants_update", group_id=group,
                         type="group_join_request_revoked", reason="user",
                         join_request_id=id_, wa_id=who)

    def _tell_group(self, key, field, **group):
        # The newest by its second counts.
        self._group_at = max(int(time.time()), self._group_at + 1)
        body = {"object": "whatsapp_business_account", "entry": [
            {"id": WABA, "changes": [{"field": field, "value": {
                "messaging_product": "whatsapp",
                "metadata": {"display_phone_number": "15550783881",
                             "phone_number_id": self.numbers[key]},
                "groups": [{"timestamp": str(self._group_at), **group}]}}]}]}
        self._deliver(key, json.dumps(body).encode())

    def _take_group(self, subject):
        asked = next(g for g in self._groups_asked
                     if g[1]["subject"] == subject)
        self._groups_asked.remove(asked)
        return asked

    def tell_made(self, subject):
        """The group is there: its id, which the delivery has, too."""
        key, body = self._take_group(subject)
        id_ = self.group_of(body["request_id"])
        self.groups[id_] = {
            **{k: body.get(k) for k in ("subject", "description")},
            "join_approval_mode": body.get("join_approval_mode",
                                           "auto_approve"),
            "participants": []}
        self._tell_group(
            key, "group_lifecycle_update", type="group_create", group_id=id_,
            request_id=body["request_id"], subject=subject,
            invite_link="https://chat.whatsapp.com/" + id_,
            join_approval_mode=self.groups[id_]["join_approval_mode"])
        return id_

    def tell_not_made(self, subject, code=131000, title="Something went wrong"):
        key, body = self._take_group(subject)
        self._tell_group(
            key, "group_lifecycle_update", type="group_create",
            request_id=body["request_id"], subject=subject, errors=[
                {"code": code, "title": title, "message": title,
                 "error_data": {"details": title + "."}}])

    def _do_templates(self, r):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(r.path).query)
        begin = int(query.get("after", ["0"])[0])
        page = self.templates[begin:begin + self.template_page]
        paging = {"cursors": {"after": str(begin + len(page))}}
        if begin + len(page) < len(self.templates):
            paging["next"] = "https://graph.facebook.com/next"
        return self._json({"data": page, "paging": paging if page else {}})

    def _do_health(self, r):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(r.path).query)
        wanted = query.get("fields", ["health_status"])[0].split(",")
        unknown = [f for f in wanted if f not in self.health]
        if unknown:
            raise Refused(400, 100, "(#100) Tried accessing nonexistent field "
                          f"({unknown[0]})")
        return self._json({**{f: self.health[f] for f in wanted},
                           "id": r.number})

    def _do_template_new(self, r):
        # 360dialog takes it under its own address only, Meta under its own.
        if r.cloud != (r.rest == "/message_templates"):
            raise Refused(404, 0, "Not Found", shape="text")
        try:
            new = json.loads(r.body)
        except ValueError:
            raise bad("The body is not JSON") from None
        check_template(new, self.examples)
        if any(t["name"] == new["name"] and t["language"] == new["language"]
               for t in self.templates):
            raise Refused(400, 100, "Invalid parameter", user="There is "
                          "already content in this language for this template.")
        made = {"id": str(10**15 + next(_serial)), "rejected_reason": "NONE",
                **{k: new[k] for k in ("name", "language", "category",
                                       "components")},
                "status": self.template_status}
        self.templates = [*self.templates, made]
        return self._json({k: made[k] for k in ("id", "status", "category")})

    def _do_example_begin(self, r):
        query = dict(urllib.parse.parse_qsl(
            urllib.parse.urlsplit(r.path).query))
        if query["file_type"] not in ("image/jpeg", "image/png", "video/mp4",
                                      "application/pdf"):
            raise bad("file_type is not supported")
        id = f"upload:MTphdHRh{next(_serial)}==?sig=ARZq"
        self._sessions[id] = query
        return self._json({"id": id})

    def _do_example_file(self, r):
        id = r.path[r.path.index("upload:"):].partition("&")[0]
        wanted = self._sessions.get(id)
        if wanted is None or r.headers.get("file_offset") != "0":
            raise bad("There is no such upload session")
        if len(r.body) != int(wanted["file_length"]):
            raise bad("The file is not as long as the session says")
        handle = f"4:{next(_serial)}:ARb/+=="
        self.examples[handle] = Record(
            content=r.body, name=wanted["file_name"],
            mime_type=wanted["file_type"])
        return self._json({"h": handle})

    def _do_template_gone(self, r):
        if r.cloud != (r.rest == "/message_templates"):
            raise Refused(404, 0, "Not Found", shape="text")
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(r.path).query)
        name = query.get("name", [None])[0] if r.cloud else \
            urllib.parse.unquote(r.rest.rpartition("/")[2])
        left = [t for t in self.templates if t["name"] != name]
        if left == self.templates:
            raise Refused(400, 100, "Invalid parameter",
                          user="The message template was not found.")
        self.templates = left
        return self._json({"success": True})

    def judge(self, name, status, reason="NONE"):
        """The provider has looked at a template, in all its languages."""
        of = [t for t in self.templates if t["name"] == name]
        self.templates = [
            {**t, "status": status, "rejected_reason": reason}
            if t in of else t for t in self.templates]
        for t in of:
            self.node.deliver({
                "object": "whatsapp_business_account", "entry": [{
                    "id": WABA, "time": int(time.time()), "changes": [{
                        "field": "message_template_status_update", "value": {
                            "event": status,
                            "message_template_id": int(t["id"]),
                            "message_template_name": t["name"],
                            "message_template_language": t["language"],
                            "reason": reason}}]}]})

    def _verify(self, url, token):
        """Meta's question before it takes an address (§1)."""
        parts = urllib.parse.urlsplit(url)
        assert parts.hostname == "127.0.0.1", url
        c = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        try:
            c.request("GET", parts.path + "?" + urllib.parse.urlencode({
                "hub.mode": "subscribe", "hub.challenge": "1158201444",
                "hub.verify_token": token}))
            answer = c.getresponse()
            return answer.status == 200 and answer.read() == b"1158201444"
        except OSError:
            return False
        finally:
            c.close()

    def _do_cloud_webhook(self, r):
        if r.method == "GET":
            set_ = self.webhooks.get(r.key)
            return self._json({"id": r.number, "webhook_configuration":
                               {"phone_number": set_["url"]} if set_ else {}})
        try:
            said = json.loads(r.body)["webhook_configuration"]
            url, token = said["override_callback_uri"], said["verify_token"]
        except (ValueError, KeyError, TypeError):
            raise bad("webhook_configuration is required") from None
        if not self._verify(url, token):
            raise Refused(400, 2200, "Callback verification failed")
        self.webhooks[r.key] = {"url": url, "headers": {}}
        return self._json({"success": True})

    def _do_webhook(self, r):
        if r.cloud:
            return self._do_cloud_webhook(r)
        if r.method == "GET":
            if r.key not in self.webhooks:
                raise Refused(404, 100, "No webhook", shape="meta")
            return self._json({"url": self.webhooks[r.key]["url"]})
        try:
            body = json.loads(r.body)
            url, headers = body["url"], body.get("headers") or {}
        except (ValueError, KeyError, TypeError, AttributeError):
            raise bad("url is required") from None
        if not str(url).startswith(("https://", "http://")):
            raise bad("url is no URL")
        self.webhooks[r.key] = {"url": url, "headers": headers}
        return self._json({"url": url, "headers": headers})

    def _announce(self, r, early):
        if not early and getattr(r, "made", None) and self.auto:
            self._outgoing.put((self.tell_made, r.made))
        if not early and getattr(r, "news", None):
            self._outgoing.put((lambda news: self._tell_group(
                r.key, news[0], **news[1]), r.news))
        if self.auto_early == early and getattr(r, "wamid", None):
            for status in self.auto:
                self._outgoing.put((r.wamid, status))

    def _post(self):
        for wamid, status in iter(self._outgoing.get, None):
            time.sleep(self.auto_pause)
            try:
                if callable(wamid):
                    wamid(status)
                else:
                    self.status(wamid, status)
            except (OSError, AssertionError, http.client.HTTPException) as e:
                print(f"d360: status {status} of {wamid}: {e!r}", flush=True)

    def _message(self, wamid):
        return next(m for m in self.sent if m.wamid == wamid)

    def status_body(self, wamid, status, code=None, callback=True,
                    recipient_id=None, ts=None, **more):
        """The delivery that status() posts."""
        m = self._message(wamid)
        by_phone = bool(m.body.get("to"))
        one = {"id": wamid, "status": status,
               "timestamp": str(int(time.time()) if ts is None else ts),
               "recipient_id": m.to.lstrip("+") if by_phone else ""}
        if not by_phone:
            one["recipient_user_id"] = m.to
        if recipient_id is not None:
            one["recipient_id"] = recipient_id
        if callback and m.callback is not None:
            one["biz_opaque_callback_data"] = m.callback
        if status == "failed":
            code = code or 131026
            title = FAILED.get(code, "Message failed")
            one["errors"] = [{"code": code, "title": title, "message": title,
                              "error_data": {"details": title + "."}}]
        one.update(more)
        value = {"messaging_product": "whatsapp",
                 "metadata": {"display_phone_number": "15550783881",
                              "phone_number_id": m.number},
                 "statuses": [one]}
        if status != "failed" and by_phone:
            value["contacts"] = [{"wa_id": m.to.lstrip("+")}]
        return {"object": "whatsapp_business_account", "entry": [
            {"id": "102290129340398",
             "changes": [{"field": "messages", "value": value}]}]}

    def webhook(self, key, body):
        """Where BODY, about that key's number, is posted, with which headers."""
        hook = self.webhooks.get(key)
        if hook:
            return hook["url"], hook["headers"]
        return self.node.webhook_url, {
            "Authorization": "Bearer " + self.node.webhook_token}

    def status(self, wamid, status, **more):
        """Posts a status of one of our messages; the node must say 200."""
        self._deliver(self._message(wamid).key, json.dumps(
            self.status_body(wamid, status, **more)).encode())

    def _deliver(self, key, body):
        url, headers = self.webhook(key, body)
        parts = urllib.parse.urlsplit(url)
        assert parts.hostname == "127.0.0.1", url
        c = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        try:
            c.request("POST", parts.path, body,
                      {"Content-Type": "application/json", **headers})
            answer = c.getresponse()
            assert answer.status == 200, (answer.status, answer.read())
        finally:
            c.close()
