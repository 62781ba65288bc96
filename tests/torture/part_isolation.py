"""Two workspaces, and random requests of both to everything the API has.

First each asks for everything as is right, and with the other's ids. All that
one of them keeps carries its mark, which the other's requests never have. No
answer, event, webhook, file, error or line of the log of one has a byte of the
other's, whatever ids, phones, cursors and tags of the other it asks with; nor
have the rows. In the long form also: how long a token or a signature is looked
at says nothing of how much of it is right.
"""

import contextlib
import hashlib
import hmac
import json

from d360 import D360
from guesser import HELLO, OPERATIONS, Foreign, Guesser, Party, Right, in_order
from rig import Node
from timing import timing

NAME = "isolation"
SHORT, LONG = 1600, 40000
MINUTES = 5


def has_no(mark, data, what):
    """Neither as it is nor escaped."""
    if isinstance(data, str):
        data = data.encode()
    if mark.encode() in data:
        at = data.index(mark.encode())
        raise AssertionError(
            f"{what} has {mark}: {data[max(0, at - 300):at + 100]!r}")


def one(guesser, operation):
    method, path, spec = operation
    answer = guesser.ask(method, path, spec)
    mine, theirs = guesser.mine, guesser.theirs
    what = f"{method} {path} of {mine.mark}: {answer.status}"
    assert answer.status < 500, (what, answer)
    has_no(theirs.mark, answer.body, what)
    has_no(theirs.mark, str(answer.headers), what + " (headers)")
    mine.seen += mine.mark.encode() in answer.body
    mine.learn(method, path, answer)
    key = (method, path)
    mine.statuses.setdefault(key, set()).add(answer.status)
    return answer


def read_stream(party, other, last=0):
    """Its events until now, and until that of change LAST."""
    while not party.stream.events.empty() or \
            (last and (not party.events or int(party.events[-1].id) < last)):
        e = party.stream.next()
        party.events.append(e)
        has_no(other.mark, e.data, f"an event of {party.mark}")


def check_logs(node, parties):
    """No content at all is in a log."""
    for path in (node.dir / "log").glob("*.log"):
        text = path.read_text(errors="replace")
        for p in parties:
            has_no(p.mark, text, path.name)


def check_rows(node, parties):
    """A row with the workspace of one has no mark of the other."""
    n = 0
    for table in node.workspace_tables():
        for mine, other in (parties, parties[::-1]):
            for row in node.db(f"SELECT * FROM {table} WHERE "
                               "workspace_id = ?", mine.office.id):
                has_no(other.mark, repr(row), f"a row of {table}")
                n += 1
    return n


def check_sent(node, parties):
    """What went out went with the key of its number."""
    for p in parties:
        other = parties[1 - parties.index(p)]
        for m in node.provider.sent:
            if m.number == p.office.number:
                has_no(other.mark, json.dumps(m.body), "a sent message")


def check_posted(parties):
    """Each receiver of webhooks heard of its own only."""
    for mine, other in (parties, parties[::-1]):
        for headers, body in mine.receiver.posts:
            has_no(other.mark, str(headers), f"a webhook of {mine.mark}")
            has_no(other.mark, body, f"a webhook of {mine.mark}")
        assert mine.receiver.posts


def check_reach(parties, report):
    """Random ones, too: each answered something good, and refused something."""
    good = {k for p in parties for k, v in p.statuses.items()
            if any(s < 300 for s in v)}
    refused = {k for p in parties for k, v in p.statuses.items()
               if any(s >= 400 for s in v)}
    report.check("operations of the API, that went well and that were refused"
                 " at random",
                 f"{len(good)} and {len(refused)} of {len(OPERATIONS)}")
    assert 3 * len(good) >= 2 * len(OPERATIONS), sorted(good)


# ----------------------------------------------------------------------- run

def right(parties, operations, luck):
    """Each operation goes well for each of them."""
    for pair in (parties, parties[::-1]):
        for operation in operations:
            answer = one(Right(*pair, luck), operation)
            assert answer.status < 300, (operation[:2], answer)


def foreign(parties, operations, luck):
    """... and is refused with the ids of the other, which are there."""
    for pair in (parties, parties[::-1]):
        for operation in operations:
            answer = one(Foreign(*pair, luck), operation)
            assert answer.status >= 400, (operation[:2], answer)


def each(parties, scale, report):
    operations = in_order()
    ends = [o for o in operations if o[0] == "DELETE" or "/erasures" in o[1]]
    of_one = [o for o in operations if "{id}" in o[1]]
    right(parties, [o for o in operations if o not in ends], scale.random)
    foreign(parties, [o for o in of_one if "/erasures" not in o[1]],
            scale.random)
    right(parties, ends, scale.random)
    foreign(parties, [o for o in of_one if "/erasures" in o[1]], scale.random)
    report.check("operations, each a right one", len(operations))
    report.check("operations, each with the other's id", len(of_one))
    for p in parties:
        p.statuses.clear()


def guess(node, parties, scale):
    guessers = [Guesser(*parties, scale.random),
                Guesser(*parties[::-1], scale.random)]
    for n in scale.rounds():
        one(scale.random.choice(guessers), scale.random.choice(OPERATIONS))
        if n % 100 == 0:
            scale.random.choice(parties).say()
            for p in parties:
                read_stream(p, parties[1 - parties.index(p)])


def check_all(node, parties, report):
    for p in parties:
        other = parties[1 - parties.index(p)]
        node.drained()
        last = p.office.get("/changes", limit=1)["last_seq"]
        read_stream(p, other, last)
        report.check("events, without the other's mark", len(p.events))
        assert p.seen > 50, "answers without one's own mark prove nothing"
        report.check("answers with one's own mark, without the other's",
                     p.seen)
    check_logs(node, parties)
    report.check("rows, without the other's mark", check_rows(node, parties))
    check_sent(node, parties)
    check_posted(parties)
    check_reach(parties, report)


def time_refusals(node, token, scale, report):
    timing("API", lambda t: node.get("/me", token=t), token, scale.random,
           report)
    timing("webhook", lambda t: node.deliver("{}", t), node.webhook_token,
           scale.random, report)
    timing("verification", lambda t: node.verify(
        mode="subscribe", token=t, challenge="1"), node.verify_token,
        scale.random, report, 403)


SIGNING = b"the-app-secret-of-it"


def time_signatures(scale, report):
    node = Node({"WHATSAPP_APP_SECRET": SIGNING.decode()})
    try:
        node.up()
        right = hmac.new(SIGNING, b"{}", hashlib.sha256).hexdigest()

        def ask(signature):
            return node.deliver("{}", headers={
                "X-Hub-Signature-256": "sha256=" + signature})
        assert ask(right).status == 200
        timing("signature", ask, right, scale.random, report)
    finally:
        node.remove()


def run(scale, report):
    with D360() as d360, contextlib.ExitStack() as ends:
        d360.templates, d360.auto = [HELLO], ["sent", "delivered"]
        node = Node({**d360.env, "WASPOOL_WEBHOOK_ALLOW": "127.0.0.1"})
        ends.callback(node.remove)
        node.up()
        d360.attach(node)
        parties = []
        for mark in ("kanarienvogel", "zaunkoenig"):
            parties.append(Party(node, mark, scale.random))
            ends.callback(parties[-1].close)
        for p in parties:
            p.prepare()
        each(parties, scale, report)
        guess(node, parties, scale)
        check_all(node, parties, report)
        if scale.long:
            time_refusals(node, parties[0].office.token, scale, report)
            time_signatures(scale, report)
