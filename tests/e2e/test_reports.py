"""Reports: how much was said, and how fast it was answered."""

import csv
import io
import time
import zoneinfo
from datetime import date, datetime, timedelta

import pytest

from office import Workspace
from post import TEXT
from rig import wait_for

COUNTS = ("received", "sent", "automatic", "conversations_started",
          "conversations_closed", "first_answers")


@pytest.fixture
def shop(node):
    shop = Workspace(node, "Reports")
    shop.owner_id, shop.token = shop.member(
        f"reports-{shop.id}@example.com", "Zoe, of \"Reports\"", role="owner")
    return shop


def day_in(zone):
    return datetime.now(zoneinfo.ZoneInfo(zone)).date()


def counted(shop, received):
    """The report of today, once so many messages are in it."""
    return wait_for(lambda: (r := shop.get("/reports/days"))["total"]
                    ["received"] == received and r)


def test_what_is_said_is_counted(shop):
    zone = "Pacific/Kiritimati"     # a day ahead of Honolulu
    assert shop.api("PATCH", "/workspace", {"time_zone": zone}).status == 200
    began = int(time.time()) - 100
    c = shop.talk("hello", ts=began)
    shop.talk("hello?", phone=c["phone"][1:], ts=began + 10)
    shop.talk("another one", ts=began)
    assert shop.api("POST", f"/conversations/{c['id']}/messages",
                    TEXT).status == 202
    answered = time.time() + 1
    assert shop.api("PUT", f"/conversations/{c['id']}/state",
                    {"state": "closed"}).status == 200
    today, report = day_in(zone), counted(shop, 3)
    assert report["time_zone"] == zone
    last = date.fromisoformat(report["to"])
    assert last in (today, day_in(zone))    # midnight comes when it likes
    assert [d["date"] for d in report["data"]] == [
        str(last - timedelta(days=29 - i)) for i in range(30)]
    assert sum(d["received"] for d in report["data"][-2:]) == 3
    total = wait_for(lambda: (t := shop.get("/reports/days")["total"])
                     ["conversations_closed"] and t)
    assert {k: total[k] for k in COUNTS} == dict(zip(
        COUNTS, (3, 1, 0, 2, 1, 1)))
    assert 100 <= total["first_answer_median"] <= answered - began
    assert total["first_answer_p90"] == total["first_answer_median"]
    by = {m["user_id"]: m for m in shop.get("/reports/members")["data"]}
    assert set(by) == {None, shop.owner_id}
    assert by[None]["received"] == 3 and by[None]["sent"] == 0
    assert by[shop.owner_id]["name"] == "Zoe, of \"Reports\""
    assert (by[shop.owner_id]["sent"], by[shop.owner_id]["first_answers"],
            by[shop.owner_id]["conversations_closed"]) == (1, 1, 1)
    number, = shop.get("/reports/numbers")["data"]
    assert (number["phone_number_id"], number["received"]) == (shop.number, 3)
    assert shop.get("/reports/days", number=shop.number)["total"] == total
    # In another zone it is another day, at once.
    assert shop.api("PATCH", "/workspace", {"time_zone": "Pacific/Honolulu"}
                    ).status == 200
    today = day_in("Pacific/Honolulu")
    there = shop.get("/reports/days")
    assert there["to"] in (str(today), str(day_in("Pacific/Honolulu")))
    assert there["total"] == total
    # What is deleted still counts.
    shop.node.write("DELETE FROM messages WHERE workspace_id = ?", shop.id)
    assert shop.get("/reports/days")["total"] == total


def test_a_report_of_a_team_is_what_its_members_did(shop):
    ann, token = shop.member(f"team-{shop.id}@example.com", "Ann")
    team, empty = (shop.api("POST", "/teams", {"name": name}).json["id"]
                   for name in ("Support", "Empty"))
    assert shop.api("PUT", f"/teams/{team}/members/{ann}").status == 200
    for who in (token, shop.token):
        c = shop.talk()
        assert shop.api("POST", f"/conversations/{c['id']}/messages", TEXT,
                        token=who).status == 202
    counted(shop, 2)
    whole = wait_for(lambda: (t := shop.get("/reports/days")["total"])
                     ["sent"] == 2 and t)
    assert (whole["received"], whole["first_answers"]) == (2, 2)
    for by in ("days", "members", "numbers"):
        total = shop.get(f"/reports/{by}", team=team)["total"]
        assert (total["received"], total["sent"], total["first_answers"]) == \
            (0, 1, 1), by
        assert shop.get(f"/reports/{by}", team=empty)["total"]["sent"] == 0
    row, = shop.get("/reports/members", team=team)["data"]
    assert (row["user_id"], row["sent"]) == (ann, 1)
    rows = shop.node.cli("--json", "report", "--workspace", shop.id, "--by",
                         "member", "--team", "Support")
    assert [(r["id"], r["sent"]) for r in rows] == [(ann, 1)]
    assert shop.node.cli("report", "--workspace", shop.id, "--team", "Nobody",
                         check=False).returncode == 65
    for wrong in ("0", "x", str(team + 1000000)):
        assert shop.api("GET", "/reports/days", team=wrong).status == 400
    other = Workspace(shop.node, "Neighbour")
    _, boss = other.member(f"nb-{other.id}@example.com", "Boss", "admin")
    assert other.api("GET", "/reports/days", team=team, token=boss
                     ).status == 400


def test_a_report_is_a_file_too(shop):
    shop.talk()
    counted(shop, 1)
    answer = shop.api("GET", "/reports/members", format="csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "report.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
    assert [(r["user_id"], r["name"], r["received"],
             r["first_answer_median"]) for r in rows] == [("", "", "1", "")]
    days = list(csv.DictReader(io.StringIO(
        shop.api("GET", "/reports/days", format="csv").body.decode())))
    assert len(days) == 30 and days[0]["received"] in "01"


def test_the_command_line_has_the_same(shop):
    shop.talk()
    today = counted(shop, 1)["to"]
    cli = shop.node.cli
    day, = cli("--json", "report", "--workspace", shop.id, "--from", today,
               "--to", today)
    assert (day["date"], day["received"] in (0, 1)) == (today, True)
    assert cli("--json", "report", "--workspace", shop.id, "--by", "number"
               )[0]["phone_number_id"] == shop.number
    for wrong in (["--by", "week"], ["--from", "yesterday"],
                  ["--from", "2026-01-02", "--to", "2026-01-01"],
                  ["--from", "2020-01-01", "--to", "2026-01-01"]):
        assert cli("report", "--workspace", shop.id, *wrong, check=False
                   ).returncode == 64


@pytest.mark.parametrize("query", [
    {"from": "2026-02-29"}, {"to": "tomorrow"}, {"from": "1969-12-31"},
    {"from": "2026-01-02", "to": "2026-01-01"},
    {"from": "2024-12-31", "to": "2026-01-01"},
    {"number": "4711"}, {"format": "xml"}, {"limit": "1"}], ids=str)
def test_what_is_no_report_says_why(shop, query):
    assert shop.api("GET", "/reports/days", **query).status == 400


def test_an_agent_sees_none(shop):
    _, agent = shop.member(f"agent-{shop.id}@example.com", "Ann")
    _, admin = shop.member(f"admin-{shop.id}@example.com", "Bob", role="admin")
    for what in ("days", "members", "numbers"):
        assert shop.api("GET", f"/reports/{what}", token=agent).status == 403
        assert shop.api("GET", f"/reports/{what}", token=admin).status == 200


def test_a_workspace_sees_its_own(node, shop):
    other = Workspace(node, "Neighbour")
    _, other.token = other.member(f"other-{other.id}@example.com", "Eve",
                                  role="owner")
    shop.talk()
    counted(shop, 1)
    assert other.get("/reports/days")["total"]["received"] == 0
    assert other.get("/reports/members")["data"] == []
