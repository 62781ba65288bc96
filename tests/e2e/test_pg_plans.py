"""No statement of a member's, under row level security, reads a large table of
PostgreSQL's from its beginning, or sorts many rows: in a database of 100,000
messages, as the server means to run it, whatever the arguments are."""

import json
import re

import pytest

from plans import literals, sources, statements
from postgres import Server, Talk
from rig import ROOT

CONVERSATIONS, MESSAGES = 10_000, 100_000

# As it is on a member's connection (src/lib/sql/pgsql/pgsql_connection.c), on which a
# statement is prepared once for all arguments.
SETTINGS = """SET plan_cache_mode = force_generic_plan; SET jit = off; SET enable_sort = off;
SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;"""

# Two workspaces, one of them small; names and texts as they come.
FILL = f"""
INSERT INTO workspaces(id, name, created_at) SELECT i, 'w' || i, 1 FROM generate_series(1, 3) AS i;
INSERT INTO users(id, email, name, created_at) SELECT i, 'u' || i || '@x', 'U' || i, 1 FROM generate_series(1, 40) AS i;
INSERT INTO workspace_members(workspace_id, user_id, role, created_at) SELECT 1, i, CASE i WHEN 1 THEN 'owner' ELSE 'agent' END, 1
 FROM generate_series(1, 40) AS i;
INSERT INTO api_tokens(id, workspace_id, user_id, hash, name, created_at)
 VALUES (1, 1, 1, sha256('token'), 't', 1);
INSERT INTO numbers(id, workspace_id, phone_number_id, created_at) SELECT i, 1 + i / 4, 'n' || i, 1 FROM generate_series(1, 9) AS i;
SELECT set_config('session_replication_role', 'replica', false);
INSERT INTO marks(id, workspace_id, kind, name, color, created_at) SELECT i, 1, CASE WHEN i % 2 = 0 THEN 'team' ELSE 'label' END, 'm' || i, NULL, 1
 FROM generate_series(1, 20) AS i;
INSERT INTO tags(id, workspace_id, name, created_at) SELECT i, 1, 't' || i, 1 FROM generate_series(1, 40) AS i;
INSERT INTO contacts(id, workspace_id, phone, name, email, created_at, updated_at)
 SELECT i, 1, '+49' || i, 'name ' || i, NULL, i, i FROM generate_series(1, {CONVERSATIONS}) AS i;
INSERT INTO contact_tags(workspace_id, contact_id, tag_id) SELECT 1, i, 1 + i % 40 FROM generate_series(1, {CONVERSATIONS}) AS i;
INSERT INTO conversations(id, workspace_id, number_id, phone, profile_name, contact_id, status, assigned_to, last_message_at, created_at, updated_at)
 SELECT i, CASE WHEN i % 100 = 0 THEN 2 ELSE 1 END, CASE WHEN i % 100 = 0 THEN 4 ELSE 1 + i % 3 END, '+49' || i, 'p' || i,
 CASE WHEN i % 100 = 0 OR i % 3 = 0 THEN NULL ELSE i END, CASE WHEN i % 5 = 0 THEN 'archived' ELSE 'active' END,
 CASE WHEN i % 7 = 0 THEN 1 + i % 40 END, i, i, i FROM generate_series(1, {CONVERSATIONS}) AS i;
INSERT INTO conversation_marks SELECT workspace_id, id, 2 + id % 20 / 2 * 2, 'team', status FROM conversations WHERE id % 4 = 0;
INSERT INTO messages(id, workspace_id, conversation_id, number_id, wamid, direction, source, type, content, preview, text, status, sent_at, created_at)
 SELECT i, c.workspace_id, c.id, c.number_id, 'w' || i, CASE i % 2 WHEN 0 THEN 'inbound' ELSE 'outbound' END, 'live', 'text', '{{}}', 'p', 'text ' || i,
 'received', i, i FROM generate_series(1, {MESSAGES}) AS i JOIN conversations AS c ON c.id = 1 + i % {CONVERSATIONS};
INSERT INTO message_statuses(workspace_id, number_id, wamid, status, participant, at) SELECT workspace_id, number_id, wamid, 'sent', '', sent_at FROM messages WHERE direction = 'outbound';
INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
 SELECT 1, i, 'message.created', i, 1 + i % {CONVERSATIONS} FROM generate_series(1, {MESSAGES}) AS i;
INSERT INTO identities(workspace_id, number_id, kind, value, conversation_id, created_at)
 SELECT workspace_id, number_id, 'wa_id', '49' || id, id, 1 FROM conversations;
INSERT INTO reactions SELECT 1, number_id, wamid, 'customer', 'x', 1, 'r' || id FROM messages WHERE id % 10 = 0 AND workspace_id = 1;
INSERT INTO media(id, workspace_id, message_id, number_id, state, due_at, created_at)
 SELECT id, workspace_id, id, number_id, 'stored', 1, 1 FROM messages WHERE id % 10 = 0;
INSERT INTO outbox(id, workspace_id, number_id, conversation_id, message_id, kind, state, due_at, created_at)
 SELECT id, workspace_id, number_id, conversation_id, id, 'message', 'queued', 1, 1 FROM messages WHERE id % 4 = 1;
SELECT set_config('session_replication_role', 'origin', false);
ANALYZE;
"""

# Tables with few rows, whoever has them.
SMALL = 2000


@pytest.fixture(scope="module")
def inbox():
    server = Server()
    try:
        server.inbox("plans")
        server.call("CREATE ROLE serve LOGIN IN ROLE waspool_member;" + FILL, "plans")
        yield server
    finally:
        server.stop()


def of_members():
    """(file, SQL) of what sees rows through views."""
    own = literals(p for p in sorted((ROOT / "src").rglob("*_pgsql.c")) if "lib/sql" not in str(p))
    for path, sql in [*statements(), *((p.relative_to(ROOT), sql) for p, sql in own)]:
        if re.search(r"\bmy_\w+", sql) and path.stem[-7:] != "_sqlite" and "lib/sql" not in str(path):
            yield path, sql


def with_parameters(sql):
    """As the driver prepares it: a number that is left out is a text."""
    there = {int(n) for n in re.findall(r"\$(\d+)", re.sub(r"'[^']*'", "''", sql))}
    return ", ".join("unknown" if n in there else "text" for n in range(1, max(there, default=0) + 1))


def nodes(plan, limited=False):
    """Each, and whether it ends early: by a LIMIT, or where one row is enough, as
    a scan is that is all of a subquery (EXISTS)."""
    limited |= plan["Node Type"] == "Limit" or plan.get("Parent Relationship") in ("SubPlan", "InitPlan")
    yield plan, limited
    limited &= plan["Node Type"] in ("Limit", "Nested Loop", "Subquery Scan", "Merge Append", "Append", "Result")
    for child in plan.get("Plans", ()):
        yield from nodes(child, limited)


def faults(plan, rows):
    for node, limited in nodes(plan):
        kind, table = node["Node Type"], node.get("Relation Name")
        if kind == "Seq Scan" and rows.get(table, 0) > SMALL:
            yield f"reads all of {table}"
        if kind in ("Index Scan", "Index Only Scan") and "Index Cond" not in node and rows.get(table, 0) > SMALL:
            yield f"reads all of {node['Index Name']}"
        if kind == "Sort" and node["Plan Rows"] > SMALL:
            yield f"sorts {node['Plan Rows']} rows by {node['Sort Key']}"
        if "Scan" in kind and node["Plan Rows"] > SMALL and not limited:
            yield f"reads {node['Plan Rows']} rows of {table}"
        if kind in ("Hash", "Materialize") and node["Plan Rows"] > SMALL:
            yield f"gathers {node['Plan Rows']} rows"


def test_no_member_waits_for_a_large_table(inbox):
    rows = {name: int(n) for name, n in (line.split("|") for line in inbox.call(
        "SELECT relname, reltuples::bigint FROM pg_class WHERE relkind = 'r'", "plans")[0].split())}
    assert rows["messages"] == MESSAGES
    talk = Talk(inbox, "plans", "serve")
    talk.rows(SETTINGS)
    talk.rows("SELECT set_config('waspool.token', 'token', false)")
    everything, bad = list(of_members()), []
    assert len(everything) > 250
    for path, sql in everything:
        types = with_parameters(sql)
        talk.rows(f"PREPARE s{f'({types})' if types else ''} AS {sql}")
        values = ", ".join("NULL" for _ in types.split(", ")) if types else ""
        plan = talk.rows(f"EXPLAIN (FORMAT JSON) EXECUTE s{f'({values})' if values else ''}")
        plan, = json.loads("\n".join(line for line, in plan))
        talk.rows("DEALLOCATE s")
        bad += [f"{path}: {fault}: {sql}" for fault in faults(plan["Plan"], rows)]
    talk.close()
    assert not bad, "\n".join(bad)
