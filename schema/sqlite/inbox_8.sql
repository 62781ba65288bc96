-- From version 7 to version 8, while nobody else uses the inbox: waspool
-- upgrade runs it in one transaction, and inbox.sql says the same for
-- who begins anew.  tests/unit/test_upgrade.c compares the two.
--
-- Version 8 is not released yet: until it is, whatever changes the schema is
-- written here as well as there.  Each step says what it costs in a big inbox.

-- Canned replies: a new table, which is empty.  Costs nothing.
CREATE TABLE canned_replies (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	shortcut	TEXT NOT NULL,		-- as it was typed, in Normalization Form C
	shortcut_key	TEXT NOT NULL,		-- by what shortcuts are compared (inbox/canned_reply/canned_reply_validate.h)
	text		TEXT NOT NULL,
	created_at	INTEGER NOT NULL,
	updated_at	INTEGER NOT NULL,
	UNIQUE (workspace_id, shortcut_key)
) STRICT;

CREATE TRIGGER change_canned_reply_new AFTER INSERT ON canned_replies
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'canned_reply.updated', new.id, NULL);
END;
CREATE TRIGGER change_canned_reply AFTER UPDATE OF shortcut, text ON canned_replies
WHEN old.shortcut <> new.shortcut OR old.text <> new.text
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'canned_reply.updated', new.id, NULL);
END;
CREATE TRIGGER change_canned_reply_gone AFTER DELETE ON canned_replies
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'canned_reply.updated', old.id, NULL);
END;
