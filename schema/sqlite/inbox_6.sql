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
