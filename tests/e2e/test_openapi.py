"""docs/openapi.yaml is true of the running program."""

import re
import secrets
import time

import pytest

from contract import SPEC, check, resolve, whole
from office import Workspace
from post import TEXT
from rig import ROOT, envelope, new_phone, value, wait_for

METHODS = ["get", "post", "put", "patch", "delete"]
OPERATIONS = [(method.upper(), path)
              for path, item in SPEC["paths"].items()
              for method in METHODS if method in item]
# Goes on without end: test_realtime.py reads it.
STREAM = ("GET", "/realtime")
# Of no member: in words.
HEALTH = {("GET", "/healthz"), ("GET", "/healthz/webhooks"), ("GET", "/metrics")}
# With a cookie, which test_sign_in.py has.
SESSION = {o for o in OPERATIONS if o[1].split("/")[1] == "session"}
BODIES = {
    ("POST", "/contacts/{id}/merge"): lambda v: {"contact_id": v["twin"]},
    ("POST", "/contacts"): lambda v: {
        "phone": "+" + new_phone(), "name": "x", "email": "x@example.org",
        "tags": ["vip"]},
    ("PATCH", "/contacts/{id}"): lambda v: {"name": "Other"},
    ("PUT", "/conversations/{id}/contact"): lambda v: {
        "contact_id": v["contact"]},
    ("PUT", "/conversations/{id}/assignee"): lambda v: {
        "user_id": v["user"]},
    ("POST", "/conversations/{id}/messages"): lambda v: TEXT,
    ("PUT", "/presence"): lambda v: {
        "conversation_id": v["conversation"], "state": "viewing"},
    ("PUT", "/conversations/{id}/draft"): lambda v: {
        "text": "y", "version": v["draft"]},
    ("POST", "/conversations/bulk"): lambda v: {
        "ids": [v["conversation"], 77777777], "read": True},
    ("POST", "/teams"): lambda v: {"name": "Team " + new_phone()},
    ("POST", "/labels"): lambda v: {"name": "Label " + new_phone()},
    ("POST", "/messages"): lambda v: {**TEXT, "to": v["phone"]},
    ("POST", "/media"): lambda v: (
        '--b\r\nContent-Disposition: form-data; name="file"\r\n'
        'Content-Type: image/png\r\n\r\npng\r\n--b--'),
    ("POST", "/broadcasts"): lambda v: example("POST", "/broadcasts"),
    ("POST", "/canned-replies"): lambda v: {
        "shortcut": new_phone(), "text": "Thank you, {{contact.name}}!"},
    ("POST", "/contact-fields"): lambda v: {
        **example("POST", "/contact-fields"), "key": "f" + new_phone()},
    ("POST", "/groups/{id}/picture"): lambda v: {"upload": v["picture"]},
    ("POST", "/groups/{id}/join-requests/approve"): lambda v: {
        "join_requests": [v["join-request"]]},
    ("POST", "/groups/{id}/join-requests/reject"): lambda v: {
        "join_requests": [v["join-request"]]},
    ("POST", "/contacts/import"): lambda v: f"phone,name\n{v['phone']},Ann\n",
}
HEADERS = {("POST", "/media"):
           {"Content-Type": "multipart/form-data; boundary=b"},
           ("POST", "/contacts/import"): {"Content-Type": "text/csv"}}
PARAMETERS = {("DELETE", "/conversations/{id}"): {"erase": "true"},
              ("GET", "/search"): {"q": "hello"}}
# Of a message that has not failed and has no file, and of a draft.
NOT_NOW = {"/broadcasts/{id}/pause": 409,
           "/messages/{id}/retry": 409, "/messages/{id}/media": 404,
           "/messages/{id}/media-address": 404}


def example(method, path):
    """The example of its body, for what BODIES does not name."""
    body = SPEC["paths"][path][method.lower()].get("requestBody")
    content = resolve(body)["content"] if body else {}
    return content.get("application/json", {}).get("example")


def test_each_body_of_json_has_an_example():
    """What generators make of a schema often does not fit it
    (findings/npm-samples-that-do-not-fit.sh)."""
    assert not [(method, path) for method, path in OPERATIONS
                for body in [SPEC["paths"][path][method.lower()].get(
                    "requestBody")] if body
                if "application/json" in resolve(body)["content"]
                and example(method, path) is None]


def body_of(method, path, values):
    return BODIES.get((method, path), lambda v: example(method, path))(values)


def answer_schema(method, path, status, type_=None):
    item = SPEC["paths"][path][method.lower()]
    answer = resolve(item["responses"][str(status)])
    content = answer.get("content")
    if not content:
        return None, None
    if type_ not in content:    # of several that it may be
        (type_, _), = content.items()
    return type_, content[type_]["schema"]


@pytest.fixture(scope="module")
def office(node):
    office = Workspace(node, "Spec")
    office.owner_id, office.token = office.member("spec@example.com", "Spec", role="owner")
    return office


@pytest.fixture
def values(office):
    c = office.talk()
    made = office.api("POST", "/contacts", {
        "phone": c["phone"], "name": "Ann Hello", "tags": ["vip"]}).json
    message = office.get(f"/conversations/{c['id']}/messages")["data"][0]
    erased = office.api("DELETE", f"/conversations/{office.talk()['id']}",
                        erase="true").json
    office.node.deliver(envelope(value(number=office.number, event="FLAGGED"),
                                 field="phone_number_quality_update"))
    office.node.drained()
    write = office.node.write
    write("INSERT INTO templates(workspace_id, number_id, name, language,"
          " status, components, read_at) SELECT workspace_id, id, 'hi', 'en',"
          " 'APPROVED', '[]', 1 FROM numbers WHERE phone_number_id = ?"
          " ON CONFLICT(workspace_id, number_id, name, language)"
          " DO UPDATE SET read_at = 1", office.number)
    (colleague,), = write(
        "INSERT INTO users(email, name, created_at) VALUES (?, 'Eve', 1)"
        " RETURNING id", f"u{secrets.token_hex(8)}@x.example")
    write("INSERT INTO workspace_members VALUES (?, ?, 'agent', 1)",
          office.id, colleague)
    (signed_in,), = write(
        "INSERT INTO api_tokens(workspace_id, user_id, hash, name, created_at,"
        " kind, expires_at, address) VALUES (?, ?, ?, '', 1, 'session',"
        " 9999999999, '127.0.0.1') RETURNING id",
        office.id, office.owner_id, secrets.token_bytes(32))
    (group,), = write(
        "INSERT INTO own_groups(workspace_id, number_id, state, group_id)"
        " SELECT workspace_id, id, 'there', CAST(? AS TEXT) FROM numbers"
        " WHERE phone_number_id = ? RETURNING id",
        secrets.token_hex(8), office.number)
    (asked,), = write(
        "INSERT INTO conversations(workspace_id, number_id, group_id,"
        " created_at, updated_at) SELECT workspace_id, number_id, group_id,"
        " 1, 1 FROM own_groups WHERE id = ? RETURNING id", group)
    write("INSERT INTO identities(workspace_id, number_id, kind, value,"
          " conversation_id, created_at) SELECT workspace_id, number_id,"
          " 'group', group_id, CAST(? AS BIGINT), 1 FROM own_groups"
          " WHERE id = ?", asked, group)
    write("INSERT INTO group_participants(workspace_id, conversation_id,"
          " is_user_id, participant, asks_id, asks_at)"
          " VALUES (?, ?, 0, '4930200002', 'R1', 1)", office.id, asked)
    (picture,), = write(
        "INSERT INTO uploads(workspace_id, user_id, mime_type, size, path,"
        " created_at) VALUES (?, ?, 'image/jpeg', 9, 'a/b', 1) RETURNING id",
        office.id, office.owner_id)
    write("INSERT INTO group_participants(workspace_id, conversation_id,"
          " is_user_id, participant, seen_at) SELECT workspace_id, id, 0,"
          " '4930200001', 1 FROM conversations WHERE id = ?"
          " ON CONFLICT(workspace_id, conversation_id, participant)"
          " DO UPDATE SET seen_at = 1", c["id"])
    # Of what an endpoint does not take only so much waits, and then no test is
    # taken either: each begins with a new one.
    for e in office.get("/webhook-endpoints")["data"]:
        assert office.api("DELETE", f"/webhook-endpoints/{e['id']}"
                          ).status == 204
    others = {kind_of(path): thing_of(office, path)
              for method, path in OPERATIONS
              if method == "POST" and "{" not in path
              and (method, path) not in SESSION
              and (method, path) not in BODIES and example(method, path)}
    if not office.get("/presence")["data"]:
        assert office.api("PUT", "/presence", {
            "conversation_id": c["id"], "state": "viewing"}).status == 200
    draft = office.api("PUT", f"/conversations/{c['id']}/draft",
                       {"text": "x", "version": 0}).json
    endpoint = f"/webhook-endpoints/{others['webhook-endpoint']}"
    office.api("POST", endpoint + "/resume")
    office.api("PUT", f"/contacts/{made['id']}/tags/seldom")
    tag, = [t for t in office.get("/tags")["data"] if t["name"] == "seldom"]
    return others | {
            "webhook-delivery":
                office.api("POST", endpoint + "/test").json["id"],
            "conversation": c["id"], "contact": made["id"],
            "erasure": erased["id"],
            "twin": office.api("POST", "/contacts", {
                "name": "Ann again",
                "user_id": f"PT.{c['phone'][1:]}"}).json["id"],
            "message": message["id"], "phone": c["phone"],
            "draft": draft["version"],
            "activity": office.api("POST", f"/conversations/{c['id']}/notes",
                                   {"text": "x"}).json["id"],
            "broadcast": office.api("POST", "/broadcasts", {
                **example("POST", "/broadcasts"), "start_at": time.strftime(
                    "%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400)),
            }).json["id"],
            "contact-field": thing_of(office, "/contact-fields"),
            "canned-reply": office.api("POST", "/canned-replies", {
                "shortcut": new_phone(), "text": "x"}).json["id"],
            "team": thing_of(office, "/teams"),
            "label": thing_of(office, "/labels"), "tag": tag["id"],
            "group": group, "join-request": "R1", "picture": picture,
            "member": colleague, "session": signed_in,
            "number": office.get("/numbers")["data"][0]["id"],
            "workspace-event":
                office.get("/workspace-events")["data"][0]["id"],
            "user": office.user_id}


def kind_of(path):
    name = path.split("/")[1]
    return name[:-3] + "y" if name.endswith("ies") \
        else name.removesuffix("s")


def thing_of(office, path):
    """The id of one of PATH's list, made of the example if there is none."""
    there = office.get(path)["data"]
    return there[0]["id"] if there else office.api(
        "POST", path, example("POST", path)).json["id"]


def fill(path, values):
    return path.replace("{id}", str(values.get(kind_of(path)))).replace(
        "{name}", "vip").replace("{user_id}", str(values.get("member"))
        ).replace("{label_id}", str(values.get("label")))


@pytest.mark.parametrize("method, path",
                         [o for o in OPERATIONS
                          if o != STREAM and o not in SESSION])
def test_it_answers_as_it_is_written(office, values, method, path):
    body = body_of(method, path, values)

    def ask():
        return office.api(method, fill(path, values), body,
                          headers=HEADERS.get((method, path)),
                          **PARAMETERS.get((method, path), {}))
    if path == "/search":
        office.node.searchable()
    if (method, path) == ("GET", "/presence"):  # it ends after some seconds
        wait_for(lambda: office.api("PUT", path, body_of("PUT", path, values)
                                    ).status == 200)
    # What others did to the node may have made it ill for a while.
    answer = wait_for(lambda: (a := ask()).status == 200 and a) \
        if (method, path) in HEALTH else ask()
    if path in NOT_NOW:
        assert answer.status == NOT_NOW[path]
    else:
        assert answer.status in (200, 201, 202, 204), answer
    type_, schema = answer_schema(method, path, answer.status,
                                  answer.headers["Content-Type"])
    assert answer.headers["Content-Type"] == type_
    if schema and type_ == "application/json":
        check(schema, answer.json, path)
        assert [] not in [answer.json.get(key) for key in (
            "data", "messages", "people")], "an empty list proves nothing"


@pytest.mark.parametrize("method, path",
                         [o for o in OPERATIONS if o not in HEALTH
                          and o != ("DELETE", "/session")])
def test_problems_are_written_down(office, values, method, path):
    filled = fill(path, values)
    problems = [office.api(method, filled, token="wp_wrong")]
    if "{id}" in path:
        nowhere = fill(path, {"contact": 77777777, "conversation": 77777777,
                              "erasure": 77777777, "message": 77777777})
        body = body_of(method, path, values)
        problems.append(office.api(method, nowhere, body,
                                   **PARAMETERS.get((method, path), {})))
    if SPEC["paths"][path][method.lower()].get("requestBody"):
        problems.append(office.api(method, filled, "{"))
        problems.append(office.api(method, filled, {"unknown": 1}))
    if "parameters" in SPEC["paths"][path][method.lower()] and \
            method == "GET":
        problems.append(office.api(method, filled, limit="x"))
    for answer in problems:
        assert answer.status >= 400
        type_, schema = answer_schema(method, path, answer.status)
        assert answer.headers["Content-Type"] == type_
        check(schema, answer.json, path)


@pytest.mark.parametrize("path", sorted(SPEC["paths"]))
def test_no_method_is_left_out(office, values, path):
    allow = office.api("BREW", fill(path, values)).headers["Allow"]
    there = {m for m, p in OPERATIONS if p == path}
    assert set(allow.split(", ")) == there | (
        {"HEAD"} if "GET" in there else set())


def test_every_problem_has_its_line():
    text = (ROOT / "docs" / "problems.md").read_text()
    lines = dict(re.findall(r"^\| ([a-z-]+) \| (\d+) \|", text, re.M))
    source = (ROOT / "src/api/reply.c").read_text()
    names = dict((name, status) for status, name in
                 re.findall(r'\{ (\d+), "([a-z-]+)"', source))
    conf = (ROOT / "nginx" / "waspool-api.conf.in").read_text()
    for name, title, status in re.findall(
            r'/problems/([a-z-]+)","title":"([^"]+)","status":(\d+)', conf):
        assert names.setdefault(name, status) == status
        assert f'"{name}"' not in source or f'"{title}"' in source
    assert names == lines


def test_every_type_of_change_is_written_down_and_has_its_object():
    """What the schema's triggers and jobs note, ROUTE_OBJECTS and Change are
    of the same things."""
    texts = [ROOT / "schema/sqlite/inbox.sql", ROOT / "src/inbox/job/job_kinds.c"]
    noted = {t for path in texts for t in
             re.findall(r"'(\w+\.(?:created|updated))'", path.read_text())}
    source = (ROOT / "src/api/resource/route_table.h").read_text()
    change = SPEC["components"]["schemas"]["Change"]["properties"]["type"]
    assert noted == set(change["enum"])
    assert {t.split(".")[0] for t in noted} == set(
        re.findall(r'X\("(\w+)\."', source))
    for type_ in noted:
        assert f"- {type_}: " in change["description"]
    # And what webhooks can be asked for: not what is a member's own.
    source = (ROOT / "src/inbox/webhook/endpoint_events.c").read_text()
    source = re.search(r"types\[\] = \{(.*?)NULL \}", source, re.S)[1]
    view = (ROOT / "schema/sqlite/session.sql").read_text().split(
        "VIEW my_changes AS")[1].split(";")[0]
    own = set(re.findall(r"'(\w+\.updated)'", view))
    assert noted - own == set(re.findall(r'"([^"]+)"', source))


def test_every_type_of_event_in_the_stream_has_its_schema():
    schemas = SPEC["components"]["schemas"]
    types = [whole(s, {"object": None}, "")["properties"].get("type")
             for s in [*schemas["ChangeEvent"]["oneOf"],
                       *schemas["StreamEvent"]["oneOf"][1:]]]
    assert {t["enum"][0] for t in types if t} == set(
        schemas["Change"]["properties"]["type"]["enum"]) | {
            "presence.updated"}     # which is no change


def all_schemas(node):
    """Each object in the document that may be a schema."""
    if isinstance(node, dict):
        yield node
    for part in node.values() if isinstance(node, dict) else node:
        if isinstance(part, (dict, list)):
            yield from all_schemas(part)


def test_a_generated_client_knows_what_a_type_says():
    """What findings/npm-any-member-is-any.sh shows of generators: by a const
    one of them tells no types apart, and beside "additionalProperties: true"
    a member that is misspelt is any to all."""
    for schema in all_schemas(SPEC["components"]["schemas"]):
        properties = schema.get("properties")
        if not isinstance(properties, dict):
            continue
        for name, part in properties.items():
            if name in ("type", "status"):
                assert "const" not in part, properties
        if set(properties) - {"type"}:
            assert schema.get("additionalProperties") is not True, properties


def test_every_type_of_message_has_its_schema():
    """And those that the processor stores are among them."""
    schemas = SPEC["components"]["schemas"]
    named = set(schemas["MessageType"]["enum"])
    assert named == set(schemas["Message"]["discriminator"]["mapping"])
    source = (ROOT / "src/whatsapp/content.c").read_text()
    source = source[source.index("} types[] ="):source.index("number_of(")]
    stored = set(re.findall(r'"(\w+)"', source)) - {
        "voice", "edit", "revoke"}      # become audio, and another event
    assert stored == named - {"call", "unknown"}


@pytest.mark.parametrize("method, path", OPERATIONS)
def test_every_operation_says_what_it_does(method, path):
    operation = SPEC["paths"][path][method.lower()]
    assert len(operation["summary"]) > 10
    assert operation["description"].rstrip()[-1] in ".?"
    assert operation["summary"] != operation["description"]


def test_every_route_is_written_down():
    source = (ROOT / "src/api/resource/route_table.c").read_text()
    source += (ROOT / "src/api/realtime/realtime_serve.c").read_text()
    source += (ROOT / "src/api/sign_in/sign_in_serve.c").read_text()
    routes = set(re.findall(
        r'\{\s*"([A-Z]+)",\s*"(?:/api/v1)?(/[^"]*)"', source))
    assert routes | HEALTH == set(OPERATIONS)


def test_each_route_says_its_least_role():
    """x-role of an operation is what the table of routes says."""
    source = (ROOT / "src/api/resource/route_table.c").read_text()
    source += (ROOT / "src/api/realtime/realtime_serve.c").read_text()
    source += (ROOT / "src/api/sign_in/sign_in_serve.c").read_text()
    routes = re.findall(r'\{\s*"([A-Z]+)",\s*"(?:/api/v1)?(/[^"]*)",'
                        r'\s*\w+,\s*ROUTE_([A-Z]+)', source)
    assert {(m, p): r.lower() for m, p, r in routes} == {
        (m, p): SPEC["paths"][p][m.lower()].get("x-role", "agent")
        for m, p in OPERATIONS if (m, p) not in HEALTH}
