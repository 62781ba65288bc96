"""Lists of conversations as CSV: what is in a row, filters, pages."""

import csv
import io
import time

import pytest

from office import Workspace
from rig import new_phone


@pytest.fixture
def desk(node):
    desk = Workspace(node, "Export")
    desk.boss_id, desk.boss = desk.member(
        f"boss-{desk.id}@example.com", "Boss", "admin")
    return desk


def export(desk, **query):
    a = desk.api("GET", "/conversations/export", **query)
    assert a.status == 200, a
    assert a.headers["Content-Type"] == "text/csv"
    assert "conversations.csv" in a.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(a.body.decode(), newline="")))
    return rows, a.headers.get("Link")


def test_a_row_says_what_the_list_says(desk):
    phone = new_phone()
    made = {kind: [desk.api("POST", f"/{kind}s", {"name": name},
                            token=desk.boss).json["id"] for name in names]
            for kind, names in (("team", ["Support"]),
                                ("label", ["=VIP", "Late, often"]))}
    one = desk.talk('=HYPERLINK("x"),\nand more', phone=phone,
                    ts=int(time.time()) - 60, name="@sum")["id"]
    other = desk.talk("hello", name="Bob")["id"]
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ",
                          time.gmtime(time.time() + 86400))
    desk.api("POST", "/conversations/bulk", {
        "ids": [one], "team_id": made["team"][0], "user_id": desk.boss_id,
        "add_labels": made["label"], "state": "snoozed",
        "until": until})
    shown = desk.get(f"/conversations/{one}")
    (row,), link = export(desk, state="snoozed")
    assert link is None
    assert row == {
        "id": str(one), "phone": shown["phone"], "user_id": "", "group_id": "",
        "name": "'@sum", "phone_number_id": shown["phone_number_id"],
        "state": "snoozed", "snoozed_until": until,
        "unanswered_since": shown["unanswered_since"], "unread_count": "1",
        "assigned_to": "Boss", "team": "Support",
        "labels": "'=VIP, Late, often", "tags": "", "marketing": "",
        "window_expires_at": shown["window"]["expires_at"],
        "last_message_at": shown["last_message_at"],
        "last_message_direction": "inbound",
        "last_message": "'" + shown["last_message_preview"],
        "created_at": shown["created_at"]}
    # the name is what colleagues call them; rows that were shown say the same
    desk.api("POST", "/contacts", {"phone": "+" + phone, "name": "Ann",
                                   "tags": ["b", "a"]})
    desk.get("/conversations", status="all")
    rows, _ = export(desk, status="all")
    assert [(r["id"], r["name"], r["tags"]) for r in rows] == \
        [(str(other), "Bob", ""), (str(one), "Ann", "a, b")]
    assert export(desk, team="none")[0] == rows[:1]
    assert export(desk, label=made["label"], status="all")[0] == rows[1:]
    assert export(desk, number="0") == ([], None)


def test_pages_go_on_with_the_same_filters(make_node):
    n = make_node()
    n.write("INSERT INTO conversations(workspace_id, number_id, phone,"
            " last_message_at, created_at, updated_at, is_read) WITH RECURSIVE"
            " i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 2500)"
            " SELECT 1, 1, '+99' || n, n, 1, 1, CASE n % 5 WHEN 0 THEN 1 ELSE 0 END FROM i")
    n.write("INSERT INTO marks(workspace_id, kind, name, created_at)"
            " VALUES (1, 'label', 'Many', 1), (1, 'label', 'All', 1)")
    n.write("INSERT INTO conversation_marks SELECT 1, c.id, m.id, 'label',"
            " status FROM conversations c, marks m")
    path = "/api/v1/conversations/export?unread=true&label=1&label=2"
    found, pages = [], []
    while path:
        a = n.request("GET", path, headers={
            "Authorization": "Bearer " + n.token})
        assert a.status == 200, a
        rows = list(csv.DictReader(io.StringIO(a.body.decode())))
        found += [int(r["id"]) for r in rows]
        pages.append(len(rows))
        path = a.headers.get("Link", "").partition(">")[0][1:]
    assert pages == [1000, 1000]
    assert found == [i for i in range(2500, 0, -1) if i % 5]


def test_what_is_no_filter_is_refused(desk):
    for wrong in ({"q": "x"}, {"limit": 10}, {"include": "mine"},
                  {"state": "ajar"}, {"cursor": "x"}):
        assert desk.api("GET", "/conversations/export",
                        **wrong).status == 400, wrong
