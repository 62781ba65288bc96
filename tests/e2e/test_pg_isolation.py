"""Row level security of schema/pgsql: hostile SQL on a member's connection, which
no seal of a driver stops here, finds and changes nothing of another workspace."""

import concurrent.futures
import re
import subprocess
import time

import pytest

from postgres import Server, Talk
from rig import ROOT

# What a workspace has of each table, and says of it.  Two: Ann's, Bea's.
OFFICE = """
INSERT INTO workspaces(id, name, created_at) VALUES (1, 'mine', 1), (2, 'SECRET', 1);
INSERT INTO users(id, email, name, created_at) VALUES (1, 'ann@x', 'Ann', 1), (2, 'SECRET@x', 'SECRET', 1), (3, 'cid@x', 'Cid', 1);
INSERT INTO workspace_members VALUES (1, 1, 'owner', 1), (2, 2, 'owner', 1), (1, 3, 'agent', 1);
INSERT INTO api_tokens(workspace_id, user_id, hash, name, created_at) VALUES
 (1, 1, sha256('ann'), 't', 1), (2, 2, sha256('bea'), 'SECRET', 1), (1, 3, sha256('cid'), 't', 1);
INSERT INTO api_tokens(workspace_id, user_id, hash, name, created_at, kind) VALUES (1, 3, sha256('cookie'), 'SECRET', 1, 'session');
INSERT INTO numbers(id, workspace_id, phone_number_id, display_phone, created_at) VALUES (1, 1, '1', 'mine', 1), (2, 2, '2', 'SECRET', 1);
INSERT INTO contacts(id, workspace_id, phone, name, created_at, updated_at) VALUES (1, 1, '+1', 'mine', 1, 1), (2, 2, '+2', 'SECRET', 1, 1);
INSERT INTO tags(id, workspace_id, name, created_at) VALUES (1, 1, 'mine', 1), (2, 2, 'SECRET', 1);
INSERT INTO contact_tags VALUES (1, 1, 1), (2, 2, 2);
INSERT INTO contact_fields(id, workspace_id, key, label, type, created_at, updated_at) VALUES (1, 1, 'k', 'mine', 'text', 1, 1), (2, 2, 'k', 'SECRET', 'text', 1, 1);
INSERT INTO contact_values VALUES (1, 1, 1, 'mine'), (2, 2, 2, 'SECRET');
INSERT INTO conversations(id, workspace_id, number_id, phone, profile_name, contact_id, created_at, updated_at) VALUES
 (1, 1, 1, '+1', 'mine', 1, 1, 1), (2, 2, 2, '+2', 'SECRET', 2, 1, 1);
INSERT INTO messages(id, workspace_id, conversation_id, number_id, wamid, direction, source, type, content, preview, text, status, sent_at, created_at) VALUES
 (1, 1, 1, 1, 'w1', 'inbound', 'live', 'text', '', '', 'mine', 'received', 1, 1), (2, 2, 2, 2, 'w2', 'inbound', 'live', 'text', '', '', 'SECRET', 'received', 1, 1),
 (3, 1, 1, 1, NULL, 'outbound', 'api', 'text', '', '', 'mine', 'failed', 2, 2), (4, 2, 2, 2, NULL, 'outbound', 'api', 'text', '', '', 'SECRET', 'failed', 2, 2);
INSERT INTO outbox(id, workspace_id, number_id, conversation_id, message_id, kind, state, reason, due_at, created_at) VALUES
 (1, 1, 1, 1, 3, 'message', 'failed', 'mine', 1, 1), (2, 2, 2, 2, 4, 'message', 'failed', 'SECRET', 1, 1);
INSERT INTO media(id, workspace_id, message_id, number_id, state, filename, due_at, created_at) VALUES (1, 1, 1, 1, 'stored', 'mine', 1, 1), (2, 2, 2, 2, 'stored', 'SECRET', 1, 1);
INSERT INTO reactions VALUES (1, 1, 'w1', 'customer', 'mine', 1, 'x'), (2, 2, 'w2', 'customer', 'SECRET', 1, 'x');
INSERT INTO message_statuses(workspace_id, number_id, wamid, status, at) VALUES (2, 2, 'w2', 'SECRET', 1);
INSERT INTO message_patches(workspace_id, number_id, target_wamid, wamid, kind, at, content) VALUES (2, 2, 'w2', 'e', 'edit', 1, 'SECRET');
INSERT INTO marks(id, workspace_id, kind, name, created_at) VALUES (1, 1, 'label', 'mine', 1), (2, 2, 'label', 'SECRET', 1), (3, 1, 'team', 'mine', 1), (4, 2, 'team', 'SECRET', 1);
INSERT INTO conversation_marks VALUES (2, 2, 2, 'label', 'active');
INSERT INTO activities(workspace_id, conversation_id, user_id, kind, text, at) VALUES (1, 1, 1, 'note', 'mine', 1), (2, 2, 2, 'note', 'SECRET', 1);
INSERT INTO drafts(workspace_id, user_id, conversation_id, text, version, updated_at) VALUES (1, 3, 1, 'SECRET of a colleague', 1, 1), (2, 2, 2, 'SECRET', 1, 1);
INSERT INTO templates(id, workspace_id, number_id, name, language, status, components, read_at) VALUES (2, 2, 2, 'SECRET', 'de', 'APPROVED', '[]', 1);
INSERT INTO canned_replies(id, workspace_id, shortcut, shortcut_key, text, created_at, updated_at) VALUES (2, 2, 's', 's', 'SECRET', 1, 1);
INSERT INTO webhook_endpoints(id, workspace_id, url, events, secret, after_seq, created_at, updated_at) VALUES
 (1, 1, 'https://mine', '*', 'SECRET', 0, 1, 1), (2, 2, 'https://SECRET', '*', 'SECRET', 0, 1, 1);
INSERT INTO invitations(id, workspace_id, email, name, role, hash, created_at, expires_at) VALUES (2, 2, 'SECRET@y', 'SECRET', 'agent', 'SECRET', 1, 9);
INSERT INTO broadcasts(id, workspace_id, from_number_id, name, state, per_minute, created_at, template) VALUES (2, 2, 2, 'SECRET', 'draft', 1, 1, '{}');
INSERT INTO uploads(id, workspace_id, user_id, mime_type, filename, size, path, created_at) VALUES (2, 2, 2, 'x', 'SECRET', 1, 'SECRET', 1);
INSERT INTO workspace_events(workspace_id, field, at, raw, hash, created_at) VALUES (2, 'f', 1, 'SECRET', 'SECRET', 1), (1, 'workspace_tokens', 1, 'AUDIT', 'h', 1);
INSERT INTO idempotency_keys VALUES (2, 2, 'k', 'h', 200, NULL, 'SECRET', 1), (1, 3, 'k', 'h', 200, NULL, 'SECRET of a colleague', 1);
INSERT INTO number_pauses(number_id, until, reason, attempts, key_mark) VALUES (1, 1, 'mine', 1, 'SECRET'), (2, 1, 'SECRET', 1, 'k');
INSERT INTO passwords VALUES (2, 'SECRET', 1);
INSERT INTO message_words VALUES (1, 1, 'mine'), (2, 2, 'secret');
INSERT INTO identities(workspace_id, number_id, kind, value, conversation_id, created_at) VALUES (2, 2, 'wa_id', 'SECRET', 2, 1);
INSERT INTO blocks(workspace_id, number_id, who, conversation_id, state, asked_at, due_at) VALUES (2, 2, 'SECRET', 2, 'blocked', 1, 1);
INSERT INTO own_groups(id, workspace_id, number_id, state, subject) VALUES (2, 2, 2, 'refused', 'SECRET');
DO $$ BEGIN CREATE ROLE member_in LOGIN; CREATE ROLE processor_in LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT waspool_member TO member_in;
GRANT waspool_processor TO processor_in;
ANALYZE;
"""

# All rows of workspace 2, and those that a member of 1 may not write either.
FINGERPRINT = "SELECT md5(string_agg(t, '' ORDER BY t)) FROM (" + " UNION ALL ".join(
    f"SELECT '{t}' || x::text AS t FROM {t} AS x WHERE workspace_id = 2" for t in """contacts tags contact_tags
    contact_fields contact_values conversations messages outbox media reactions message_statuses marks conversation_marks activities
    drafts templates canned_replies webhook_endpoints webhook_deliveries invitations broadcasts broadcast_recipients uploads workspace_events
    idempotency_keys identities blocks own_groups changes counters jobs workspace_members api_tokens numbers team_members set_aside
    unanswered erasures seen_marks tickets""".split()
) + """ UNION ALL SELECT w::text FROM workspaces AS w WHERE id = 2 UNION ALL SELECT u::text FROM users AS u
 UNION ALL SELECT p::text FROM passwords AS p UNION ALL SELECT k::text FROM context_keys AS k
 UNION ALL SELECT r.rolname || r.rolsuper::text || r.rolbypassrls::text FROM pg_roles AS r
 UNION ALL SELECT p.polname || p.polrelid || pg_get_expr(p.polqual, p.polrelid) FROM pg_policy AS p
 UNION ALL SELECT c.relname || c.relrowsecurity || COALESCE(c.relacl::text, '') FROM pg_class AS c
  WHERE relnamespace = 'public'::regnamespace) AS s"""

# Of the kinds that PostgreSQL has and SQLite has not.
HOSTILE = """
SELECT * FROM conversations
SELECT * FROM conversations WHERE workspace_id = 2
SELECT * FROM my_conversations WHERE id = 2 OR true
SELECT id, last_message_preview FROM conversations WHERE CAST(last_message_preview AS int) = 1
SELECT id FROM my_contacts WHERE CAST(name AS int) = 1
SELECT id FROM contacts WHERE 1 / (id - 2) = 7
SELECT id FROM contacts WHERE 1 / (workspace_id - 2) = 7
SELECT id FROM conversations ORDER BY 1 / (workspace_id - 2)
SELECT count(*) FROM messages WHERE workspace_id = 2 AND text LIKE '%SECRET%' HAVING count(*) = 1 AND 1 / 0 = 1
SELECT my_found('message_words', 'secret', 999, 99, NULL)
SELECT my_found('contacts', 'secret', 999, 99, NULL)
SELECT my_found('contact_digits', 'secret', 999, 99, '1')
SELECT my_found('message_words; SELECT 1', 'secret', 999, 99, NULL)
SELECT tidy_words()
SELECT empty_words()
SELECT * FROM message_words
SELECT * FROM ts_stat('SELECT words FROM message_words')
SET ROLE waspool_processor; SELECT * FROM contacts
SET ROLE waspool_doors; SELECT * FROM contacts
SET ROLE waspool; SELECT * FROM contacts
SET SESSION AUTHORIZATION waspool; SELECT * FROM contacts
RESET ROLE; SELECT * FROM contacts
RESET SESSION AUTHORIZATION; SELECT * FROM contacts
SET row_security = off; SELECT * FROM contacts
SET waspool.workspace = 2; SELECT * FROM contacts
SET waspool.token = '2'; SELECT * FROM my_contacts
SET waspool.token = 'context.workspace.2'; SELECT * FROM my_contacts
SELECT set_config('waspool.token', 'context.workspace.2.' || repeat('0', 64), false); SELECT * FROM my_contacts
SELECT set_config('waspool.token', 'context.token.2.' || encode(sha256('token.2'), 'hex'), false); SELECT * FROM my_contacts
SELECT set_config('waspool.token', workspace_context(2), false); SELECT * FROM my_contacts
SELECT set_config('waspool.token', signed_context('workspace', 2), false); SELECT * FROM my_contacts
SELECT set_config('waspool.token', NULL, false); SELECT * FROM my_contacts
SELECT set_config('waspool.token', 'context.workspace.99999999999999999999.' || repeat('0', 64), false); SELECT * FROM my_contacts
SELECT let_in('bea')
SELECT * FROM sign_in('context.token.2.' || repeat('0', 64))
SELECT use_ticket('SECRET', 0, 9)
SELECT note_change(2, 'message.updated', 2, 2)
SELECT lock_workspace(2)
SELECT unanswered_find(2, 2)
SELECT phone_book_move(2, 2, '+2')
SELECT marketing_move(2, 2)
SELECT count_bytes(2, 1000)
SELECT remove_member(2, 1)
SELECT newest_message()
SELECT is_workspace_member(2) AND 1 / 0 = 1
TABLE context_keys
SELECT * FROM api_tokens
SELECT hash FROM api_tokens
SELECT secret FROM webhook_endpoints
SELECT secret, url FROM my_webhook_endpoints
SELECT key_mark FROM number_pauses
SELECT * FROM my_pauses
SELECT * FROM my_changes, changes
SELECT * FROM drafts
SELECT text, version FROM drafts
SELECT body FROM idempotency_keys
SELECT * FROM passwords
SELECT * FROM users
SELECT id, name, email FROM users
SELECT id, name FROM workspaces
SELECT pg_read_file('postgresql.conf'), pg_ls_dir('.')
SELECT query_to_xml('SELECT * FROM contacts', true, false, '')
SELECT table_to_xml('contacts', true, false, '')
SELECT database_to_xml(true, false, '')
SELECT * FROM pg_stats WHERE most_common_vals::text LIKE '%SECRET%' OR histogram_bounds::text LIKE '%SECRET%'
SELECT * FROM pg_statistic
SELECT * FROM pg_authid
SELECT * FROM pg_stat_activity WHERE usename <> current_user
COPY contacts TO STDOUT
COPY (SELECT * FROM contacts) TO STDOUT
COPY contacts TO PROGRAM 'cat'
COPY contacts FROM '/etc/passwd'
DO $x$ DECLARE r record; BEGIN FOR r IN SELECT name FROM my_contacts LOOP RAISE NOTICE '%', r; END LOOP; END $x$
DO $x$ BEGIN PERFORM 1 FROM contacts WHERE name = 'SECRET'; IF FOUND THEN RAISE NOTICE 'SECRET'; END IF; END $x$
DO LANGUAGE plpgsql $x$ BEGIN EXECUTE 'SET row_security = off'; PERFORM name FROM contacts; END $x$
DECLARE c CURSOR FOR SELECT name FROM my_contacts; FETCH ALL FROM c
PREPARE p AS SELECT name FROM contacts WHERE workspace_id = $1; EXECUTE p(2)
PREPARE q AS SELECT name FROM my_contacts; EXECUTE q
WITH x AS MATERIALIZED (SELECT name FROM contacts) SELECT * FROM x
MERGE INTO contacts AS c USING (VALUES (2)) AS v(id) ON c.id = v.id WHEN MATCHED THEN UPDATE SET name = 'x'
MERGE INTO my_contacts AS c USING (VALUES (2)) AS v(id) ON c.id = v.id WHEN MATCHED THEN DELETE
UPDATE contacts SET name = 'x'
UPDATE contacts SET workspace_id = 2 WHERE workspace_id = 1
UPDATE my_contacts SET name = 'x' WHERE id = 2
UPDATE my_contacts SET id = 2
UPDATE my_conversations SET number_id = 2
UPDATE my_conversations SET contact_id = 2
UPDATE my_conversations SET assigned_to = 2
UPDATE my_messages SET status = 'queued' WHERE id = 4
UPDATE my_outbox SET due_at = 5 WHERE id = 2
UPDATE my_member_roles SET role = 'agent' WHERE user_id = 2
UPDATE my_member_roles SET user_id = 2
UPDATE my_settings SET id = 2
UPDATE my_webhook_endpoints SET url = 'https://x' WHERE id = 2
UPDATE my_numbers SET templates_due_at = 5 WHERE id = 2
DELETE FROM contacts
DELETE FROM my_contacts WHERE id = 2
DELETE FROM my_tags WHERE id = 2
DELETE FROM my_own_groups
TRUNCATE contacts
LOCK TABLE contacts
INSERT INTO contacts(workspace_id, phone, name, created_at, updated_at) VALUES (2, '+3', 'x', 1, 1)
INSERT INTO contacts(workspace_id, phone, name, created_at, updated_at) VALUES (1, '+3', 'x', 1, 1)
INSERT INTO my_contacts(id, phone, name, created_at, updated_at) VALUES (2, '+3', 'x', 1, 1)
INSERT INTO my_messages(conversation_id, number_id, type, content, preview, text, sent_at, created_at) VALUES (2, 2, 'text', '', '', 'x', 1, 1)
INSERT INTO my_conversations(number_id, phone, created_at) VALUES (2, '+3', 1)
INSERT INTO my_conversations(number_id, phone, contact_id, created_at) VALUES (1, '+3', 2, 1)
INSERT INTO my_outbox(message_id, kind, due_at, created_at) VALUES (2, 'read', 1, 1)
INSERT INTO my_outbox(message_id, kind, upload_id, due_at, created_at) VALUES (1, 'message', 2, 1, 1); SELECT * FROM my_media
INSERT INTO my_reactions(number_id, target_wamid, emoji, at) VALUES (2, 'w2', 'x', 99)
INSERT INTO my_contact_tags VALUES (2, 1), (1, 2)
INSERT INTO my_contact_values VALUES (2, 2, 'x'), (1, 2, 'x')
INSERT INTO my_conversation_marks(conversation_id, mark_id) VALUES (2, 2), (1, 2), (2, 1)
INSERT INTO my_team_members VALUES (4, 1), (3, 2)
INSERT INTO my_activities(conversation_id, kind, text, at) VALUES (2, 'note', 'x', 1)
INSERT INTO my_drafts(conversation_id, text, updated_at) VALUES (2, 'x', 1)
INSERT INTO my_seen_marks(conversation_id, message_id) VALUES (2, 2)
INSERT INTO my_set_aside VALUES (2, 'pending', 1)
INSERT INTO my_blocks(conversation_id, asked_at) VALUES (2, 1)
INSERT INTO my_erasures(conversation_id, asked_at) VALUES (2, 1)
INSERT INTO my_links VALUES (2)
INSERT INTO my_identities(number_id, kind, value, conversation_id, created_at) VALUES (2, 'alias', '1', 2, 1)
INSERT INTO my_templates(number_id, name, language, status, components, read_at) VALUES (2, 'x', 'de', 'x', '[]', 1)
INSERT INTO my_own_groups(number_id, subject, asked_at) VALUES (2, 'x', 1)
INSERT INTO my_broadcasts(number_id, name, per_minute, created_at, template) VALUES (2, 'x', 1, 1, '{}')
INSERT INTO my_broadcast_recipients(broadcast_id, who) VALUES (2, '+1')
INSERT INTO my_webhook_deliveries(endpoint_id, type, created_at) VALUES (2, 'x', 1)
INSERT INTO my_workspace_events(field, at, raw, hash, created_at) VALUES ('account_update', 1, 'x', 'x', 1)
INSERT INTO changes VALUES (2, 99, 'x', 1, 1)
INSERT INTO my_changes VALUES (99, 'x', 1, 1)
CREATE FUNCTION peek(text) RETURNS boolean COST 0.0001 LANGUAGE plpgsql AS $x$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $x$; SELECT name FROM my_contacts WHERE peek(name)
CREATE FUNCTION pg_temp.peek(text) RETURNS boolean COST 0.0001 LANGUAGE plpgsql AS $x$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $x$; SELECT name FROM contacts WHERE pg_temp.peek(name)
CREATE OR REPLACE FUNCTION my_workspace() RETURNS bigint LANGUAGE sql AS 'SELECT 2'
CREATE FUNCTION pg_temp.sha256(bytea) RETURNS bytea LANGUAGE sql AS $x$ SELECT $1 $x$; SET search_path = pg_temp, public; SELECT * FROM my_contacts
CREATE TEMP TABLE api_tokens AS SELECT 2 AS workspace_id; SELECT * FROM my_contacts
CREATE TEMP VIEW my_all AS SELECT * FROM contacts
CREATE VIEW my_all AS SELECT * FROM contacts
CREATE SCHEMA mine
SET search_path = pg_temp; SELECT * FROM public.my_contacts
ALTER TABLE contacts DISABLE ROW LEVEL SECURITY
ALTER TABLE contacts OWNER TO member_in
ALTER VIEW my_contacts SET (security_invoker = false)
ALTER ROLE member_in BYPASSRLS
ALTER ROLE member_in SUPERUSER
DROP POLICY member ON contacts
CREATE POLICY all_of_it ON contacts USING (true)
GRANT waspool_doors TO member_in
GRANT waspool_processor TO member_in
GRANT SELECT ON contacts TO PUBLIC
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC
ALTER SYSTEM SET row_security = off
CREATE EXTENSION dblink
CREATE TRIGGER t AFTER INSERT ON contacts FOR EACH ROW EXECUTE FUNCTION contact_gone()
CREATE RULE r AS ON SELECT TO my_tags DO INSTEAD SELECT * FROM contacts
EXPLAIN (ANALYZE, VERBOSE) SELECT name FROM contacts WHERE length(name) = 6
SELECT lo_import('/etc/passwd')
SELECT pg_get_viewdef('my_contacts'), currval('contacts_id_seq')
SELECT nextval('contacts_id_seq')
SELECT contacts FROM contacts
SELECT (c).name FROM (SELECT contacts AS c FROM contacts) AS s
SELECT to_jsonb(u) FROM users AS u
SELECT row_to_json(t) FROM api_tokens AS t
SELECT * FROM my_members AS m JOIN users AS u ON true
SELECT * FROM conversations TABLESAMPLE SYSTEM (100)
SELECT ctid, xmin, profile_name FROM conversations
SELECT * FROM (SELECT name, row_number() OVER () FROM contacts) AS s
SELECT name FROM contacts UNION ALL SELECT name FROM tags UNION ALL SELECT name FROM marks
INSERT INTO my_tags(name, created_at) SELECT name, 1 FROM contacts; SELECT * FROM my_tags
""".strip().splitlines()


@pytest.fixture(scope="module")
def server():
    s = Server()
    try:
        s.inbox("isolated")
        s.call(OFFICE, "isolated")
        yield s
    finally:
        s.stop()


def sqlites():
    """Those of tests/unit/test_hostile.c."""
    text = (ROOT / "tests" / "unit" / "test_hostile.c").read_text()
    for m in re.finditer(r'(?:"(?:\\.|[^"\\])*"\s*)+', text):
        sql = "".join(re.findall(r'"((?:\\.|[^"\\])*)"', m[0])).replace('\\"', '"')
        if re.match(r"[A-Z]+ ", sql) and not sql.startswith("CREATE TABLE my_planted"):
            yield sql


def mark(owner):
    (row,), = owner.rows(FINGERPRINT)
    return row


def said(server, *everything, user="member_in", token="ann"):
    """All that a connection is told by each, in a transaction that is committed;
    the next one has another connection."""
    script = "\\connect\n".join(
        f"BEGIN;\nSELECT set_config('waspool.token', '{token}', true);\n{sql};\nCOMMIT;\n" for sql in everything)
    out, err = server.call(script, "isolated", user, check=False, args=["-v", "ON_ERROR_STOP=0"])
    # An error repeats the statement.
    answer = out + "\n".join(re.sub(r"^((psql:\S+ )?LINE \d+|STATEMENT|QUERY):.*", "", x) for x in err.splitlines())
    for sql in everything:
        answer = answer.replace(sql, "")
    return answer


def test_the_harness_would_notice(server):
    owner = Talk(server, "isolated")
    before = mark(owner)
    assert "SECRET" in said(server, "SELECT name FROM contacts", user="waspool")
    assert "SECRET" in said(server, "SELECT name FROM my_contacts", token="bea")
    assert "mine" in said(server, "SELECT name FROM my_contacts") + said(server, "SELECT id FROM my_found('message_words', 'mine', 99, 9, NULL)")
    said(server, "UPDATE my_contacts SET name = 'other SECRET' WHERE id = 2", token="bea")
    assert mark(owner) != before
    owner.close()


def test_hostile_sql_sees_and_changes_nothing_of_others(server):
    owner = Talk(server, "isolated")
    before = mark(owner)
    everything = [*sqlites(), *HOSTILE]
    assert len(HOSTILE) > 140 and len(everything) > 300
    for i in range(0, len(everything), 12):
        some = everything[i:i + 12]
        answer = said(server, *some)
        assert "SECRET" not in answer, f"one of {some}\n{answer}"
        assert mark(owner) == before, f"one of {some}"
    owner.close()


def test_a_colleague_has_secrets_too(server):
    """Drafts, and what admins do: of the same workspace."""
    for table, token in (("drafts", "ann"), ("my_drafts", "ann"), ("my_workspace_events", "cid"), ("my_webhook_endpoints", "cid"), ("my_sessions", "ann")):
        answer = said(server, f"SELECT * FROM {table}", token=token) + said(server, f"SELECT count(*) FROM {table}", token=token)
        assert not re.search("SECRET|AUDIT|https", answer), answer
    assert "AUDIT" in said(server, "SELECT raw FROM my_workspace_events")
    assert "SECRET of a colleague" in said(server, "SELECT text FROM my_drafts", token="cid")
    assert "agent" in said(server, "UPDATE my_member_roles SET role = 'owner' WHERE user_id = 3; SELECT role FROM my_members WHERE id = 3", token="cid")


def test_nobody_is_served_by_no_token_or_by_one_that_ended(server):
    for token in ("", "nobody", "context.token.1", "bea "):
        assert "mine" not in said(server, "SELECT * FROM my_contacts", token=token)
        assert "SECRET" not in said(server, "SELECT * FROM my_contacts", token=token)
    server.call("INSERT INTO api_tokens(workspace_id, user_id, hash, name, created_at, revoked_at) VALUES (1, 1, sha256('old'), 't', 1, 1);"
                "INSERT INTO api_tokens(workspace_id, user_id, hash, name, created_at, expires_at) VALUES (1, 1, sha256('late'), 't', 1, 1);", "isolated")
    for token in ("old", "late"):
        assert "mine" not in said(server, "SELECT * FROM my_contacts", token=token)


def test_a_context_stands_for_a_token_or_for_nobody_of_a_workspace(server):
    server.call("INSERT INTO tickets VALUES (sha256('ticket'), 1, (SELECT id FROM api_tokens WHERE hash = sha256('ann')), 20)", "isolated")
    context = said(server, "SELECT use_ticket(sha256('ticket'), 10, 30)", token="").split()[-1]
    assert context.startswith("context.token.")
    assert "Ann" in said(server, "SELECT name FROM sign_in(current_setting('waspool.token'), 10)", token=context)
    # Once.
    assert "context" not in said(server, "SELECT use_ticket(sha256('ticket'), 10, 30)", token="")
    nobody = said(server, "SELECT workspace_context(1, 0)", user="processor_in", token="").split()[-1]
    answer = said(server, "SELECT count(*), my_workspace(), my_user() FROM my_contacts", token=nobody)
    assert re.search(r"^\d+\|1\|$", answer, re.M), answer
    assert "|1|" not in said(server, "SELECT count(*), my_workspace(), my_user() FROM my_contacts", token=nobody.replace(".1.", ".2."))
    server.call("UPDATE api_tokens SET revoked_at = 5 WHERE hash = sha256('ann')", "isolated")
    assert "mine" not in said(server, "SELECT name FROM my_contacts", token=context)
    server.call("UPDATE api_tokens SET revoked_at = NULL WHERE hash = sha256('ann')", "isolated")


WHO = "SELECT format('served=%s,%s,%s of %s', my_workspace(), my_user(), my_token(), (SELECT min(id) FROM my_contacts))"


def test_who_works_for_all_serves_as_a_user_and_no_member_does(server):
    context = said(server, "SELECT workspace_context(1, 3)", user="processor_in", token="").split()[-1]
    assert "served=1,3, of 1" in said(server, WHO, token=context)
    for other in (context.replace(".1.3.", ".1.1."), context.replace(".1.3.", ".2.3."), context.replace("workspace", "token"), context + "0"):
        assert "served=,, of \n" in said(server, WHO, token=other)
    assert "permission denied" in said(server, "SELECT workspace_context(1, 3)")
    assert "permission denied" in said(server, "SELECT signed_context('token', 1, 0)")
    # Views are as writable for it as for a member.
    assert "mended" in said(server, "UPDATE my_contacts SET name = 'mended' WHERE id = 1; SELECT name FROM my_contacts; UPDATE my_contacts SET name = 'mine' WHERE id = 1",
                            user="processor_in", token=context)


def test_a_pass_ends_when_it_says(server):
    now = int(time.time())
    context = said(server, f"SELECT my_pass({now + 900})").split()[-1]
    assert "served=1,1,1 of 1" in said(server, WHO, token=context)
    past = said(server, f"SELECT my_pass({now - 1})").split()[-1]
    for other in (past, context.replace(str(now + 900), str(now + 901)), context.replace(f".{now + 900}.", ".0.")):
        assert other.startswith("context.token.1.")
        assert "served=,, of \n" in said(server, WHO, token=other)
    assert "context" not in said(server, f"SELECT my_pass(0), my_pass(NULL), my_pass({now + 90000})")
    assert "context" not in said(server, f"SELECT my_pass({now + 900})", token="nobody")


def test_a_program_that_means_ill_does_not_stay_for_ever(server):
    server.call("INSERT INTO api_tokens(workspace_id, user_id, hash, name, created_at, expires_at, kind)"
                f" VALUES (1, 1, sha256('browser'), 't', 1, {int(time.time()) + 900}, 'session')", "isolated")
    said(server, "SELECT note_use(1, 9000000000000)", token="browser")
    out, _ = server.call("SELECT expires_at - EXTRACT(epoch FROM now())::bigint FROM api_tokens WHERE hash = sha256('browser')", "isolated")
    assert 30 * 86400 < int(out) <= 31 * 86400
    # It takes its own workspace's lock only, and no number that it likes.
    locks = "SELECT format('locks=%s', string_agg(objid::text, ',' ORDER BY objid)) FROM pg_locks WHERE locktype = 'advisory'"
    assert "locks=0,1\n" in said(server, f"SELECT lock_my_workspace(2); {locks}")


def test_roles_own_nothing_and_write_through_views_only(server):
    out, _ = server.call(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) <> 'waspool'"
        "  AND (relname <> 'my_changes' OR pg_get_userbyid(relowner) <> 'waspool_doors')"
        " UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND pg_get_userbyid(proowner) <> 'waspool'"
        "  AND (proname NOT LIKE 'my\\_%' OR prorettype <> 'trigger'::regtype)"
        " UNION ALL SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'context_keys'"
        "  AND (NOT relrowsecurity OR NOT has_table_privilege('waspool_processor', oid, 'SELECT, INSERT, UPDATE, DELETE'))"
        " UNION ALL SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND (has_any_column_privilege('waspool_member', oid, 'INSERT, UPDATE')"
        "  OR has_table_privilege('waspool_member', oid, 'DELETE') OR has_table_privilege('waspool_member', oid, 'TRUNCATE'))"
        " UNION ALL SELECT attrelid::regclass || '.' || attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid WHERE c.relkind = 'r'"
        "  AND c.relnamespace = 'public'::regnamespace AND attname IN ('hash', 'secret', 'old_secret', 'key', 'key_mark') AND attnum > 0"
        "  AND (c.relname, attname) NOT IN (('idempotency_keys', 'key'), ('contact_fields', 'key'))"
        "  AND has_column_privilege('waspool_member', attrelid, attnum, 'SELECT')", "isolated")
    assert out.split() == []


def test_the_processor_works_for_all(server):
    answer = said(server, "SELECT lock_workspace(1), lock_workspace(2); SELECT count(*) FROM contacts;"
                  " INSERT INTO messages(id, workspace_id, conversation_id, number_id, direction, source, type, content, preview, text, status, sent_at, created_at)"
                  " VALUES (101, 1, 1, 1, 'inbound', 'live', 'text', '', '', 'new', 'received', 9, 9), (102, 2, 2, 2, 'inbound', 'live', 'text', '', '', 'new', 'received', 9, 9)"
                  " RETURNING workspace_id; SELECT max(seq) > 0 FROM changes; TABLE context_keys", user="processor_in", token="")
    assert "permission denied for table context_keys" in answer
    assert answer.count("permission denied") == 1, answer


def test_when_customers_were_seen_counts_once_and_not_from_a_member(server):
    database = server.inbox("seen")
    server.call(OFFICE + "SELECT setval('messages_id_seq', 100)", database)
    row = '{"a":%d,"b":%d,"c":77,"d":78,"e":79}'
    told = f"SELECT set_config('waspool.seen', '[{row % (1, 1)},{row % (2, 2)},{row % (2, 1)}]', true);"
    message = ("INSERT INTO messages(workspace_id, conversation_id, number_id, direction, source, type, content, preview, text, status, sent_at, created_at)"
               " VALUES (1, 1, 1, 'inbound', 'live', 'text', '', '', 'x', 'received', 9, 9);")
    asked = "INSERT INTO my_messages(conversation_id, type, content, preview, text, sent_at, created_at) VALUES (1, 'text', '', '', 'x', 9, 9);"

    def times():
        out, _ = server.call("SELECT id, phone_at, user_id_at, profile_name_at FROM conversations ORDER BY id", database)
        return out.split()

    for told_by_member in (told, "SELECT set_config('waspool.seen', 'no JSON', true);"):
        server.call(f"BEGIN; SELECT set_config('waspool.token', 'ann', true); {told_by_member} {asked} COMMIT;", database, "member_in")
    assert times() == ["1|0|0|0", "2|0|0|0"]
    server.call(f"BEGIN; SELECT lock_workspace(1); {told} {message} UPDATE conversations SET phone_at = 5 WHERE workspace_id = 1; {message} COMMIT;"
                f"BEGIN; SELECT lock_workspace(1); {message} COMMIT;", database, "processor_in")
    assert times() == ["1|5|78|79", "2|0|0|0"]
    assert server.call("SELECT COUNT(*) FROM messages WHERE workspace_id = 1 AND id > 100", database)[0].split() == ["5"]


@pytest.mark.parametrize("how", ["ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'", "ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'",
                                 "ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'",
                                 "ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'de' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"])
def test_a_database_of_another_kind_is_refused_with_the_command_that_makes_one(server, how):
    name = server.create("wrong" + str(sum(map(ord, how))), how)
    schema = (ROOT / "schema" / "pgsql" / "database.sql").read_text()
    _, err = server.call(schema, name, check=False)
    assert f"the database {name} has the encoding" in err
    command = re.search(r"HINT:  (createdb .*)", err)[1].replace(name, name + "_right").split()
    subprocess.run([server.bin / command[0], "-h", server.dir, "-U", "waspool", *command[1:]], check=True)
    server.call(schema, name + "_right")


def test_writers_of_one_workspace_leave_no_gap_and_wait_for_no_one_who_waits(server):
    """Members, who know of no lock, and the processor, in any order."""
    database = server.inbox("writers")
    server.call(OFFICE + "".join(
        f"INSERT INTO conversations(id, workspace_id, number_id, phone, created_at, updated_at) VALUES ({i}, 1, 1, '+{i}', 1, 1);"
        for i in range(10, 20)) + "SELECT setval('messages_id_seq', 100)", database)
    columns = "conversation_id, type, content, preview, text, sent_at, created_at"

    def member(n):
        for i in range(30):
            a, b = 10 + (i * (n + 2)) % 10, 10 + (i * (n + 3) + n) % 10
            yield (f"SELECT set_config('waspool.token', '{('ann', 'cid')[n % 2]}', true);"
                   f"INSERT INTO my_messages({columns}) VALUES ({a}, 'text', '', '', 'x', {i}, 1);"
                   f"UPDATE my_conversations SET is_read = {i % 2}, updated_at = {i} WHERE id = {b};"
                   f"INSERT INTO my_activities(conversation_id, kind, text, at) VALUES ({a}, 'note', 'x', 1);")

    def processor(n):
        for i in range(30):
            rows = ", ".join(f"(1, {10 + (i + k * (n + 1)) % 10}, 1, 'inbound', 'live', 'text', '', '', 'x', 'received', {i}, 1)" for k in range(7))
            yield ("SELECT lock_workspace(1); INSERT INTO messages(workspace_id, conversation_id, number_id, direction, source, type, content,"
                   f" preview, text, status, sent_at, created_at) VALUES {rows};"
                   "UPDATE conversations SET updated_at = updated_at + 1 WHERE id BETWEEN 10 AND 19;")

    def run(user, transactions):
        return server.call("".join(f"BEGIN;\n{t}\nCOMMIT;\n" for t in transactions), database, user, check=False)[1]

    with concurrent.futures.ThreadPoolExecutor() as pool:
        work = [pool.submit(run, *w) for w in (
            ("member_in", member(0)), ("member_in", member(1)), ("processor_in", processor(2)), ("processor_in", processor(3)))]
        assert [w.result() for w in work] == [""] * 4
    out, _ = server.call(
        "SELECT COUNT(*) FROM (SELECT seq - CASE type WHEN 'message' THEN 2 ELSE 1 END - COALESCE(lag(seq) OVER (ORDER BY seq), 0) AS gap"
        " FROM changes WHERE workspace_id = 1) AS s WHERE gap <> 0;"
        "SELECT COUNT(*) FROM messages WHERE workspace_id = 1 AND id > 100;"
        "SELECT COUNT(*) FROM changes WHERE workspace_id = 1 AND type IN ('message', 'message.created') AND object_id > 100", database)
    assert out.split() == ["0", "480", "480"]
