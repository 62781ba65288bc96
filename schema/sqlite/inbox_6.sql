-- From version 5 to version 6, while nobody else uses the inbox: waspool
-- upgrade runs it in one transaction, and inbox.sql says the same for
-- who begins anew.  tests/unit/test_upgrade.c compares the two.
--
-- Version 6 is not released yet: until it is, whatever changes the schema is
-- written here as well as there.  Each step says what it costs in a big inbox.

-- A plain text is stored in the column text alone: who changes only that changes
-- what the list and the conversation show.
DROP TRIGGER update_preview_on_message;
DROP TRIGGER change_message;
CREATE TRIGGER update_preview_on_message AFTER UPDATE OF preview, text ON messages
WHEN old.preview IS NOT new.preview OR (new.preview = '' AND old.text IS NOT new.text)
BEGIN
	UPDATE conversations SET last_message_preview = CASE new.preview WHEN '' THEN COALESCE(SUBSTR(new.text, 1, 100), '') ELSE new.preview END
	WHERE workspace_id = new.workspace_id AND id = new.conversation_id AND last_message_id = new.id;
END;
CREATE TRIGGER change_message AFTER UPDATE OF wamid, direction, type, content, text, status, context, referral, error, sender, sent_by, sent_at, edited_at, revoked_at, conversation_id ON messages
WHEN old.wamid IS NOT new.wamid OR old.direction IS NOT new.direction OR old.type IS NOT new.type
	OR old.content IS NOT new.content OR (new.content = '' AND old.text IS NOT new.text)
	OR old.status IS NOT new.status
	OR old.context IS NOT new.context OR old.referral IS NOT new.referral
	OR old.error IS NOT new.error OR old.sender IS NOT new.sender
	OR old.sent_by IS NOT new.sent_by OR old.sent_at IS NOT new.sent_at
	OR old.edited_at IS NOT new.edited_at OR old.revoked_at IS NOT new.revoked_at
	OR old.conversation_id IS NOT new.conversation_id
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'message.updated', new.id, new.conversation_id);
END;

-- By which rules the words of the indexes were made.
ALTER TABLE search_indexed ADD COLUMN words_version INTEGER NOT NULL DEFAULT 1;

-- Why a file that was uploaded is no sticker.  Costs nothing, however many there
-- are.
ALTER TABLE uploads ADD COLUMN flaw TEXT;

-- Somebody types, which goes with "read".  Costs nothing.
ALTER TABLE outbox ADD COLUMN typing INTEGER NOT NULL DEFAULT 0;

-- What a message seldom does is taken out of the triggers that it always fires.
-- Costs nothing, however many there are.
DROP TRIGGER conversation_tags_changed;
DROP TRIGGER count_window_changed;
CREATE VIEW tag_moves AS
	SELECT workspace_id, conversation_id, NULL AS contact_id, status, last_message_at,
		NULL AS old_contact_id, status AS old_status, last_message_at AS old_at
	FROM conversation_tags;
CREATE TRIGGER conversation_tags_changed AFTER UPDATE OF contact_id, status, last_message_at ON conversations
WHEN (old.contact_id IS NOT NULL OR new.contact_id IS NOT NULL)
	AND (old.contact_id IS NOT new.contact_id OR old.status <> new.status OR old.last_message_at <> new.last_message_at)
BEGIN
	INSERT INTO tag_moves(workspace_id, conversation_id, contact_id, status, last_message_at, old_contact_id, old_status, old_at)
	VALUES (new.workspace_id, new.id, new.contact_id, new.status, new.last_message_at, old.contact_id, old.status, old.last_message_at);
END;
CREATE TRIGGER conversation_tags_moved INSTEAD OF INSERT ON tag_moves
BEGIN
	DELETE FROM conversation_tags
	WHERE workspace_id = new.workspace_id AND status = new.old_status
	AND last_message_at = new.old_at AND conversation_id = new.conversation_id
	AND tag_id IN (SELECT tag_id FROM contact_tags
		WHERE workspace_id = new.workspace_id AND contact_id = new.old_contact_id
		UNION ALL SELECT target FROM jobs
		WHERE workspace_id = new.workspace_id AND kind = 'contact_tags' AND subject = new.old_contact_id);
	INSERT INTO conversation_tags(workspace_id, tag_id, status, last_message_at, conversation_id, tag_ids)
	SELECT k.workspace_id, k.tag_id, new.status, new.last_message_at, new.conversation_id, p.tag_ids
	FROM contact_tags AS k CROSS JOIN contacts AS p ON p.id = k.contact_id
	WHERE k.workspace_id = new.workspace_id AND k.contact_id = new.contact_id;
END;
CREATE VIEW window_moves AS
	SELECT workspace_id, hour AS old_hour, hour FROM window_hours;
CREATE TRIGGER count_window_changed AFTER UPDATE OF last_customer_message_at, window_refused_at ON conversations
WHEN old.window_ends / 3600 IS NOT new.window_ends / 3600
BEGIN
	INSERT INTO window_moves(workspace_id, old_hour, hour)
	VALUES (new.workspace_id, old.window_ends / 3600, new.window_ends / 3600);
END;
CREATE TRIGGER count_window_moved INSTEAD OF INSERT ON window_moves
BEGIN
	UPDATE window_hours SET conversations = conversations - 1
	WHERE workspace_id = new.workspace_id AND hour = new.old_hour;
	DELETE FROM window_hours
	WHERE workspace_id = new.workspace_id AND hour = new.old_hour AND conversations = 0;
	INSERT INTO window_hours(workspace_id, hour, conversations)
	SELECT new.workspace_id, new.hour, 1 WHERE new.hour IS NOT NULL
	ON CONFLICT (workspace_id, hour) DO UPDATE SET conversations = conversations + 1;
END;
