-- From version 6 to version 7, while nobody else uses the inbox: waspool
-- upgrade runs it in one transaction, and inbox.sql says the same for
-- who begins anew.  tests/unit/test_upgrade.c compares the two.
--
-- Version 7 is not released yet: until it is, whatever changes the schema is
-- written here as well as there.  Each step says what it costs in a big inbox.

-- What a customer gives when asked for the phone is a fact like what is
-- announced.  Costs nothing; what was given before stays as it was decided.
ALTER TABLE identity_changes ADD COLUMN given INTEGER NOT NULL DEFAULT 0;

-- Customers who are blocked.  Costs nothing, however many conversations there are.
ALTER TABLE conversations ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE moving_conversations ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;
CREATE TABLE blocks (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	who		TEXT NOT NULL,		-- as the provider is told: a phone with +, or a user id
	conversation_id	INTEGER NOT NULL,
	state		TEXT NOT NULL CHECK (state IN ('blocking', 'blocked', 'unblocking', 'unblocked', 'refused')),
	asked_by	INTEGER,		-- which member; null: the command line
	asked_at	INTEGER NOT NULL,
	asked		INTEGER NOT NULL DEFAULT 1,	-- how often, by members: an answer to an earlier asking settles nothing
	blocked_at	INTEGER,		-- since when the provider says so; null: it does not
	attempts	INTEGER NOT NULL DEFAULT 0,
	due_at		INTEGER NOT NULL,
	error		TEXT,			-- JSON {"code","title","detail"}, of the last request; null: it worked, or there was none
	UNIQUE (workspace_id, number_id, who)
) STRICT;

CREATE INDEX blocks_of_conversation ON blocks(workspace_id, conversation_id);
CREATE INDEX blocks_due ON blocks(number_id, due_at) WHERE state IN ('blocking', 'unblocking');
-- A conversation shows who blocked its customer, and whether that worked.
CREATE TRIGGER block_new AFTER INSERT ON blocks
BEGIN
	UPDATE conversations SET blocked = COALESCE((SELECT MAX(CASE WHEN b.state IN ('unblocked', 'refused') THEN 1 ELSE 2 END) FROM blocks AS b
		WHERE b.workspace_id = conversations.workspace_id AND b.conversation_id = conversations.id), 0)
	WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(c.seq), 0) + 1 FROM changes AS c WHERE c.workspace_id = new.workspace_id), 'conversation.updated', id, id
	FROM conversations WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
END;
CREATE TRIGGER block_changed AFTER UPDATE OF state, asked_by, asked_at, error, conversation_id ON blocks
WHEN old.state <> new.state OR old.asked_by IS NOT new.asked_by OR old.asked_at <> new.asked_at
	OR old.error IS NOT new.error OR old.conversation_id <> new.conversation_id
BEGIN
	UPDATE conversations SET blocked = COALESCE((SELECT MAX(CASE WHEN b.state IN ('unblocked', 'refused') THEN 1 ELSE 2 END) FROM blocks AS b
		WHERE b.workspace_id = conversations.workspace_id AND b.conversation_id = conversations.id), 0)
	WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
	UPDATE conversations SET blocked = COALESCE((SELECT MAX(CASE WHEN b.state IN ('unblocked', 'refused') THEN 1 ELSE 2 END) FROM blocks AS b
		WHERE b.workspace_id = conversations.workspace_id AND b.conversation_id = conversations.id), 0)
	WHERE workspace_id = new.workspace_id AND id = old.conversation_id AND old.conversation_id <> new.conversation_id;
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(c.seq), 0) + 1 FROM changes AS c WHERE c.workspace_id = new.workspace_id), 'conversation.updated', id, id
	FROM conversations WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
END;
-- Whom a conversation blocked: not of one that is being moved, which comes back.
CREATE TRIGGER conversation_blocks_gone AFTER DELETE ON conversations
WHEN old.blocked <> 0 AND NOT EXISTS (SELECT 1 FROM moving_conversations WHERE id = old.id)
BEGIN
	DELETE FROM blocks WHERE workspace_id = old.workspace_id AND conversation_id = old.id;
END;
