-- From version 2 to version 3, while nobody else uses the inbox: waspool
-- upgrade runs it in one transaction, and schema/inbox.sql says the same for
-- who begins anew.  tests/unit/test_upgrade.c compares the two.
--
-- Version 2 is what 0a7f788 wrote.  Version 3 is not released yet: until it is,
-- whatever changes the schema is written here as well as there.  Each step says
-- what it costs in a big inbox.

-- Messages can be deleted, and their words with them.  Nothing is written but
-- the schema.
CREATE TRIGGER message_words_gone AFTER DELETE ON messages WHEN old.text IS NOT NULL AND NOT EXISTS (SELECT 1 FROM message_words_later WHERE after < old.id)
BEGIN
	INSERT INTO message_words(message_words, rowid, text) VALUES ('delete', old.id, old.text);
END;

-- Numbers that nobody registered wait, and what waits for one is found by its
-- name.  Costs a look at each held delivery, and one at the conversations of
-- each number that came by itself.
ALTER TABLE numbers ADD COLUMN moving_to INTEGER;
ALTER TABLE held ADD COLUMN waits_for TEXT;
CREATE INDEX held_waiting ON held(waits_for) WHERE waits_for IS NOT NULL;
ALTER TABLE node_health ADD COLUMN awaited INTEGER NOT NULL DEFAULT 0;

-- Also those that have died of it: they wait again, and are looked at once.
UPDATE held SET state = 'deferred', attempts = 0, due_at = updated_at,
	waits_for = substr(reason, 1, length(reason) - length(' is not registered'))
WHERE reason LIKE 'number % is not registered';

-- A number with which the default workspace has spoken is that workspace's.
-- One that has left no conversation there, and that another workspace could
-- mean, waits for a person: what was kept of it is of messages nobody knows.
UPDATE numbers SET registered = 1
WHERE registered = 0 AND EXISTS (SELECT 1 FROM conversations AS c
	WHERE c.workspace_id = numbers.workspace_id AND c.number_id = numbers.id);
DELETE FROM message_statuses WHERE (workspace_id, number_id) IN (SELECT workspace_id, id FROM numbers WHERE registered = 0)
	AND (SELECT count(*) FROM workspaces) > 1;
DELETE FROM message_patches WHERE (workspace_id, number_id) IN (SELECT workspace_id, id FROM numbers WHERE registered = 0)
	AND (SELECT count(*) FROM workspaces) > 1;
DELETE FROM reactions WHERE (workspace_id, number_id) IN (SELECT workspace_id, id FROM numbers WHERE registered = 0)
	AND (SELECT count(*) FROM workspaces) > 1;
DELETE FROM identities WHERE (workspace_id, number_id) IN (SELECT workspace_id, id FROM numbers WHERE registered = 0)
	AND (SELECT count(*) FROM workspaces) > 1;
UPDATE workspace_events SET number_id = NULL WHERE number_id IN (SELECT id FROM numbers WHERE registered = 0)
	AND (SELECT count(*) FROM workspaces) > 1;
DELETE FROM numbers WHERE registered = 0 AND (SELECT count(*) FROM workspaces) > 1;
