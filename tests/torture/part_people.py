"""Numbers that go from one customer to the next, through a real node.

A world in which the truth is known is told to two of our numbers: to the one
in order, to the other shuffled, partly twice, in deliveries of another size.
Nobody stands with somebody else, both tell the same, and what a conversation
shows to write to is its customer's.
"""

import time

from rig import Node, envelope, message, new_wamid, value

NAME = "people"
SHORT, LONG = 2, 100
MINUTES = 5

PEOPLE, ACCOUNTS, STEPS = 12, 6, 60


class World:
    """Each round has its own numbers, so that none meets another's."""

    def __init__(self, luck, n):
        self.luck, self.n = luck, n
        self.begin = self.at = int(time.time()) - 40 * STEPS
        self.holder = [None] * ACCOUNTS
        self.said = [True] * ACCOUNTS       # whoever left it last said so
        self.account = {}                   # of a person
        self.ids = {}                       # so many so far
        self.may_hide, self.paired = set(), set()
        self.facts = []                     # (who, what is delivered)
        for _ in range(STEPS):
            self.at += 20
            self.step(luck.randrange(PEOPLE))

    def phone(self, a):
        return f"4915{self.n:05d}{a:02d}"

    def user(self, who, n=None):
        return f"DE.R{self.n}P{who}N{self.ids[who] if n is None else n}"

    def step(self, who):
        what = self.luck.randrange(10)
        if who not in self.ids:
            self.settle(who)
        elif what == 0:
            self.change(who)
        elif what == 1 and who in self.paired:
            self.leave(who, False)
        if who in self.account:
            self.write(who)

    def settle(self, who):
        a = self.luck.randrange(ACCOUNTS)
        if self.holder[a] is None:
            self.holder[a], self.account[who], self.ids[who] = who, a, 1
            if self.said[a]:
                self.may_hide.add(who)

    def leave(self, who, said):
        a = self.account.pop(who)
        self.holder[a], self.said[a] = None, said
        self.paired.discard(who)

    def change(self, who):
        a = self.luck.randrange(ACCOUNTS)
        if who not in self.account or self.holder[a] is not None:
            return
        old = self.phone(self.account[who])
        self.leave(who, True)
        self.holder[a], self.account[who] = who, a
        self.may_hide.add(who)
        self.paired.add(who)
        system = {"type": "user_changed_number", "wa_id": self.phone(a),
                  "user_id": self.user(who, self.ids[who] + 1), "body": "x"}
        self.facts.append((who, self.at, envelope(value([message(
            old, "system", self.wamid(who), self.at, system=system,
            from_user_id=self.user(who))]))))
        self.ids[who] += 1

    def wamid(self, who):
        return f"{new_wamid()}.{self.n}.{who}."

    def write(self, who):
        shows = self.luck.randrange(3) if who in self.may_hide else 0
        self.may_hide.add(who)
        phone, wamid = self.phone(self.account[who]), self.wamid(who)
        if shows == 0:
            self.paired.add(who)
        user = {} if shows == 1 else {"from_user_id": self.user(who)}
        if self.luck.randrange(5) == 0:         # typed on our phone
            echo = {"from": "15550783881", "id": wamid, "type": "text",
                    "timestamp": str(self.at), "text": {"body": "echo"}}
            if shows != 2:
                echo["to"] = phone
            if shows != 1:
                echo["to_user_id"] = self.user(who)
            body = envelope(value(message_echoes=[echo]),
                            field="smb_message_echoes")
        else:
            body = envelope(value([message(
                "" if shows == 2 else phone, "text", wamid, self.at,
                text={"body": "hi"}, **user)]))
        self.facts.append((who, self.at, body))


def deliver(node, number, bodies):
    for body in bodies:
        for entry in body["entry"]:
            for change in entry["changes"]:
                change["value"]["metadata"]["phone_number_id"] = number
        a = node.deliver(body)
        assert a.status == 200, a
    node.drained()


def told(node, number):
    """The conversations: wamids, phone, user id."""
    rows = node.db(
        "SELECT c.id, c.phone, c.user_id, m.wamid FROM numbers AS n JOIN"
        " conversations AS c ON c.number_id = n.id LEFT JOIN messages AS m"
        " ON m.conversation_id = c.id AND m.wamid NOT LIKE 'none.%'"
        " WHERE n.phone_number_id = ?", number)
    found = {}
    for id_, phone, user, wamid in rows:
        found.setdefault(id_, (phone, user, set()))[2].add(wamid)
    return found


def look(world, found):
    for phone, user, wamids in found.values():
        who = {w.split(".")[-2] for w in wamids if w}
        assert len(who) <= 1, f"{who} stand in one conversation"
        if not who:
            continue
        who = int(who.pop())
        assert user is None or f"P{who}N" in user, (who, user)
        if phone is not None:
            holder = world.holder[int(phone[-2:])]
            assert holder in (None, who) or holder not in world.may_hide, \
                f"an answer to {who} would go to {holder}"


def run(scale, report):
    luck, facts = scale.random, 0
    node = Node().up()
    try:
        for n in scale.rounds():
            world = World(luck, n)
            bodies = [body for _, _, body in world.facts]
            straight, other = f"1{n:05d}", f"2{n:05d}"
            for number in (straight, other):
                node.cli("number", "add", number, "--workspace",
                         node.workspace_id)
            deliver(node, straight, bodies)
            bodies = bodies + luck.sample(bodies, len(bodies) // 4)
            luck.shuffle(bodies)
            deliver(node, other, bodies)
            facts += len(world.facts)
            first, second = told(node, straight), told(node, other)
            look(world, first)
            look(world, second)
            assert sorted((p or "", u or "", sorted(w - {None}))
                          for p, u, w in first.values()) == \
                sorted((p or "", u or "", sorted(w - {None}))
                       for p, u, w in second.values()), \
                "another order, other conversations"
        report.check("messages and changes, in order and shuffled", facts)
        report.check("nobody stands with somebody else")
    finally:
        node.down()
