"""Random histories of an inbox in SQL that both engines read: what members,
customers and the processor do, as statements on the tables, so that triggers
do the rest.  A history is made while it runs: which rows there are is asked of
SQLite, and chance begins with a seed."""

import random
import re


class Blob(bytes):
    """Written by each engine in its way."""


def quote(value):
    if value is None:
        return "NULL"
    if isinstance(value, Blob):
        return f"<{value.hex()}>"
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def for_sqlite(sql):
    return re.sub(r"<([0-9a-f]+)>", r"x'\1'", sql)


def for_pgsql(sql):
    return re.sub(r"<([0-9a-f]+)>", r"'\\x\1'::bytea", sql)


OPERATIONS = []


def operation(weight=3):
    def add(f):
        OPERATIONS.append((f, weight))
        return f
    return add


WORKSPACES = (1, 2, 3)
NUMBERS = {1: (1, 2), 2: (3,), 3: (4,)}
USERS = range(1, 7)


class History:
    """next() answers the statements of one thing that happens."""

    def __init__(self, seed, sqlite):
        self.random = random.Random(seed)
        self.sqlite = sqlite
        self.ids = 100

    def all(self, sql):
        return self.sqlite.execute(sql).fetchall()

    def one(self, sql):
        """A row of those that there are, of chance; StopIteration: none."""
        rows = sorted(self.all(sql), key=repr)
        if not rows:
            raise StopIteration
        return self.random.choice(rows)

    def new_id(self):
        self.ids += 1
        return self.ids

    def at(self):
        """Few times, so that two are the same, and none in order."""
        return 1700000000 + self.random.randrange(60) * 1800

    def chance(self, p):
        return self.random.random() < p

    def pick(self, *values):
        if not values:
            raise StopIteration
        return self.random.choice(values)

    def word(self):
        return self.pick("", "hello", "Grüße", "it's here", "a\nb", "x" * 120)

    def phone(self):
        return f"+4930{self.random.randrange(8)}"

    def conversation(self):
        return self.one("SELECT workspace_id, id, number_id FROM conversations")

    def begin(self):
        """Statements that make who and what there is."""
        for w in WORKSPACES:
            yield insert("workspaces", id=w, name=f"w{w}", created_at=1)
        for u in USERS:
            yield insert("users", id=u, email=f"u{u}@x.org", name=f"User {u}", created_at=1)
        for w in WORKSPACES:
            for u in (1, w + 1, w + 3):
                yield insert("workspace_members", workspace_id=w, user_id=u, role=self.pick("owner", "admin", "agent"), created_at=1)
        for w, numbers in NUMBERS.items():
            for n in numbers:
                yield insert("numbers", id=n, workspace_id=w, phone_number_id=f"10{n}", created_at=1)

    def next(self):
        f, = self.random.choices([f for f, _ in OPERATIONS], [w for _, w in OPERATIONS])
        return f.__name__, list(until_nothing(f(self)))


def until_nothing(statements):
    """Those before one for which there is no row."""
    while True:
        try:
            yield next(statements)
        except (StopIteration, RuntimeError):   # the latter, of StopIteration in it
            return


def insert(table, **values):
    return f"INSERT INTO {table}({', '.join(values)}) VALUES ({', '.join(map(quote, values.values()))})"


def update(table, where, **values):
    return (f"UPDATE {table} SET {', '.join(f'{k} = {quote(v)}' for k, v in values.items())}"
            f" WHERE {condition(where)}")


def delete(table, where):
    return f"DELETE FROM {table} WHERE {condition(where)}"


def condition(where):
    return " AND ".join(f"{k} = {quote(v)}" for k, v in where.items())


def of(workspace, id_):
    return {"workspace_id": workspace, "id": id_}


# -------------------------------------------------------------- conversations

@operation(12)
def a_customer_comes(h):
    w = h.pick(*WORKSPACES)
    contact = None
    if h.chance(0.4):
        contact, = h.one(f"SELECT id FROM contacts WHERE workspace_id = {w}")
    group = h.chance(0.1)
    i = h.new_id()
    yield insert(
        "conversations", id=i, workspace_id=w, number_id=h.pick(*NUMBERS[w]),
        phone=None if group else h.phone(), user_id=h.pick(None, f"US.{i}"), group_id=f"g{i}" if group else None,
        profile_name=h.pick(None, "Ann", "Zoë"), profile_name_at=h.pick(0, 5), contact_id=contact,
        status=h.pick("active", "active", "archived"), is_read=h.pick(0, 1),
        username=h.pick(None, None, "ann.b", "zoe"), created_at=h.at(), updated_at=h.at(),
        last_customer_message_at=h.pick(None, h.at()), unanswered_since=h.pick(None, None, h.at()))


@operation(4)
def a_conversation_changes(h):
    w, c, _ = h.conversation()
    values = {
        "status": h.pick("active", "archived"), "is_read": h.pick(0, 1), "unread_count": h.pick(0, 1, 7),
        "unanswered_since": h.pick(None, -1, h.at()), "updated_at": h.at(), "phone": h.phone(),
        "profile_name": h.pick(None, "Ann", "Bea"), "username": h.pick(None, "ann.b", "new"),
        "user_id": h.pick(None, "US.1"), "phone_at": h.at(), "window_refused_at": h.pick(0, h.at()),
        "blocked": h.pick(0, 1, 2), "created_at": h.at(), "last_customer_message_at": h.pick(None, h.at())}
    names = h.random.sample(sorted(values), h.pick(1, 1, 2, 4))
    yield update("conversations", of(w, c), **{n: values[n] for n in names})


@operation(4)
def it_is_linked(h):
    w, c, _ = h.conversation()
    contact, = h.one(f"SELECT id FROM contacts WHERE workspace_id = {w} UNION ALL SELECT NULL")
    yield update("conversations", of(w, c), contact_id=contact, link="person")


@operation(4)
def it_is_assigned(h):
    w, c, _ = h.conversation()
    user, = h.one(f"SELECT user_id FROM workspace_members WHERE workspace_id = {w} UNION ALL SELECT NULL")
    yield update("conversations", of(w, c), assigned_to=user)


@operation(4)
def it_is_set_aside(h):
    w, c, _ = h.conversation()
    yield update("conversations", of(w, c), status="archived")
    yield (insert("set_aside", conversation_id=c, workspace_id=w, state=h.pick("pending", "snoozed"), at=h.at()))


@operation(2)
def it_is_set_aside_otherwise(h):
    w, c = h.one("SELECT workspace_id, conversation_id FROM set_aside")
    yield update("set_aside", {"workspace_id": w, "conversation_id": c}, state=h.pick("pending", "snoozed"), at=h.at())


@operation(1)
def it_is_closed_for_good(h):
    w, c = h.one("SELECT workspace_id, conversation_id FROM set_aside")
    yield delete("set_aside", {"workspace_id": w, "conversation_id": c})


@operation(2)
def a_conversation_goes(h):
    w, c, _ = h.conversation()
    yield delete("messages", {"workspace_id": w, "conversation_id": c})
    yield delete("conversations", of(w, c))


MOVED = ("id, number_id, phone, phone_at, user_id, user_id_at, group_id, profile_name, profile_name_at, contact_id, link,"
         " status, is_read, unread_count, last_customer_message_at, window_refused_at, last_message_at, last_message_id,"
         " last_message_preview, assigned_to, created_at, updated_at, username, username_at, stored_message_id, blocked,"
         " marketing, marketing_at, marketing_source, unanswered_since, phone_book_name")


@operation(1)
def a_number_moves(h):
    w, c, _ = h.conversation()
    yield f"INSERT INTO moving_conversations({MOVED}) SELECT {MOVED} FROM conversations WHERE workspace_id = {w} AND id = {c}"
    yield delete("conversations", of(w, c))
    yield f"INSERT INTO conversations(workspace_id, {MOVED}) SELECT {w}, {MOVED} FROM moving_conversations WHERE id = {c}"
    yield delete("moving_conversations", {"id": c})


@operation(1)
def all_of_a_number_are_read(h):
    """Several rows of one statement."""
    n = h.pick(1, 2, 3, 4)
    yield update("conversations", {"number_id": n}, is_read=1, unread_count=0)


# ------------------------------------------------------------------- messages

def message(h, w, c, n, **more):
    inbound = h.chance(0.6)
    live = inbound and h.chance(0.8)
    text = h.word()
    kind = h.pick("text", "text", "image", "reaction", "location")
    i = h.new_id()
    return {
        "id": i, "workspace_id": w, "conversation_id": c, "number_id": n,
        "wamid": h.pick(f"wamid.{i}", f"wamid.{i}", None) if not inbound else f"wamid.{i}",
        "direction": "inbound" if inbound else "outbound",
        "source": h.pick("live", "history") if inbound else h.pick("api", "echo"),
        "type": kind, "content": h.pick("", '{"body":"x"}'), "preview": h.pick("", "seen"), "text": h.pick(text, None),
        "status": "received" if inbound else h.pick("queued", "sent", "failed"),
        "sent_by": None if inbound else h.pick(None, 0, 1), "counts_unread": int(live), "opens_window": int(live),
        "sent_at": h.at(), "created_at": h.at(), "sighting_id": h.pick(None, 3), **more}


@operation(30)
def a_message_is_stored(h):
    yield insert("messages", **message(h, *h.conversation()))


@operation(3)
def a_reaction_waits_for_nobody(h):
    w, c, n = h.conversation()
    yield insert("messages", **message(h, w, c, n, type="reaction", counts_unread=1))


@operation(3)
def several_are_stored_at_once(h):
    """Each in a conversation of its own."""
    several = [message(h, *c) for c in h.all("SELECT workspace_id, id, number_id FROM conversations ORDER BY id LIMIT 5")]
    if several:
        yield (f"INSERT INTO messages({', '.join(several[0])}) VALUES "
               + ", ".join(f"({', '.join(map(quote, m.values()))})" for m in several))


@operation(2)
def one_comes_twice(h):
    row = h.one("SELECT workspace_id, conversation_id, number_id, wamid FROM messages WHERE wamid IS NOT NULL")
    m = message(h, *row[:3], wamid=row[3])
    yield insert("messages", **m)
    yield insert("messages", **m) + " ON CONFLICT (workspace_id, number_id, wamid) DO NOTHING"


@operation(10)
def a_status_comes(h):
    w, i, n, wamid = h.one("SELECT workspace_id, id, number_id, wamid FROM messages WHERE direction = 'outbound'")
    status = h.pick("sent", "delivered", "read", "failed", "failed", "failed", "queued")
    code = h.pick(131047, 131050, 131050, 1) if status == "failed" else None
    if wamid is not None:
        yield insert("message_statuses", workspace_id=w, number_id=n, wamid=wamid, status=status, at=h.at(), error_code=code) + \
            " ON CONFLICT (workspace_id, number_id, wamid, status, participant) DO NOTHING"
    # Nobody says again what a message says already.
    yield (update("messages", of(w, i), status=status, error_code=code, error=None if code is None else f'{{"code":{code}}}')
           + f" AND (status <> '{status}' OR COALESCE(error_code, 0) <> {code or 0})")


@operation(4)
def it_is_edited(h):
    w, i, n, wamid = h.one("SELECT workspace_id, id, number_id, wamid FROM messages")
    if wamid is not None:
        yield insert("message_patches", workspace_id=w, number_id=n, target_wamid=wamid, wamid=f"e{h.new_id()}", kind="edit", at=h.at())
    yield update("messages", of(w, i), preview=h.pick("", "edited"), text=h.word(), edited_at=h.at(), content=h.pick("", "{}"))


@operation(2)
def it_is_deleted_by_the_customer(h):
    w, i = h.one("SELECT workspace_id, id FROM messages")
    yield update("messages", of(w, i), text=None, preview="Deleted", revoked_at=h.at(), counts_unread=h.pick(0, 1))


@operation(2)
def it_goes_with_its_age(h):
    w, i = h.one("SELECT workspace_id, id FROM messages")
    yield delete("messages", of(w, i))


@operation(2)
def two_conversations_are_one(h):
    w, c, n = h.conversation()
    keep, = h.one(f"SELECT id FROM conversations WHERE workspace_id = {w} AND id <> {c}")
    for table in ("messages", "outbox", "identities", "blocks", "marketing_choices"):
        yield f"UPDATE {table} SET conversation_id = {keep} WHERE workspace_id = {w} AND conversation_id = {c}"
    yield update("conversations", of(w, keep), unanswered_since=-1)
    yield delete("conversations", of(w, c))


@operation(5)
def somebody_reacts(h):
    w, n, wamid = h.one("SELECT workspace_id, number_id, wamid FROM messages WHERE wamid IS NOT NULL")
    at = h.at()
    yield insert("reactions", workspace_id=w, number_id=n, target_wamid=h.pick(wamid, wamid, "none"), sender=h.pick("customer", "business"),
                 emoji=h.pick("", "👍", "❤"), at=at, wamid="r") + (
        " ON CONFLICT (workspace_id, number_id, target_wamid, sender) DO UPDATE SET emoji = excluded.emoji, at = excluded.at"
        " WHERE excluded.at >= reactions.at")


@operation(4)
def a_file_comes(h):
    w, i, n = h.one("SELECT workspace_id, id, number_id FROM messages WHERE id NOT IN (SELECT message_id FROM media)")
    yield insert("media", id=h.new_id(), workspace_id=w, message_id=i, number_id=n, media_id=h.pick(None, "7"), state="pending", due_at=1, created_at=1,
                 size=h.pick(None, 0, 50))


@operation(4)
def a_file_is_fetched(h):
    w, i = h.one("SELECT workspace_id, id FROM media")
    yield h.pick(update("media", of(w, i), state=h.pick("stored", "failed", "missing"), size=h.pick(None, 10, 70)),
                 update("media", of(w, i), media_id=h.pick(None, "8")), delete("media", of(w, i)))


@operation(4)
def a_choice_is_made(h):
    w, c, _ = h.conversation()
    yield insert("marketing_choices", workspace_id=w, conversation_id=c, state=h.pick("stopped", "allowed"), at=h.at(),
                 message_id=h.pick(0, 0, 9)) + " ON CONFLICT DO NOTHING"


@operation(1)
def a_choice_is_retimed(h):
    w, c, at = h.one("SELECT workspace_id, conversation_id, at FROM marketing_choices")
    yield update("marketing_choices", {"workspace_id": w, "conversation_id": c, "at": at, "state": "stopped"}, at=h.at() + 1)
    yield delete("marketing_choices", {"workspace_id": w, "conversation_id": c, "at": at})


# ------------------------------------------------------------------ customers

@operation(4)
def an_identity_moves(h):
    w, c, n = h.conversation()
    kind = h.pick("wa_id", "user_id", "alias")
    value = f"4930{h.random.randrange(12)}"
    yield insert("identities", workspace_id=w, number_id=n, kind=kind, value=value, conversation_id=c, created_at=1) + \
        " ON CONFLICT (workspace_id, number_id, kind, value, valid_from) DO UPDATE SET conversation_id = excluded.conversation_id"


@operation(4)
def somebody_is_blocked(h):
    w, c, n = h.conversation()
    yield insert("blocks", id=h.new_id(), workspace_id=w, number_id=n, who=h.phone(), conversation_id=c,
                 state=h.pick("blocking", "blocked", "refused"), asked_at=h.at(), due_at=1) + \
        " ON CONFLICT (workspace_id, number_id, who) DO UPDATE SET conversation_id = excluded.conversation_id, state = excluded.state, asked_at = excluded.asked_at"


@operation(2)
def a_block_is_answered(h):
    w, i = h.one("SELECT workspace_id, id FROM blocks")
    yield update("blocks", of(w, i), state=h.pick("blocked", "unblocked", "refused"), error=h.pick(None, "{}"))


@operation(5)
def the_phone_book_says(h):
    w = h.pick(*WORKSPACES)
    phone = h.phone()
    yield insert("phone_book", id=h.new_id(), workspace_id=w, number_id=NUMBERS[w][0], entry=h.pick(phone, h.phone()), phone=phone,
                 name=h.pick(None, "Mum", "Dad"), at=h.at()) + \
        " ON CONFLICT (workspace_id, number_id, entry, phone) DO UPDATE SET name = excluded.name, at = excluded.at"


@operation(3)
def a_customer_has_another_phone(h):
    w, c, _ = h.conversation()
    yield update("conversations", of(w, c), phone=h.phone())


@operation(1)
def the_phone_book_forgets(h):
    w, i = h.one("SELECT workspace_id, id FROM phone_book")
    yield delete("phone_book", of(w, i))


@operation(3)
def a_group_has_somebody(h):
    w, c, _ = h.conversation()
    yield insert("group_participants", id=h.new_id(), workspace_id=w, conversation_id=c, is_user_id=0, participant=h.phone(),
                 seen_at=h.at(), name=h.pick(None, "Ann")) + " ON CONFLICT (workspace_id, conversation_id, participant) DO NOTHING"


@operation(3)
def somebody_leaves_a_group(h):
    w, i = h.one("SELECT workspace_id, id FROM group_participants")
    yield h.pick(update("group_participants", of(w, i), left_at=h.at(), name=h.pick(None, "Bea")),
                 update("group_participants", of(w, i), asks_at=h.at(), answered_at=h.pick(0, h.at())),
                 update("group_participants", of(w, i), pair=h.pick(None, "p"), seen_at=h.at()),
                 delete("group_participants", of(w, i)))


@operation(3)
def a_group_of_ours(h):
    w = h.pick(*WORKSPACES)
    found = h.all("SELECT workspace_id, number_id, group_id FROM conversations WHERE group_id IS NOT NULL")
    w, n, g = h.pick((w, NUMBERS[w][0], None), *found)
    yield insert("own_groups", id=h.new_id(), workspace_id=w, number_id=n, state="there", group_id=g, subject="s") + \
        " ON CONFLICT (workspace_id, number_id, group_id) DO NOTHING"


@operation(4)
def a_group_changes(h):
    w, i = h.one("SELECT workspace_id, id FROM own_groups")
    yield h.pick(update("own_groups", of(w, i), state=h.pick("there", "ended"), asked=h.pick(None, "link"), error=h.pick(None, "{}")),
                 update("own_groups", of(w, i), workspace_id=h.pick(*WORKSPACES), number_id=h.new_id()),
                 delete("own_groups", of(w, i)))


# --------------------------------------------------------------- address book

@operation(8)
def a_contact_is_made(h):
    i = h.new_id()
    yield insert("contacts", id=i, workspace_id=h.pick(*WORKSPACES), phone=f"+1{i}", name=h.pick("Ann", "Zoë"), email=h.pick(None, "a@x"),
                 created_at=1, updated_at=1)


@operation(3)
def a_contact_changes(h):
    w, i = h.one("SELECT workspace_id, id FROM contacts")
    yield update("contacts", of(w, i), name=h.pick("Ann", "Bea"), email=h.pick(None, "b@x"), updated_at=h.at(), phone=h.pick(f"+1{i}", h.phone()))


@operation(1)
def a_contact_goes(h):
    w, i = h.one("SELECT workspace_id, id FROM contacts")
    yield delete("contacts", of(w, i))


@operation(3)
def a_tag_is_made(h):
    i = h.new_id()
    yield insert("tags", id=i, workspace_id=h.pick(*WORKSPACES), name=h.pick("VIP", "vip", f"tag {i}"), created_at=1) + \
        " ON CONFLICT (workspace_id, name) DO NOTHING"


@operation(2)
def a_tag_is_renamed(h):
    w, i = h.one("SELECT workspace_id, id FROM tags")
    yield h.pick(update("tags", of(w, i), name=h.pick("Vip", "VIP", f"t{i}")), update("tags", of(w, i), name=f"T{i}"), delete("tags", of(w, i)))


@operation(8)
def a_contact_gets_a_tag(h):
    w, contact = h.one("SELECT workspace_id, id FROM contacts")
    tag, = h.one(f"SELECT id FROM tags WHERE workspace_id = {w}")
    yield insert("contact_tags", workspace_id=w, contact_id=contact, tag_id=tag) + " ON CONFLICT (workspace_id, contact_id, tag_id) DO NOTHING"


@operation(2)
def a_contact_loses_a_tag(h):
    w, contact, tag = h.one("SELECT workspace_id, contact_id, tag_id FROM contact_tags")
    yield delete("contact_tags", {"workspace_id": w, "contact_id": contact, "tag_id": tag})


@operation(2)
def a_field_is_made(h):
    i = h.new_id()
    yield insert("contact_fields", id=i, workspace_id=h.pick(*WORKSPACES), key=f"k{i}", label="L", type="text", created_at=1, updated_at=1)


@operation(1)
def a_field_changes(h):
    w, i = h.one("SELECT workspace_id, id FROM contact_fields")
    yield h.pick(update("contact_fields", of(w, i), label=h.pick("L", "M"), choices=h.pick(None, "[]")), delete("contact_fields", of(w, i)))


@operation(6)
def a_contact_has_a_value(h):
    w, contact, field = h.one("SELECT c.workspace_id, c.id, f.id FROM contacts AS c JOIN contact_fields AS f USING (workspace_id)"
                              " UNION ALL SELECT workspace_id, contact_id, field_id FROM contact_values")
    yield insert("contact_values", workspace_id=w, contact_id=contact, field_id=field, value=h.pick("1", "2")) + \
        " ON CONFLICT (workspace_id, contact_id, field_id) DO UPDATE SET value = excluded.value"


@operation(1)
def a_value_is_taken_out(h):
    w, contact, field = h.one("SELECT workspace_id, contact_id, field_id FROM contact_values")
    yield delete("contact_values", {"workspace_id": w, "contact_id": contact, "field_id": field})


# --------------------------------------------------------------------- people

@operation(2)
def a_member_leaves(h):
    w, u = h.one("SELECT workspace_id, user_id FROM workspace_members")
    yield (f"INSERT INTO former_members(workspace_id, user_id, name, left_at) SELECT {w}, id, name, {h.at()} FROM users WHERE id = {u}"
           " ON CONFLICT (workspace_id, user_id) DO NOTHING")
    yield delete("workspace_members", {"workspace_id": w, "user_id": u})


@operation(4)
def a_member_comes(h):
    yield insert("workspace_members", workspace_id=h.pick(*WORKSPACES), user_id=h.pick(*USERS), role=h.pick("owner", "agent"), created_at=1)


@operation(2)
def a_role_changes(h):
    w, u = h.one("SELECT workspace_id, user_id FROM workspace_members")
    yield update("workspace_members", {"workspace_id": w, "user_id": u}, role=h.pick("owner", "admin", "agent"))


@operation(3)
def somebody_is_invited(h):
    w, u = h.one("SELECT workspace_id, user_id FROM workspace_members")
    i = h.new_id()
    yield insert("invitations", id=i, workspace_id=w, email=h.pick("New@x.org", "new@X.org", f"n{i}@x.org"), name="N", role="agent",
                 hash=Blob(b"%032d" % i), invited_by=u, created_at=1, expires_at=9) + " ON CONFLICT DO NOTHING"


@operation(1)
def a_user_goes(h):
    u = h.new_id()
    yield insert("users", id=u, email=f"u{u}@x.org", name="Brief", created_at=1)
    yield insert("former_members", workspace_id=1, user_id=u, name="Brief", left_at=1)
    yield delete("users", {"id": u})


@operation(2)
def a_token_is_made(h):
    w, u = h.one("SELECT workspace_id, user_id FROM workspace_members")
    i = h.new_id()
    yield insert("api_tokens", id=i, workspace_id=w, user_id=u, hash=Blob(b"%032d" % i), name="t", created_at=1)


@operation(4)
def a_mark_is_made(h):
    i = h.new_id()
    yield insert("marks", id=i, workspace_id=h.pick(*WORKSPACES), kind=h.pick("team", "label"), name=f"m{i}", created_at=1)


@operation(2)
def a_mark_changes(h):
    w, i = h.one("SELECT workspace_id, id FROM marks")
    yield h.pick(update("marks", of(w, i), name=h.pick(f"m{i}", f"M{i}"), color=h.pick(None, "#ffffff")),
                 update("marks", of(w, i), color=h.pick(None, "#000000")), delete("marks", of(w, i)))


@operation(4)
def a_team_has_somebody(h):
    w, team = h.one("SELECT workspace_id, id FROM marks WHERE kind = 'team'")
    u, = h.one(f"SELECT user_id FROM workspace_members WHERE workspace_id = {w}")
    yield insert("team_members", workspace_id=w, team_id=team, user_id=u) + " ON CONFLICT DO NOTHING"


@operation(6)
def a_conversation_gets_a_mark(h):
    w, m, kind = h.one("SELECT workspace_id, id, kind FROM marks")
    c, status = h.one(f"SELECT id, status FROM conversations WHERE workspace_id = {w}")
    yield insert("conversation_marks", workspace_id=w, conversation_id=c, mark_id=m, kind=kind, status=status) + " ON CONFLICT DO NOTHING"


@operation(2)
def a_conversation_loses_a_mark(h):
    w, c, m = h.one("SELECT workspace_id, conversation_id, mark_id FROM conversation_marks")
    yield delete("conversation_marks", {"workspace_id": w, "conversation_id": c, "mark_id": m})


@operation(4)
def a_note_is_written(h):
    w, c, _ = h.conversation()
    yield insert("activities", workspace_id=w, conversation_id=c, user_id=1, kind="note", text=h.word(), at=h.at())


@operation(2)
def a_note_changes(h):
    w, i = h.one("SELECT workspace_id, id FROM activities")
    yield h.pick(update("activities", of(w, i), text=h.word(), edited_at=h.at()), delete("activities", of(w, i)))


@operation(4)
def a_draft_is_written(h):
    w, c, _ = h.conversation()
    u, = h.one(f"SELECT user_id FROM workspace_members WHERE workspace_id = {w}")
    yield insert("drafts", id=h.new_id(), workspace_id=w, user_id=u, conversation_id=c, text=h.word(), version=h.new_id(), updated_at=1) + \
        " ON CONFLICT (workspace_id, conversation_id, user_id) DO UPDATE SET text = excluded.text, version = excluded.version"


@operation(1)
def a_draft_is_thrown_away(h):
    w, c = h.one("SELECT workspace_id, conversation_id FROM drafts")
    yield delete("drafts", {"workspace_id": w, "conversation_id": c})


@operation(4)
def somebody_has_seen(h):
    w, c, u = h.pick(*h.all("SELECT workspace_id, conversation_id, user_id FROM seen_marks"),
                     *h.all("SELECT c.workspace_id, c.id, m.user_id FROM conversations AS c JOIN workspace_members AS m USING (workspace_id) LIMIT 20"))
    yield insert("seen_marks", id=h.new_id(), workspace_id=w, user_id=u, conversation_id=c, message_id=h.pick(1, 2, 3), base_id=0) + \
        " ON CONFLICT (workspace_id, conversation_id, user_id) DO UPDATE SET message_id = excluded.message_id"


@operation(1)
def somebody_has_seen_all(h):
    w, u = h.one("SELECT workspace_id, user_id FROM member_marks")
    yield update("member_marks", {"workspace_id": w, "user_id": u}, seen_id=h.pick(1, 50, 500))


# -------------------------------------------------------------------- to send

@operation(8)
def something_is_queued(h):
    w, i, c, n = h.one("SELECT workspace_id, id, conversation_id, number_id FROM messages")
    yield insert("outbox", id=h.new_id(), workspace_id=w, number_id=n, conversation_id=c, message_id=i, kind=h.pick("message", "message", "read"),
                 state=h.pick("queued", "queued", "sending"), due_at=1, created_at=1) + " ON CONFLICT (workspace_id, kind, message_id) DO NOTHING"


@operation(8)
def the_outbox_goes_on(h):
    w, i = h.one("SELECT workspace_id, id FROM outbox")
    yield h.pick(*[update("outbox", of(w, i), state=s, sending_at=h.at()) for s in ("queued", "sending", "done", "failed")],
                 delete("outbox", of(w, i)))


@operation(2)
def a_number_pauses(h):
    n = h.pick(1, 2, 3, 4)
    yield insert("number_pauses", number_id=n, until=h.at(), reason=h.pick("a", "b"), attempts=1, key_mark=h.pick(None, "k")) + \
        " ON CONFLICT (number_id) DO UPDATE SET until = excluded.until, reason = excluded.reason, key_mark = excluded.key_mark"


@operation(1)
def a_number_sends_again(h):
    yield delete("number_pauses", {"number_id": h.pick(1, 2, 3, 4)})


@operation(3)
def a_delivery_is_held(h):
    yield insert("held", node=h.pick("a", "b"), delivery_id=h.pick(1, 2, 3), state=h.pick("deferred", "dead"),
                 reason=h.pick("token-of-1 may not", "other"), attempts=1, due_at=h.at(), updated_at=h.at(),
                 waits_for=h.pick(None, "number 101"), phone_number_id=h.pick(None, "101", "102", "103", "99")) + \
        " ON CONFLICT (node, delivery_id) DO UPDATE SET state = excluded.state, phone_number_id = excluded.phone_number_id"


@operation(2)
def a_delivery_is_held_no_more(h):
    yield delete("held", {"node": h.pick("a", "b"), "delivery_id": h.pick(1, 2, 3)})


@operation(2)
def an_upload(h):
    i = h.new_id()
    yield insert("uploads", id=i, workspace_id=h.pick(*WORKSPACES), user_id=1, mime_type="image/png", size=h.pick(1, 20), path=f"p{i}", created_at=1)


@operation(2)
def an_upload_changes(h):
    w, i = h.one("SELECT workspace_id, id FROM uploads")
    yield h.pick(update("uploads", of(w, i), workspace_id=h.pick(*WORKSPACES)), update("uploads", of(w, i), size=5), delete("uploads", of(w, i)))


@operation(2)
def a_broadcast_is_made(h):
    w = h.pick(*WORKSPACES)
    i = h.new_id()
    yield insert("broadcasts", id=i, workspace_id=w, from_number_id=NUMBERS[w][0], name="b", state="draft", per_minute=1, created_at=1, template="{}")
    yield insert("broadcast_counts", workspace_id=w, broadcast_id=i)


@operation(2)
def a_broadcast_changes(h):
    w, i = h.one("SELECT workspace_id, id FROM broadcasts")
    yield update("broadcasts", of(w, i), state=h.pick("running", "paused", "done"), shown_at=h.pick(0, h.at()), reason=h.pick(None, "r"))


@operation(6)
def a_recipient_comes(h):
    w, b = h.one("SELECT workspace_id, id FROM broadcasts")
    m, c = h.one(f"SELECT id, conversation_id FROM messages WHERE workspace_id = {w} UNION ALL SELECT NULL, NULL")
    yield insert("broadcast_recipients", id=h.new_id(), workspace_id=w, broadcast_id=b, who=h.phone(), state=h.pick("waiting", "queued"),
                 message_id=m, conversation_id=c) + " ON CONFLICT (workspace_id, broadcast_id, who) DO NOTHING"


@operation(5)
def a_recipient_changes(h):
    w, i = h.one("SELECT workspace_id, id FROM broadcast_recipients")
    yield h.pick(*[update("broadcast_recipients", of(w, i), state=s) for s in ("sent", "delivered", "read", "failed", "skipped")],
                 delete("broadcast_recipients", of(w, i)))


# ------------------------------------------------------------------- the rest

@operation(1)
def the_provider_says_something(h):
    i = h.new_id()
    yield insert("workspace_events", id=i, workspace_id=h.pick(*WORKSPACES), field="account_update", at=h.at(), raw="{}", hash=Blob(b"%032d" % i), created_at=1)


@operation(1)
def a_number_is_otherwise(h):
    yield update("numbers", {"id": h.pick(1, 2, 3, 4)}, health=h.pick(None, "{}"), health_error=h.pick(None, "{}"))


@operation(3)
def a_template(h):
    w = h.pick(*WORKSPACES)
    i = h.new_id()
    yield insert("templates", id=i, workspace_id=w, number_id=NUMBERS[w][0], name=f"t{i}", language="de", status="APPROVED", components="[]", read_at=1)


@operation(3)
def a_template_changes(h):
    w, i = h.one("SELECT workspace_id, id FROM templates")
    yield h.pick(update("templates", of(w, i), status=h.pick("APPROVED", "PAUSED"), reason=h.pick(None, "r")),
                 update("templates", of(w, i), workspace_id=h.pick(*WORKSPACES)), delete("templates", of(w, i)))


@operation(2)
def a_canned_reply(h):
    i = h.new_id()
    yield insert("canned_replies", id=i, workspace_id=h.pick(*WORKSPACES), shortcut=f"S{i}", shortcut_key=f"s{i}", text="t", created_at=1, updated_at=1)


@operation(2)
def a_canned_reply_changes(h):
    w, i = h.one("SELECT workspace_id, id FROM canned_replies")
    yield h.pick(update("canned_replies", of(w, i), text=h.word()), delete("canned_replies", of(w, i)))


@operation(1)
def a_job_ends(h):
    yield "DELETE FROM jobs"


@operation(1)
def words_are_put(h):
    """Of all that is there: what changes or comes back then is stale."""
    yield "DELETE FROM search_stale"
    yield "UPDATE search_indexed SET upto_id = 1000000"


@operation(1)
def nothing_has_words(h):
    yield "UPDATE search_indexed SET upto_id = 0"


@operation(1)
def there_is_much(h):
    """So that a job does the rest: a contact of many, a tag that many have."""
    w, contact = h.one("SELECT workspace_id, id FROM contacts")
    tags = [h.new_id() for _ in range(3)]
    for t in tags:
        yield insert("tags", id=t, workspace_id=w, name=f"much {t}", created_at=1)
        yield insert("contact_tags", workspace_id=w, contact_id=contact, tag_id=t)
    for _ in range(9):
        i = h.new_id()
        yield insert("conversations", id=i, workspace_id=w, number_id=NUMBERS[w][0], phone=h.phone(), contact_id=contact, created_at=1, updated_at=1)
    t = h.new_id()
    yield insert("tags", id=t, workspace_id=w, name=f"more {t}", created_at=1)
    yield insert("contact_tags", workspace_id=w, contact_id=contact, tag_id=t)
    yield update("contacts", of(w, contact), name="Much")
    yield delete("contact_tags", {"workspace_id": w, "contact_id": contact, "tag_id": t})


@operation(1)
def what_is_wrong_is_refused(h):
    w, c, n = h.conversation()
    yield h.pick(update("conversations", of(w, c), status="gone"), update("conversations", of(w, c), unread_count=-1),
                 insert("contacts", id=h.new_id(), workspace_id=w, name="nobody", created_at=1, updated_at=1),
                 insert("messages", **message(h, w, c, n, direction="sideways")), update("numbers", {"id": n}, phone_number_id="101"))


# ------------------------------------------------------------------- members

MEMBERS = [(1, 1), (1, 2), (1, 4), (2, 1), (2, 3), (2, 5)]
DOORS = []


def door(f):
    DOORS.append(f)
    return f


class Members(History):
    """What members do through their views; WHERE they are is (workspace, user)."""

    def begin(self):
        yield from super().begin()
        for w in WORKSPACES:
            yield update("workspace_members", {"workspace_id": w, "user_id": 1}, role="owner")

    def next(self):
        self.where = self.pick(*MEMBERS, (1, 1), (2, 1))
        f = self.pick(*DOORS)
        return f.__name__, list(until_nothing(f(self)))

    def of(self, table, column="id"):
        """One of the member's own, nearly always."""
        own = self.chance(0.9)
        value, = self.one(f"SELECT {column} FROM {table} WHERE workspace_id {'=' if own else '<>'} {self.where[0]}")
        return value

    def anywhere(self, view, column="id"):
        value, = self.one(f"SELECT {column} FROM {view}")
        return value


@door
def writes_a_message(h):
    yield insert("my_messages", conversation_id=h.of("conversations"), type="text", content=h.pick("", "{}"), preview=h.pick("", "p"), text=h.word(),
                 sent_at=h.at(), created_at=h.at())


@door
def queues_it(h):
    message = h.of("messages")
    yield insert("my_outbox", message_id=message, kind=h.pick("message", "read"), upload_id=h.pick(None, *[i for i, in h.all("SELECT id FROM uploads")]),
                 due_at=h.at(), created_at=h.at(), typing=h.pick(None, 0, 1))


@door
def sends_again(h):
    yield h.pick(f"UPDATE my_outbox SET due_at = {h.at()} WHERE message_id = {h.of('outbox', 'message_id')}",
                 f"UPDATE my_messages SET status = 'queued' WHERE id = {h.of('messages')}")


@door
def starts_a_conversation(h):
    yield insert("my_conversations", number_id=h.pick(1, 2, 3), phone=h.phone(), contact_id=h.pick(None, 1, *[i for i, in h.all("SELECT id FROM contacts")]),
                 created_at=h.at())


@door
def changes_a_conversation(h):
    c = h.of("conversations")
    yield "UPDATE my_conversations SET " + h.pick(
        "status = 'archived'", "status = 'active', unanswered_since = NULL", "is_read = 1, unread_count = 0", f"assigned_to = {h.pick(1, 2, 3)}",
        f"contact_id = {h.pick('NULL', *[str(i) for i, in h.all('SELECT id FROM contacts')])}, link = 'person'", f"updated_at = {h.at()}") + f" WHERE id = {c}"


@door
def sets_aside(h):
    c = h.of("conversations")
    yield f"UPDATE my_conversations SET status = 'archived' WHERE id = {c}"
    yield insert("my_set_aside", conversation_id=c, state=h.pick("pending", "snoozed"), at=h.at())
    if h.chance(0.3):
        yield f"DELETE FROM my_set_aside WHERE conversation_id = {c}"


@door
def writes_a_note(h):
    yield insert("my_activities", conversation_id=h.of("conversations"), kind=h.pick("note", "state"), text=h.word(), at=h.at())


@door
def changes_a_note(h):
    yield h.pick(f"UPDATE my_activities SET text = 'new', edited_at = 5 WHERE id = {h.of('activities')}", f"DELETE FROM my_activities WHERE id = {h.of('activities')}")


@door
def writes_a_draft(h):
    c = h.of("conversations")
    yield insert("my_drafts", conversation_id=c, text=h.word(), reply_to=h.pick(None, *[i for i, in h.all("SELECT id FROM messages LIMIT 9")]), updated_at=h.at())
    if h.chance(0.2):
        yield f"DELETE FROM my_drafts WHERE conversation_id = {c}"


@door
def has_seen(h):
    yield insert("my_seen_marks", conversation_id=h.of("conversations"), message_id=h.of("messages"))


@door
def has_seen_everything(h):
    if h.chance(0.3):
        yield "UPDATE my_member_marks SET seen_id = 0"


@door
def makes_a_contact(h):
    yield insert("my_contacts", phone=f"+1{h.new_id()}", name="Ann", created_at=h.at(), updated_at=h.at())


@door
def changes_a_contact(h):
    c = h.of("contacts")
    yield h.pick(f"UPDATE my_contacts SET name = 'Bea', email = 'B@x', updated_at = {h.at()} WHERE id = {c}", f"DELETE FROM my_contacts WHERE id = {c}",
                 insert("my_links", contact_id=c))


@door
def tags(h):
    yield insert("my_tags", name=f"t{h.new_id()}", created_at=1)
    yield h.pick(f"UPDATE my_tags SET name = 'T{h.new_id()}' WHERE id = {h.of('tags')}", f"DELETE FROM my_tags WHERE id = {h.of('tags')}",
                 insert("my_contact_tags", contact_id=h.of("contacts"), tag_id=h.of("tags")), insert("my_contact_tags", contact_id=h.of("contacts"), tag_id=h.of("tags")),
                 f"DELETE FROM my_contact_tags WHERE contact_id = {h.of('contacts')}")


@door
def fields(h):
    i = h.new_id()
    yield insert("my_contact_fields", key=f"k{i}", label="L", type="text", created_at=1, updated_at=1)
    field = h.of("contact_fields")
    yield h.pick(f"UPDATE my_contact_fields SET label = 'M', choices = NULL, updated_at = {i} WHERE id = {field}", f"DELETE FROM my_contact_fields WHERE id = {field}",
                 *[insert("my_contact_values", contact_id=h.of("contacts"), field_id=field, value="v")] * 4,
                 f"DELETE FROM my_contact_values WHERE field_id = {field}")


@door
def canned_replies(h):
    i = h.new_id()
    yield insert("my_canned_replies", shortcut=f"s{i}", shortcut_key=f"s{i}", text="t", created_at=1, updated_at=1)
    reply = h.of("canned_replies")
    yield h.pick(f"UPDATE my_canned_replies SET shortcut = 'x{i}', shortcut_key = 'x{i}', text = 'n', updated_at = 5 WHERE id = {reply}",
                 f"DELETE FROM my_canned_replies WHERE id = {reply}")


@door
def marks(h):
    yield insert("my_marks", kind=h.pick("team", "label"), name=f"m{h.new_id()}", color=None, created_at=1)
    m = h.of("marks")
    yield h.pick(f"UPDATE my_marks SET name = 'n{h.new_id()}', color = '#000000' WHERE id = {m}", f"DELETE FROM my_marks WHERE id = {m}",
                 *[insert("my_team_members", team_id=m, user_id=h.pick(1, 2, 3))] * 2, f"DELETE FROM my_team_members WHERE team_id = {m}",
                 *[insert("my_conversation_marks", conversation_id=h.of("conversations"), mark_id=m)] * 4, f"DELETE FROM my_conversation_marks WHERE mark_id = {m}")


@door
def takes_something_off(h):
    """Of what there is, perhaps of the other workspace."""
    table, columns = h.pick(("team_members", ("team_id", "user_id")), ("contact_values", ("contact_id", "field_id")), ("contact_tags", ("contact_id", "tag_id")),
                            ("conversation_marks", ("conversation_id", "mark_id")))
    row = h.one(f"SELECT {', '.join(columns)} FROM {table}")
    yield delete(f"my_{table}", dict(zip(columns, row)))


@door
def tests_a_webhook_again(h):
    i, = h.one("SELECT endpoint_id FROM webhook_deliveries")
    yield f"UPDATE my_webhook_deliveries SET due_at = 0, created_at = {h.at()} WHERE endpoint_id = {i}"
    yield h.pick(*[f"UPDATE my_webhook_endpoints SET after_seq = {-h.new_id()} WHERE id = {i}"] * 3, f"DELETE FROM my_webhook_endpoints WHERE id = {i}")


@door
def settings(h):
    yield h.pick(*[update("my_settings", {"id": h.pick(1, 2)}, reactions_unread=h.pick(0, 1), second_factor=0)] * 3,
                 *[f"UPDATE my_member_roles SET role = '{h.pick('admin', 'agent')}' WHERE user_id = {h.pick(2, 3, 4, 5)}"] * 2,
                 insert("my_hours", time_zone="UTC", opening_hours=h.pick(None, "{}"), automatic_answer=None, changed_at=h.at()),
                 insert("my_tickets", hash=Blob(b"%032d" % h.new_id()), expires_at=9),
                 f"UPDATE my_member_roles SET role = '{h.pick('owner', 'admin', 'agent')}' WHERE user_id = {h.pick(2, 3, 4, 5)}",
                 f"UPDATE my_numbers SET templates_due_at = {h.at()} WHERE id = {h.pick(1, 2, 3)}",
                 insert("my_workspace_events", field=h.pick("workspace_members", "workspace_settings", "account_update"), at=1, raw="{}", hash=Blob(b"%032d" % h.new_id()), created_at=1))


@door
def tokens(h):
    i = h.new_id()
    yield insert("my_api_tokens", user_id=h.where[1], hash=Blob(b"%032d" % i), name="n", created_at=1)
    yield insert("my_invitations", email=f"i{i}@x", name="I", role=h.pick("agent", "owner"), hash=Blob(b"%032d" % i), created_at=1, expires_at=9)
    yield h.pick(f"UPDATE my_api_tokens SET revoked_at = 9 WHERE id = {h.of('api_tokens')} AND name = 'n'", f"DELETE FROM my_invitations WHERE id = {h.of('invitations')}",
                 "DELETE FROM my_sessions")


@door
def webhooks(h):
    yield insert("my_webhook_endpoints", url="https://x", events="*", secret=Blob(b"s"), created_at=h.at())
    e = h.of("webhook_endpoints")
    yield h.pick(f"UPDATE my_webhook_endpoints SET url = 'https://{h.new_id()}', description = 'd', events = 'a', updated_at = 5 WHERE id = {e}",
                 f"UPDATE my_webhook_endpoints SET state = '{h.pick('active', 'paused')}', reason = 'member', updated_at = {h.at()} WHERE id = {e}",
                 f"UPDATE my_webhook_endpoints SET secret = <{h.new_id():08x}>, old_secret_until = 9, updated_at = 6 WHERE id = {e}",
                 f"UPDATE my_webhook_endpoints SET after_seq = {-h.new_id()} WHERE id = {e}", f"DELETE FROM my_webhook_endpoints WHERE id = {e}",
                 insert("my_webhook_deliveries", endpoint_id=e, type="test", created_at=1),
                 f"UPDATE my_webhook_deliveries SET due_at = 0, created_at = 7 WHERE endpoint_id = {e}")


@door
def erases(h):
    yield insert("my_erasures", conversation_id=h.of("conversations"), asked_at=h.at())


@door
def repeats_a_request(h):
    yield insert("my_idempotency_keys", key=f"k{h.new_id()}", request_hash=Blob(b"h"), status=201, location=None, body="{}", created_at=1)


@door
def blocks(h):
    c = h.of("conversations")
    yield insert("my_blocks", conversation_id=c, asked_at=h.at())
    if h.chance(0.4):
        yield f"UPDATE my_blocks SET state = 'unblocking', asked_at = {h.at()} WHERE conversation_id = {c}"


@door
def names_a_customer(h):
    yield insert("my_identities", kind=h.pick("alias", "user_id", "wa_id"), value=h.phone(), conversation_id=h.of("conversations"), created_at=1)


@door
def reacts(h):
    n, wamid = h.one("SELECT number_id, wamid FROM messages WHERE wamid IS NOT NULL")
    yield insert("my_reactions", number_id=n, target_wamid=wamid, emoji=h.pick("", "x"), at=h.at())


@door
def uploads(h):
    yield insert("my_uploads", mime_type="image/png", filename="f", size=h.pick(1, 9), path="p", created_at=1)


@door
def wants_a_template(h):
    i = h.new_id()
    yield insert("my_templates", number_id=h.pick(1, 2, 3), name=f"t{i}", language="de", status="x", components="[]", read_at=1, asked_due_at=1, request="{}")
    yield f"UPDATE my_templates SET status = 'y', asked = 'delete', asked_due_at = 4 WHERE id = {h.of('templates')}"


@door
def wants_a_group(h):
    yield insert("my_own_groups", number_id=h.pick(1, 2, 3), subject="s", asked_at=h.at())
    g = h.of("own_groups")
    yield h.pick(f"UPDATE my_own_groups SET asked = '{h.pick('link', 'end')}', request = NULL, asked_at = 5 WHERE id = {g}", f"DELETE FROM my_own_groups WHERE id = {g}")


@door
def broadcasts(h):
    yield insert("my_broadcasts", number_id=h.pick(1, 2, 3), name="b", tag_id=None, label_id=h.pick(None, 1), per_minute=1, start_at=0, created_at=h.at(), template="{}")
    b = h.of("broadcasts")
    yield insert("my_broadcast_recipients", broadcast_id=b, who=f"+{h.new_id()}")
    yield h.pick(f"UPDATE my_broadcasts SET state = 'running', started_at = 5 WHERE id = {b}", f"UPDATE my_broadcasts SET state = 'done', ended_at = {h.at()} WHERE id = {b}",
                 f"UPDATE my_broadcast_recipients SET state = 'queued', conversation_id = {h.of('conversations')}, message_id = {h.of('messages')} WHERE broadcast_id = {b}")


# What the processor does meanwhile, so that there is something to go on with.
PROCESSOR = ["UPDATE own_groups SET state = 'there', asked = NULL WHERE id % 2 = 0", "UPDATE own_groups SET state = 'refused' WHERE id % 3 = 0",
             "UPDATE outbox SET state = 'failed' WHERE message_id % 2 = 0", "UPDATE outbox SET state = 'done' WHERE message_id % 3 = 0",
             "UPDATE messages SET status = 'failed' WHERE id = (SELECT MIN(id) FROM messages WHERE source = 'api' AND id % 3 = 0 AND status <> 'failed')", "UPDATE blocks SET state = 'blocked' WHERE state = 'blocking'",
             "UPDATE messages SET wamid = 'w' || id WHERE wamid IS NULL AND id % 2 = 0",
             "UPDATE webhook_endpoints SET failures = 5, reason = 'failing'", "UPDATE webhook_deliveries SET state = 'failed'"]
