"""People sign in: passwords, sessions, invitations, second factors."""

import base64
import concurrent.futures
import hashlib
import hmac
import http.client
import itertools
import json
import pathlib
import re
import resource
import socket
import struct
import time

import pytest

from office import Workspace
from rig import ROOT, wait_for
from test_openapi import SPEC, answer_schema, check

PASSWORD = "a password of mine"
_serial = itertools.count(1)


def email():
    return f"person{next(_serial)}-{time.monotonic_ns()}@example.com"


class Browser:
    """What a browser keeps, and says of where it is."""

    def __init__(self, node, address="203.0.113.1"):
        self.node, self.cookie, self.address = node, None, address

    def ask(self, method, path, body=None, site="same-origin", **headers):
        head = {k.replace("_", "-"): v for k, v in headers.items()}
        if site:
            head["Sec-Fetch-Site"] = site
        if self.cookie:
            head["Cookie"] = f"other=1; waspool={self.cookie}"
        answer = self.node.api(method, path, body, token="", headers=head)
        said = answer.headers.get("Set-Cookie")
        if said:
            self.said = said
            self.cookie = re.match(r"waspool=([^;]*)", said)[1] or None
        # What is answered is what is written down.
        item = SPEC["paths"].get(path, {}).get(method.lower())
        if item and "session" in item["tags"]:
            type_, schema = answer_schema(method, path, answer.status)
            assert answer.headers.get("Content-Type") == type_
            if schema:
                check(schema, answer.json, path)
        return answer

    def sign_in(self, who, password=PASSWORD, **more):
        return self.ask("POST", "/session",
                        {"email": who, "password": password, **more})

    def accept(self, link, password=PASSWORD, **more):
        return self.ask("POST", "/session/invitation", {
            "invitation": link.split("#invitation=")[1],
            "password": password, **more})

    def me(self):
        return self.ask("GET", "/me")


@pytest.fixture(scope="module")
def office(node):
    return Workspace(node, "People")


@pytest.fixture
def browser(node):
    return Browser(node)


def person(office, role="agent", password=PASSWORD):
    """A member with a password, by the operator's link: the address."""
    who = email()
    office.member(who, "Ann", role)
    browser = Browser(office.node)
    answer = browser.accept(invite(office.node, who), password)
    assert answer.status == 200, answer
    return who


def invite(node, who):
    return node.cli("--json", "user", "invite", who)["link"]


def code(secret, at=None):
    """As an authenticator app makes it (RFC 6238)."""
    step = int((time.time() if at is None else at) // 30)
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", step),
                   hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 10**6:06}"


def pages(pid):
    """Of its address space."""
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[0])


def kind(answer):
    return answer.json["type"].rsplit("/", 1)[1]


# ------------------------------------------------------------- signing in

def test_a_person_signs_in_and_out(office, browser):
    who = person(office)
    answer = browser.sign_in(who.upper())
    assert answer.status == 200, answer
    assert re.fullmatch(r"waspool=ws_[\w-]{43}; Path=/; HttpOnly; "
                        r"SameSite=Lax; Max-Age=\d+", browser.said)
    assert answer.json["user"]["email"] == who
    assert answer.json["workspace"]["id"] == office.id
    assert [w["role"] for w in answer.json["workspaces"]] == ["agent"]
    assert browser.me().json["user"]["email"] == who
    assert browser.ask("GET", "/session").json == answer.json
    assert browser.ask("GET", "/changes").status == 200
    cookie = browser.cookie
    assert browser.ask("DELETE", "/session").status == 204
    assert browser.cookie is None and browser.me().status == 401
    browser.cookie = cookie
    assert browser.me().status == 401
    assert browser.ask("GET", "/changes").status == 401
    assert browser.ask("GET", "/session").status == 401
    assert browser.ask("DELETE", "/session").status == 204


def test_neither_password_nor_cookie_is_kept(office, browser):
    who = person(office, password="pelicans eat fish")
    assert browser.sign_in(who, "pelicans eat fish").status == 200
    (hash_,), = office.node.db(
        "SELECT p.hash FROM passwords p JOIN users u ON u.id = p.user_id"
        " WHERE u.email = ?", who)
    assert hash_.startswith("$y$")
    for path in [*(office.node.dir / "state").rglob("*"),
                 *(office.node.dir / "log").glob("*")]:
        if path.is_file():
            try:
                data = path.read_bytes()
            except FileNotFoundError:   # it has just gone
                continue
            assert b"pelicans" not in data, path
            assert browser.cookie.encode() not in data, path


def test_a_wrong_one_says_the_same_whoever_it_is(office, browser):
    who, without = person(office), email()
    office.member(without, "Bob")
    answers = [browser.sign_in(w, p) for w, p in [
        (who, "another password"), (email(), PASSWORD), (without, PASSWORD),
        (who, PASSWORD + " "), (who, PASSWORD.upper())]]
    assert {a.status for a in answers} == {401}
    assert len({a.body for a in answers}) == 1
    assert all("Set-Cookie" not in a.headers for a in answers)


def test_accounts_that_are_not_there_take_as_long(office, browser):
    """Each hashes once; in between the machine may do what it likes, and the
    least is what it takes when the machine does nothing else."""
    there, not_there = [], []

    def once(address):
        began = time.monotonic()
        assert browser.sign_in(address, "wrong wrong wrong").status == 401
        return time.monotonic() - began

    def alike():
        who = person(office)
        for _ in range(5):
            there.append(once(who))
            not_there.append(once(email()))
        return 0.4 < min(there) / min(not_there) < 2.5
    wait_for(alike)


@pytest.mark.parametrize("exists", [True, False])
def test_wrong_ones_slow_an_account_down(office, browser, exists):
    """Also one that is not there, and also the right password then."""
    who = person(office) if exists else email()
    began, statuses = time.monotonic(), []
    while 429 not in statuses and len(statuses) < 100:
        statuses.append(browser.sign_in(who, "wrong wrong wrong").status)
    # One more for each minute that they took.
    more = int((time.monotonic() - began) // 60)
    assert statuses[:10] == [401] * 10
    assert statuses[-1] == 429 and len(statuses) <= 11 + more
    answer = browser.sign_in(who)
    assert answer.status == 429 and kind(answer) == "too-many-tries"
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    # Nobody else is slowed down by it.
    assert browser.sign_in(person(office)).status == 200


def test_right_ones_slow_nobody_down(office, browser):
    who = person(office)
    assert {browser.sign_in(who).status for _ in range(15)} == {200}


def test_many_at_once_are_all_answered(office):
    who = person(office)
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(
            lambda _: Browser(office.node).sign_in(who), range(40)))
    statuses = [a.status for a in answers]
    assert set(statuses) <= {200, 429, 503} and 200 in statuses
    for a in answers:
        assert a.status == 200 or int(a.headers["Retry-After"]) > 0
    assert Browser(office.node).sign_in(who).status == 200


@pytest.mark.parametrize("body", [
    {}, {"email": "x@example.com"}, {"password": PASSWORD},
    {"email": 5, "password": PASSWORD}, {"email": "", "password": PASSWORD},
    {"email": "x@example.com", "password": None},
    {"email": "x@example.com", "password": ["a"]},
    {"email": "x@example.com", "password": "x" * 512},
    {"email": "x@example.com", "password": PASSWORD, "code": 123456},
    {"email": "x@example.com", "password": PASSWORD, "workspace_id": "1"},
    {"email": "x@example.com", "password": PASSWORD, "more": 1}])
def test_what_is_no_sign_in_is_told_why(browser, body):
    answer = browser.ask("POST", "/session", body)
    assert answer.status == 422 and answer.json["errors"]


def test_what_is_no_json_is_refused(browser):
    for body in ("", "{", "[]", "null", "\xff"):
        assert browser.ask("POST", "/session", body).status == 400
    assert browser.ask("POST", "/session", "{}",
                       Content_Type="text/plain").status == 415
    assert browser.ask("POST", "/session", "x" * 20000).status == 413
    assert browser.ask("POST", "/session/x", {}).status == 404
    assert browser.ask("GET", "/session", site="cross-site").status == 401


# -------------------------------------------------------- where it comes from

def test_another_site_changes_nothing_by_the_cookie(office, browser):
    assert browser.sign_in(person(office, "owner")).status == 200
    mine = {"phone": f"+4930{time.monotonic_ns() % 10**8:08}", "name": "x"}
    host = f"127.0.0.1:{office.node.port}"
    for site, origin, status in [
            ("cross-site", None, 403), ("same-site", None, 403),
            ("none", None, 403), (None, None, 403), (None, "null", 403),
            (None, "http://evil.example", 403),
            ("cross-site", f"http://{host}", 403),
            (None, f"http://{host}", 201)]:
        more = {"Origin": origin} if origin else {}
        answer = browser.ask("POST", "/contacts", mine, site=site, **more)
        assert answer.status == status, (site, origin, answer)
        if status == 403:
            for method, path, body in [
                    ("PUT", "/session/password", {}),
                    ("PATCH", "/session", {"workspace_id": 1}),
                    ("PUT", "/presence", {"conversation_id": 1,
                                          "state": "viewing"}),
                    ("DELETE", "/session", None),
                    ("POST", "/session/second-factor", {})]:
                assert browser.ask(method, path, body, site=site,
                                   **more).status == 403
    assert browser.ask("GET", "/me", site="cross-site").status == 200


def test_the_host_of_a_request_without_a_host(office, browser):
    """As HTTP/3 has it: nginx knows whom it asked, and has no header of it."""
    assert browser.sign_in(person(office, "owner")).status == 200
    port = office.node.port
    for origin, status in [(f"http://localhost:{port}", 201),
                           ("http://localhost", 403),
                           (f"http://evil.example:{port}", 403)]:
        body = json.dumps({"phone": f"+4930{time.monotonic_ns() % 10**8:08}",
                           "name": "x"})
        head = ["POST http://localhost/api/v1/contacts HTTP/1.0",
                f"Origin: {origin}", f"Cookie: waspool={browser.cookie}",
                "Content-Type: application/json",
                f"Content-Length: {len(body)}"]
        with socket.create_connection(("127.0.0.1", port), 30) as s:
            s.sendall("\r\n".join([*head, "", body]).encode())
            said = b"".join(iter(lambda: s.recv(65536), b"")).decode()
        assert f" {status} " in said.splitlines()[0], (origin, said)


def test_another_site_signs_nobody_in(office, browser):
    who = person(office)
    assert browser.ask("POST", "/session", {
        "email": who, "password": PASSWORD}, site="cross-site").status == 403
    assert browser.ask("POST", "/session", {
        "email": who, "password": PASSWORD}, site=None).status == 200


def test_without_tls_only_this_machine_signs_in(office, browser):
    who = person(office)
    for headers in ({"Host": "inbox.example.com"},
                    {"X-Forwarded-For": "203.0.113.9"}):
        answer = browser.ask("POST", "/session", {
            "email": who, "password": PASSWORD}, **headers)
        assert answer.status == 403 and "TLS" in answer.json["detail"]


def test_a_token_is_no_cookie_and_a_cookie_no_token(office, browser):
    assert browser.sign_in(person(office)).status == 200
    assert office.node.api("GET", "/me", token=browser.cookie).status == 401
    browser.cookie = office.token
    assert browser.me().status == 401


# ------------------------------------------------------------------ sessions

def test_who_leaves_is_signed_out_there(office, browser):
    other = Workspace(office.node, "Another")
    who = person(office)
    office.node.cli("member", "add", other.id, who)
    assert browser.sign_in(who).json["workspace"]["id"] == office.id
    second = Browser(office.node)
    assert second.sign_in(who, workspace_id=other.id).status == 200
    assert second.me().json["workspace"]["id"] == other.id
    office.node.cli("member", "remove", office.id, who)
    assert browser.me().status == 401
    assert second.me().status == 200


def test_a_person_goes_from_workspace_to_workspace(office, browser):
    other = Workspace(office.node, "Another")
    who = person(office)
    office.node.cli("member", "add", other.id, who, "--role", "admin")
    assert browser.sign_in(who).status == 200
    answer = browser.ask("PATCH", "/session", {"workspace_id": other.id})
    assert answer.json["role"] == "admin"
    assert browser.me().json["workspace"]["id"] == other.id
    elsewhere = Workspace(office.node, "Elsewhere")
    for id_ in (elsewhere.id, 7777777, -1):
        assert browser.ask("PATCH", "/session",
                           {"workspace_id": id_}).status == 404
        assert browser.sign_in(who, workspace_id=id_).status in (403, 422)
    assert browser.me().json["workspace"]["id"] == other.id


def test_another_password_ends_all_other_sessions(office, browser):
    who, second = person(office), Browser(office.node)
    assert browser.sign_in(who).status == second.sign_in(who).status == 200
    assert browser.ask("PUT", "/session/password", {
        "password": "wrong wrong wrong",
        "new_password": "a new one of mine"}).status == 401
    assert browser.ask("PUT", "/session/password", {
        "password": PASSWORD, "new_password": "short"}).status == 422
    assert second.me().status == 200
    assert browser.ask("PUT", "/session/password", {
        "password": PASSWORD,
        "new_password": "a new one of mine"}).status == 204
    assert browser.me().status == 200 and second.me().status == 401
    assert second.sign_in(who).status == 401
    assert second.sign_in(who, "a new one of mine").status == 200
    office.node.cli("user", "signout", who)
    assert browser.me().status == second.me().status == 401


def test_two_keyboards_write_one_password(office, browser):
    who = person(office, password="caf\u00e9 au lait")
    assert browser.sign_in(who, "cafe\u0301 au lait").status == 200


def test_a_session_ends_30_days_after_its_last_use(office, browser):
    who = person(office)
    assert browser.sign_in(who).status == 200
    (id_,), = office.node.db(
        "SELECT max(t.id) FROM api_tokens AS t JOIN users AS u"
        " ON u.id = t.user_id WHERE u.email = ?", who)
    old = int(time.time()) - 40 * 3600
    office.node.write("UPDATE api_tokens SET last_used_at = ?, expires_at = ?"
                      " WHERE id = ?", old, int(time.time()) + 60, id_)
    assert browser.me().status == 200
    (until,), = office.node.db(
        "SELECT expires_at FROM api_tokens WHERE id = ?", id_)
    assert until > time.time() + 29 * 86400
    office.node.write("UPDATE api_tokens SET expires_at = ? WHERE id = ?",
                      int(time.time()) - 1, id_)
    assert browser.me().status == 401
    assert browser.ask("GET", "/session").status == 401


def test_signing_in_again_ends_the_session_before(office, browser):
    who = person(office)
    assert browser.sign_in(who).status == 200
    before = browser.cookie
    assert browser.sign_in(who).status == 200
    browser.cookie = before
    assert browser.me().status == 401


def test_an_event_stream_takes_the_cookie(office, browser):
    """Until the session ends."""
    who = person(office)
    browser.sign_in(who)
    c = http.client.HTTPConnection("127.0.0.1", office.node.port, timeout=60)
    c.request("GET", "/api/v1/realtime",
              headers={"Cookie": f"waspool={browser.cookie}"})
    stream = c.getresponse()
    assert stream.status == 200
    office.talk("hello by cookie")
    assert any(b"hello by cookie" in stream.readline() for _ in range(30))
    office.node.cli("user", "signout", who)
    stream.read()           # until it ends, which is what is seen here
    c.close()


def test_a_file_is_not_the_next_persons(office, browser):
    """What a browser keeps for an hour is by its cookie."""
    conf = (ROOT / "nginx" / "waspool-api.conf.in").read_text()
    media = conf.split("location ^~ /waspool-media/")[1].split("\n}")[0]
    assert 'add_header Vary "Authorization, Cookie, Origin" always;' in media


def test_without_memory_nobody_is_blamed(make_node):
    node = make_node()
    office, browser = Workspace(node, "Small"), Browser(node)
    who = person(office)
    pid, = node.pids("sign-in")
    size = pages(pid) * resource.getpagesize()
    before = resource.prlimit(pid, resource.RLIMIT_AS)
    resource.prlimit(pid, resource.RLIMIT_AS, (size + (4 << 20), before[1]))
    for _ in range(15):                 # more than one may be wrong
        answer = browser.sign_in(who)
        assert answer.status == 503 and answer.headers["Retry-After"]
    resource.prlimit(pid, resource.RLIMIT_AS, before)
    assert browser.sign_in(who).status == 200


# --------------------------------------------------------------- invitations

def test_a_link_sets_a_password_once(office, browser):
    who = email()
    office.member(who, "Bob")
    link = invite(office.node, who)
    assert "/inbox/#invitation=wi_" in link
    assert browser.accept(link, "short").status == 422
    assert browser.accept(link).json["user"]["email"] == who
    assert browser.me().status == 200
    answer = Browser(office.node).accept(link, "another of mine")
    assert answer.status == 404
    assert Browser(office.node).sign_in(who).status == 200


def test_a_link_is_used_once_also_when_two_are_quick(office):
    who = email()
    office.member(who, "Bob")
    link = invite(office.node, who)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(lambda i: Browser(office.node).accept(
            link, f"{PASSWORD} {i}").status, range(8)))
    assert statuses[0] == 200 and set(statuses[1:]) <= {404, 409}


def test_a_newer_link_takes_the_place_of_the_older(office, browser):
    who = person(office)
    older, newer = invite(office.node, who), invite(office.node, who)
    assert browser.sign_in(who).status == 200
    assert Browser(office.node).accept(older, "a new one of mine").status == 404
    assert Browser(office.node).accept(newer, "a new one of mine").status == 200
    assert browser.me().status == 401       # forgotten: all others end
    assert browser.sign_in(who).status == 401


def test_another_password_voids_the_links_of_before(office, browser):
    who, elsewhere = person(office), Workspace(office.node, "Elsewhere")
    boss, there = Browser(office.node), Browser(office.node)
    assert boss.sign_in(person(office, "owner")).status == 200
    assert there.sign_in(person(elsewhere, "owner")).status == 200
    assert browser.sign_in(who).status == 200
    links = [invite(office.node, who), ask_to_join(boss, who)["link"]]
    joins = ask_to_join(there, who)["link"]
    assert browser.ask("PUT", "/session/password", {
        "password": PASSWORD,
        "new_password": "a new one of mine"}).status == 204
    for link in links:
        assert Browser(office.node).accept(link, "an intruder's").status == 404
    # What lets them in elsewhere, by the password they have, stays.
    assert Browser(office.node).accept(
        joins, "a new one of mine").json["workspace"]["id"] == elsewhere.id


def test_a_link_is_void_after_72_hours(office, browser):
    who = email()
    office.member(who, "Bob")
    link = invite(office.node, who)
    (left,), = office.node.db("SELECT expires_at FROM invitations"
                              " WHERE email = ?", who)
    assert abs(left - time.time() - 72 * 3600) < 60
    office.node.write("UPDATE invitations SET expires_at = ? WHERE email = ?",
                      int(time.time()), who)
    assert browser.accept(link).status == 404


# ------------------------------------------------------------ second factors

def turn_on(browser):
    """The secret, after a first code."""
    made = browser.ask("POST", "/session/second-factor",
                       {"password": PASSWORD})
    assert made.status == 200, made
    secret = made.json["secret"]
    assert len(secret) == 32 and secret in made.json["uri"]
    # The step before: this one is for what comes next.  When that begins on
    # the way, the one before is another.
    while True:
        step = time.time() // 30
        answer = browser.ask("PUT", "/session/second-factor", {
            "active": True, "code": code(secret, 30 * (step - 1))})
        if answer.status == 200 or time.time() // 30 == step:
            break
    assert answer.status == 200, answer
    assert answer.json["second_factor"]["active"] is True
    return secret


def test_a_second_factor_is_asked_for(office, browser):
    who = person(office)
    assert browser.sign_in(who).status == 200
    assert browser.ask("POST", "/session/second-factor",
                       {"password": "wrong wrong wrong"}).status == 401
    secret = turn_on(browser)
    assert browser.ask("POST", "/session/second-factor",
                       {"password": PASSWORD}).status == 409
    second = Browser(office.node)
    answer = second.sign_in(who)
    assert answer.status == 401 and kind(answer) == "code-needed"
    assert kind(second.sign_in(who, "wrong wrong wrong")) == \
        "wrong-credentials"
    for wrong in ("000000", "", "12345", "abcdef", code(secret, 0)):
        assert second.sign_in(who, code=wrong).status == 401
    right = code(secret)
    answer = second.sign_in(who, code=f" {right[:3]} {right[3:]}")
    assert answer.json["second_factor"]["shown"] is True
    # Once, whoever saw it.
    assert Browser(office.node).sign_in(who, code=right).status == 401
    assert second.ask("PUT", "/session/second-factor", {
        "active": False, "password": "wrong wrong wrong"}).status == 401
    assert second.ask("PUT", "/session/second-factor", {
        "active": False, "password": PASSWORD}).status == 200
    assert Browser(office.node).sign_in(who).status == 200


def test_a_secret_counts_from_its_first_code_on(office, browser):
    who = person(office)
    assert browser.sign_in(who).status == 200
    for body, status in [({}, 422), ({"active": 1}, 422),
                         ({"active": True}, 422),
                         ({"active": True, "code": "123456"}, 409)]:
        assert browser.ask("PUT", "/session/second-factor",
                           body).status == status
    browser.ask("POST", "/session/second-factor", {"password": PASSWORD})
    assert browser.ask("PUT", "/session/second-factor", {
        "active": True, "code": "000000"}).status == 401
    assert Browser(office.node).sign_in(who).status == 200


def test_a_workspace_may_want_one_of_everybody(node):
    office = Workspace(node, "Careful")
    who, browser = person(office), Browser(node)
    assert browser.sign_in(who).status == 200
    node.cli("workspace", "set", office.id, "--second-factor", "wanted")
    for answer in (browser.me(), browser.ask("GET", "/changes"),
                   browser.ask("POST", "/contacts", {})):
        assert answer.status == 403 and kind(answer) == "second-factor"
    state = browser.ask("GET", "/session").json["second_factor"]
    assert state == {"active": False, "wanted": True, "shown": False}
    assert office.api("GET", "/me").status == 200       # a program's token
    turn_on(browser)
    assert browser.me().status == 200
    node.cli("user", "signout", who, "--second-factor")
    assert browser.me().status == 401
    assert browser.sign_in(who).status == 200
    assert browser.me().status == 403
    node.cli("workspace", "set", office.id, "--second-factor", "free")
    assert browser.me().status == 200


def test_a_forgotten_password_does_not_take_the_factor_along(office, browser):
    who = person(office)
    browser.sign_in(who)
    secret = turn_on(browser)
    link = invite(office.node, who)
    second = Browser(office.node)
    answer = second.accept(link, "a new one of mine")
    assert answer.status == 401 and kind(answer) == "code-needed"
    assert second.accept(link, "a new one of mine",
                         code="000000").status == 401
    assert second.accept(link, "a new one of mine",
                         code=code(secret)).status == 200


# ------------------------------------------------------------------ the rest

def test_the_log_says_who_and_nothing_secret(office, browser):
    who = person(office)
    browser.sign_in(who)
    browser.sign_in(who, "wrong wrong wrong")
    log = office.node.log("sign-in")
    assert "POST /session status=200 user=" in log
    assert who not in log and "wrong wrong" not in log


def test_every_operation_was_asked(office):
    """Browser.ask compares each with openapi.yaml."""
    asked = set(re.findall(r'"([A-Z]+)", "(/session[^"]*)"',
                           open(__file__).read()))
    assert {(m.upper(), p) for p, item in SPEC["paths"].items()
            for m in item if p.split("/")[1] == "session"
            and m != "parameters"} <= asked


def test_json_is_all_it_takes(browser):
    assert json.loads(browser.ask("GET", "/session").body)["status"] == 401


# ----------------------------------------------- people, invitations, tokens

@pytest.fixture
def shop(node):
    """A workspace of its own, with an owner and an admin signed in."""
    shop = Workspace(node, "Shop")
    for role in ("owner", "admin"):
        who, b = person(shop, role), Browser(node)
        b.user_id = b.sign_in(who).json["user"]["id"]
        setattr(shop, role, b)
    return shop


def ask_to_join(browser, who, role="agent", status=201):
    answer = browser.ask("POST", "/invitations", {
        "email": who, "name": "New", "role": role})
    assert answer.status == status, answer
    return answer.json


def test_an_owner_invites_somebody_new(shop, browser):
    who = email()
    made = ask_to_join(shop.owner, who, "admin")
    assert made["invited_by"] == shop.owner.user_id
    assert made["link"].split("=")[1].startswith("wi_")
    (listed,) = shop.owner.ask("GET", "/invitations").json["data"]
    assert listed == {k: v for k, v in made.items() if k != "link"}
    assert browser.sign_in(who).status == 401
    answer = browser.accept(made["link"])
    assert answer.json["role"] == "admin"
    assert answer.json["workspace"]["id"] == shop.id
    assert shop.owner.ask("GET", "/invitations").json["data"] == []
    people = {m["email"]: m["role"] for m in
              browser.ask("GET", "/members").json["data"]}
    assert people[who] == "admin"


def test_a_withdrawn_link_lets_nobody_in(shop, browser):
    made = ask_to_join(shop.owner, email())
    assert shop.owner.ask(
        "DELETE", f"/invitations/{made['id']}").status == 204
    assert browser.accept(made["link"]).status == 404
    assert shop.owner.ask(
        "DELETE", f"/invitations/{made['id']}").status == 404


def test_who_was_removed_does_not_come_back_by_a_link_of_before(
        shop, office, browser):
    for remove in (
            lambda: shop.owner.ask("DELETE", f"/members/{gone}").status == 204,
            lambda: shop.node.cli("member", "remove", shop.id, who) != ""):
        who = person(office).upper()
        browser.cookie = None
        assert browser.accept(ask_to_join(shop.owner, who)["link"]
                              ).json["workspace"]["id"] == shop.id
        gone = browser.me().json["user"]["id"]
        # Of this workspace, and of another one, which it leaves alone.
        here = ask_to_join(shop.owner, who, "admin")["link"]
        there = invite(office.node, who)
        assert remove()
        assert who not in [i["email"] for i in shop.owner.ask(
            "GET", "/invitations").json["data"]]
        assert Browser(shop.node).accept(here).status == 404
        assert Browser(shop.node).accept(there).status == 200
        # Who is asked anew comes back.
        again = Browser(shop.node).accept(ask_to_join(shop.owner, who)["link"])
        assert (again.status, again.json["role"]) == (200, "agent")


def test_a_workspace_does_not_take_over_a_user_of_another(shop, office,
                                                          browser):
    """The owner who makes the link may use it: nothing is won by it."""
    who = person(office)
    link = ask_to_join(shop.owner, who)["link"]
    assert browser.accept(link, "a password of the owner").status == 401
    assert browser.cookie is None
    assert Browser(office.node).sign_in(who).status == 200
    assert browser.accept(link).json["workspace"]["id"] == shop.id
    assert {w["id"] for w in browser.ask("GET", "/session")
            .json["workspaces"]} == {office.id, shop.id}
    # Nor later: a member of both keeps the password.
    link = ask_to_join(shop.owner, who)["link"]
    assert Browser(office.node).accept(
        link, "a password of the owner").status == 401


def test_who_made_an_account_for_an_address_of_others_gets_no_further(
        shop, office, browser):
    """Somebody invites victim@ into a workspace of theirs, and takes the link
    themselves; the victim is invited into another one later."""
    who = email()
    assert browser.accept(ask_to_join(shop.owner, who)["link"],
                          "known to the attacker").status == 200
    office.boss = Browser(office.node)
    office.boss.sign_in(person(office, "owner"))
    link = ask_to_join(office.boss, who)["link"]
    again = Browser(office.node)
    answer = again.sign_in(who, "known to the attacker")
    assert [w["id"] for w in answer.json["workspaces"]] == [shop.id]
    assert Browser(office.node).accept(link, "the victim's own").status == 401


def test_the_operators_user_without_a_password_is_nobodys(shop, office,
                                                          browser):
    who = email()
    office.member(who, "Bob")
    answer = browser.accept(ask_to_join(shop.owner, who)["link"])
    assert answer.status == 409 and "server" in answer.json["detail"]


def test_forgotten_is_another_invitation(shop, browser):
    who = email()
    assert browser.accept(ask_to_join(shop.admin, who)["link"]).status == 200
    second = Browser(shop.node)
    assert second.accept(ask_to_join(shop.admin, who)["link"],
                         "a new one of mine").json["role"] == "agent"
    assert browser.me().status == 401
    assert browser.sign_in(who).status == 401


def test_an_admin_manages_agents_only(shop, browser):
    who = email()
    browser.accept(ask_to_join(shop.admin, who)["link"])
    agent = browser.me().json["user"]["id"]
    for role in ("admin", "owner"):
        ask_to_join(shop.admin, email(), role, 403)
        assert shop.admin.ask("PATCH", f"/members/{agent}",
                              {"role": role}).status == 403
    for other in (shop.owner.user_id, shop.admin.user_id):
        assert shop.admin.ask("PATCH", f"/members/{other}",
                              {"role": "agent"}).status == 403
        assert shop.admin.ask("DELETE", f"/members/{other}").status == 403
    assert browser.ask("DELETE", f"/members/{shop.admin.user_id}").status == 403
    # Nor is an owner's password one for an admin to set, by an agent's link.
    owner = shop.owner.me().json["user"]["email"]
    assert Browser(shop.node).accept(
        ask_to_join(shop.admin, owner)["link"],
        "a password of the admin").status == 403
    assert shop.owner.me().status == 200
    assert shop.admin.ask("DELETE", f"/members/{agent}").status == 204
    assert browser.me().status == 401
    assert shop.admin.ask("DELETE", f"/members/{agent}").status == 404
    mine = ask_to_join(shop.owner, email(), "admin")
    assert shop.admin.ask("DELETE",
                          f"/invitations/{mine['id']}").status == 403


def test_a_role_is_changed_and_the_last_owner_stays(shop):
    owner, admin = shop.owner.user_id, shop.admin.user_id
    for method, path, body in [("PATCH", f"/members/{owner}",
                                {"role": "admin"}),
                               ("DELETE", f"/members/{owner}", None)]:
        assert shop.owner.ask(method, path, body).status == 409
    assert shop.owner.ask("PATCH", f"/members/{owner}",
                          {"role": "king"}).status == 422
    assert shop.owner.ask("PATCH", f"/members/{admin}",
                          {"role": "owner"}).json == {"id": admin,
                                                      "role": "owner"}
    link = ask_to_join(shop.owner, email(), "owner")["link"]
    assert shop.owner.ask("PATCH", f"/members/{owner}",
                          {"role": "agent"}).status == 200
    # What an owner invited for is void, when it is an owner no more.
    assert Browser(shop.node).accept(link).status == 404
    assert shop.owner.ask("GET", "/tokens").status == 403
    assert shop.admin.ask("DELETE", f"/members/{owner}").status == 204
    assert shop.owner.me().status == 401


def test_what_is_elsewhere_is_not_there(shop, office):
    """Members, invitations, tokens and sessions of another workspace."""
    boss = Browser(office.node)
    boss.user_id = boss.sign_in(person(office, "owner")).json["user"]["id"]
    made = ask_to_join(boss, email())
    token = boss.ask("POST", "/tokens", {"name": "x"}).json
    (session,) = boss.ask("GET", "/sessions").json["data"][-1:]
    for method, path, body in [
            ("PATCH", f"/members/{boss.user_id}", {"role": "agent"}),
            ("DELETE", f"/members/{boss.user_id}", None),
            ("DELETE", f"/invitations/{made['id']}", None),
            ("DELETE", f"/tokens/{token['id']}", None),
            ("DELETE", f"/sessions/{session['id']}", None)]:
        assert shop.owner.ask(method, path, body).status == 404
    assert shop.owner.ask("POST", "/tokens", {
        "name": "x", "user_id": boss.user_id}).status == 422
    for path in ("/invitations", "/tokens", "/sessions", "/members"):
        ids = [row["id"] for row in shop.owner.ask("GET", path).json["data"]]
        assert not {made["id"], token["id"], session["id"]} & set(ids) or \
            path == "/members"
    assert boss.me().status == 200


def test_an_owner_makes_tokens_and_revokes_them(shop):
    node = shop.node
    made = shop.owner.ask("POST", "/tokens", {
        "name": " reports \n", "user_id": shop.admin.user_id,
        "expires_in": 3600}).json
    assert made["name"] == "reports"
    me = node.api("GET", "/me", token=made["token"]).json
    assert me["role"] == "admin"
    listed = shop.owner.ask("GET", "/tokens").json["data"]
    assert made["token"] not in json.dumps(listed)
    assert [t for t in listed if t["id"] == made["id"]]
    assert shop.owner.ask("DELETE", f"/tokens/{made['id']}").status == 204
    assert node.api("GET", "/me", token=made["token"]).status == 401
    for body in ({}, {"name": ""}, {"name": "x", "expires_in": 0},
                 {"name": "x", "expires_in": 10**18}, {"name": 5},
                 {"name": "x", "user_id": 77777777}):
        assert shop.owner.ask("POST", "/tokens", body).status == 422


def test_a_person_sees_and_ends_their_own_sessions(shop, browser):
    who = person(shop)
    second = Browser(shop.node)
    browser.sign_in(who), second.sign_in(who)
    rows = browser.ask("GET", "/sessions").json["data"]
    assert [r["current"] for r in rows].count(True) == 1
    assert {r["address"] for r in rows} == {"127.0.0.1"}
    (current,) = [r["id"] for r in
                  second.ask("GET", "/sessions").json["data"] if r["current"]]
    assert shop.owner.ask("DELETE", f"/sessions/{current}").status == 404
    assert browser.ask("DELETE", f"/sessions/{current}").status == 204
    assert second.me().status == 401 and browser.me().status == 200


def test_an_owner_wants_a_second_factor_of_all(shop, browser):
    browser.sign_in(person(shop))
    assert shop.owner.ask("PATCH", "/workspace",
                          {"second_factor": "yes"}).status == 422
    assert shop.owner.ask("PATCH", "/workspace",
                          {"second_factor": True}).json["second_factor"] is True
    assert browser.me().status == 403
    # The owner, too, who has none yet.
    assert shop.owner.ask("PATCH", "/workspace",
                          {"second_factor": False}).status == 403
    turn_on(shop.owner)
    assert shop.owner.ask("PATCH", "/workspace",
                          {"second_factor": False}).status == 200
    assert browser.me().status == 200
