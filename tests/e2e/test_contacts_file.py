"""The address book as a file, over HTTP: CSV and vCards, in and out."""

import re
import time

import pytest

from office import Workspace
from post import is_problem
from rig import new_phone

CARD = ("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\n{more}"
        "TEL;TYPE=CELL:{phone}\r\nEND:VCARD\r\n")


def card(phone, name="Ann", more=""):
    return CARD.format(phone=phone, name=name, more=more)


@pytest.fixture
def book(node):
    return Workspace(node, "Book")


def send(book, text, type_="text/vcard", **query):
    return book.api("POST", "/contacts/import", text,
                    headers={"Content-Type": type_}, **query)


def export(book, accept=None, **query):
    headers = {} if accept is None else {"Accept": accept}
    return book.api("GET", "/contacts/export", headers=headers, **query)


def counts(answer):
    assert answer.status == 200, answer
    return tuple(answer.json[key] for key in ("lines", "added", "updated",
                                              "bad", "left_out"))


def names(book, **query):
    return {c["name"] for c in book.get("/contacts", limit=100,
                                        **query)["data"]}


def test_cards_come_in_and_go_out(book):
    a, b = "+" + new_phone(), "+" + new_phone()
    cards = card(a, "Ann;", "EMAIL:ann@example.org\r\n"
                 "CATEGORIES:vip,late\\, often\r\n") + card(
        b, "Bob\\, the builder") + (
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:No phone\r\nEND:VCARD\r\n")
    assert counts(send(book, cards)) == (2, 2, 0, 0, 1)
    assert counts(send(book, cards, "Text/VCard; charset=utf-8")) == \
        (2, 0, 2, 0, 1)
    assert names(book) == {"Ann;", "Bob, the builder"}
    out = export(book, "text/vcard")
    assert out.status == 200
    assert out.headers["Content-Type"] == "text/vcard"
    assert out.headers["Vary"].startswith("Accept")
    assert "contacts.vcf" in out.headers["Content-Disposition"]
    assert out.body.count(b"BEGIN:VCARD") == 2
    other = Workspace(book.node, "Copy")
    assert counts(send(other, out.body.decode())) == (2, 2, 0, 0, 0)
    copied, = [c for c in other.get("/contacts")["data"] if c["phone"] == a]
    assert (copied["email"], copied["tags"]) == \
        ("ann@example.org", ["late, often", "vip"])
    assert sorted(export(other, "text/vcard").body.split(b"BEGIN")) == \
        sorted(out.body.split(b"BEGIN"))


def test_csv_comes_in_and_goes_out(book):
    a, b = "+" + new_phone(), "+" + new_phone()
    text = ("\ufeffName;Phone;Tags;Shoe size\r\n"
            f'"O;Neil ""X""";{a};vip|late;43\r\nBob;{b};;\r\n')
    answer = send(book, text, "text/csv")
    assert counts(answer) == (2, 2, 0, 0, 0)
    assert answer.json["ignored_columns"] == "Shoe size"
    assert answer.json["errors"] == []
    out = export(book)
    assert out.headers["Content-Type"] == "text/csv"
    assert out.body.decode() == (
        "phone,user_id,name,email,tags\n"
        f"{b},,Bob,,\n"
        f'{a},,"O;Neil ""X""",,"late, vip"\n')
    assert export(book, tag="vip").body.count(b"\n") == 2
    assert export(book, tag="nothing").body == b"phone,user_id,name,email,tags\n"
    listed = book.node.run("waspool", "contact", "list", "--as", "csv",
                           "--workspace", str(book.id))
    assert listed.stdout.encode() == out.body
    other = Workspace(book.node, "Copy")
    assert counts(send(other, out.body.decode(), "text/csv")) == \
        (2, 2, 0, 0, 0)


def test_no_spreadsheet_calculates_a_name(book):
    """Who calls himself a formula is a text in the file, and comes back."""
    names = ["=1+1", "@SUM(A1)", "+1 (call me)", "-x", "'=1", "'Til Tuesday",
             "-5"]
    rows = [("+" + new_phone(), name) for name in names]
    for phone, name in rows:
        assert book.api("POST", "/contacts", {
            "phone": phone, "name": name, "tags": ["=tag"]}).status == 201
    out = export(book).body.decode()
    cells = [line.split(",") for line in out.splitlines()[1:]]
    assert [(c[0], c[2]) for c in reversed(cells)] == [
        (phone, name if name in ("'Til Tuesday", "-5") else "'" + name)
        for phone, name in rows]
    assert {c[4] for c in cells} == {"'=tag"}
    place = book.get("/changes")["last_seq"]
    assert counts(send(book, out, "text/csv")) == (7, 0, 7, 0, 0)
    assert book.get("/changes", after=place)["data"] == []
    other = Workspace(book.node, "Copy")
    assert counts(send(other, out, "text/csv")) == (7, 7, 0, 0, 0)
    assert {(c["phone"], c["name"], *c["tags"])
            for c in other.get("/contacts")["data"]} == \
        {(*row, "=tag") for row in rows}


def test_a_phone_that_others_guarded_is_a_phone(book):
    """As papaparse and csv-stringify write it when they are asked for a guard."""
    phone = new_phone()
    assert counts(send(book, f"phone,name\n'+{phone},Ann\n", "text/csv")) == \
        (1, 1, 0, 0, 0)
    assert export(book).body.decode().splitlines()[1] == f"+{phone},,Ann,,"


@pytest.mark.parametrize("accept, type_", [
    (None, "text/csv"), ("*/*", "text/csv"), ("text/*", "text/csv"),
    ("text/vcard", "text/vcard"), ("TEXT/VCARD;q=0.2", "text/vcard"),
    ("text/csv;q=0.5, text/vcard", "text/vcard"),
    ("text/vcard;q=0.5,text/csv;q=0.501", "text/csv"),
    ("text/csv;q=0, */*;q=0.1", "text/vcard"),
    ("application/json, text/*;q=0.1, text/csv; q=0.01", "text/vcard"),
    ("application/json", None), ("text/csv;q=0", None), ("text/vcardx", None),
    ("text/vcard;q=0.0, text/html", None), (", ;, q=1", None)])
def test_accept_decides(book, accept, type_):
    answer = export(book, accept)
    if type_ is None:
        is_problem(answer, 406, "not-acceptable")
    else:
        assert answer.headers["Content-Type"] == type_


BAD = ("phone,name,email\n+16505551234,Ann,\n12,Bob,\n+16505551235,,\n"
       "+16505551236,Zoe,no\n")


def test_bad_lines_are_named_as_on_the_command_line(book):
    problem = is_problem(send(book, BAD, "text/csv"), 422, "bad-field")
    assert problem["detail"].startswith("3 of 4 lines are bad")
    said = [f"{e['field']}: {e['message']}" for e in problem["errors"]]
    assert [s[:6] for s in said] == ["line 3", "line 4", "line 5"]
    done = book.node.run("waspool", "contact", "import", "-", "--workspace",
                         str(book.id), input=BAD)
    assert done.returncode == 65
    assert done.stderr.splitlines()[:3] == said
    assert names(book) == set()
    answer = send(book, BAD, "text/csv", skip_bad="true")
    assert counts(answer) == (4, 1, 0, 3, 0)
    assert [f"{e['field']}: {e['message']}" for e in answer.json["errors"]] \
        == said
    assert names(book) == {"Ann"}
    many = "phone,name\n" + "12,x\n" * 150
    problem = is_problem(send(book, many, "text/csv"), 422, "bad-field")
    assert len(problem["errors"]) == 100 and "150 of 150" in problem["detail"]


def test_what_is_no_such_file_is_refused(book):
    for text, type_ in [("", "text/csv"), ("", "text/vcard"),
                        ("name\nAnn\n", "text/csv"),
                        (card("+16505551234"), "text/csv"),
                        ("phone,name\n", "text/vcard"),
                        (b"phone,name\n+16505551234,\xff\n", "text/csv"),
                        (b"\x00" * 100, "text/vcard")]:
        is_problem(send(book, text, type_), 422, "bad-field")
    for type_ in ("application/json", "text/plain", "text/csvx", ""):
        is_problem(send(book, "phone,name\n", type_), 415,
                   "unsupported-media-type")
    is_problem(send(book, "phone,name\n", "text/csv", skip_bad="yes"), 400,
               "bad-parameter")
    is_problem(send(book, "phone,name\n" + "x" * (1 << 20), "text/csv"), 413,
               "too-large")
    lines = "".join(f"+1650{i:07},A\n" for i in range(2000000, 2010001))
    is_problem(send(book, "phone,name\n" + lines, "text/csv"), 413,
               "too-large")
    tags = "|".join(f"t{i}" for i in range(50))
    lines = "".join(f"+16502{i:06},A,{tags}\n" for i in range(601))
    is_problem(send(book, "phone,name,tags\n" + lines, "text/csv"), 413,
               "too-large")
    assert names(book) == set()
    assert send(book, card("+16505551234"), token="wp_wrong").status == 401
    assert export(book, token="wp_wrong").status == 401


def test_another_workspaces_contacts_stay_its_own(book):
    phone, other = "+" + new_phone(), Workspace(book.node, "Other")
    send(other, card(phone, "Theirs"))
    send(book, card(phone, "Ours"))
    assert names(other) == {"Theirs"} and names(book) == {"Ours"}
    assert b"Theirs" not in export(book).body


def test_a_long_address_book_comes_in_pages(book):
    lines = "".join(f"+1650{i:07},Name {i}\n" for i in range(3000000, 3006000))
    assert counts(send(book, "phone,name\n" + lines, "text/csv")) == \
        (6000, 6000, 0, 0, 0)
    first = export(book, "text/vcard")
    assert first.body.count(b"END:VCARD") == 5000
    path, rel = re.fullmatch(r"<(/api/v1(?:.*))>; (rel=\"next\")",
                             first.headers["Link"]).groups()
    rest = book.api("GET", path.removeprefix("/api/v1"),
                    headers={"Accept": "text/vcard"})
    assert rest.status == 200 and rest.headers["Link"] is None
    assert rest.body.count(b"END:VCARD") == 1000
    phones = re.findall(rb"\+1650\d+", first.body + rest.body)
    assert len(set(phones)) == 6000
    copy = Workspace(book.node, "Copy")
    began = time.monotonic()
    assert counts(send(copy, first.body.decode()))[1] == 5000
    assert counts(send(copy, rest.body.decode()))[1] == 1000
    print(f"6,000 cards in {time.monotonic() - began:.1f} s")
