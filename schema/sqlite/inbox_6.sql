-- From version 5 to version 6, while nobody else uses the inbox: waspool
-- upgrade runs it in one transaction, and inbox.sql says the same for
-- who begins anew.  tests/unit/test_upgrade.c compares the two.

-- Whether reactions ask for attention.  Costs nothing: there are few workspaces.
ALTER TABLE workspaces ADD COLUMN reactions_unread INTEGER NOT NULL DEFAULT 1 CHECK (reactions_unread IN (0, 1));

-- Workspace events are told of.  Costs nothing, however many there are.
CREATE TRIGGER change_workspace_event AFTER INSERT ON workspace_events
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'workspace_event.created', new.id, NULL);
END;

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

-- What a customer without a phone is called on WhatsApp, the username.  Two
-- columns that existing rows do not have: nothing is rewritten.
ALTER TABLE conversations ADD COLUMN username TEXT;
ALTER TABLE conversations ADD COLUMN username_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE moving_conversations ADD COLUMN username TEXT;
ALTER TABLE moving_conversations ADD COLUMN username_at INTEGER NOT NULL DEFAULT 0;

-- A contact is known by a phone, a user id, or both.  The table is written anew
-- with its three indexes: a million contacts take some seconds, and as much room
-- as they have, which is free again afterwards.  Ids stay, and those of deleted
-- contacts are not given out again.
CREATE TABLE contacts_seq AS SELECT seq FROM sqlite_sequence WHERE name = 'contacts';
CREATE TABLE contacts_5 AS SELECT * FROM contacts;
DROP TABLE contacts;
CREATE TABLE contacts (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL REFERENCES workspaces(id),
	phone		TEXT,			-- E.164 with +
	user_id		TEXT,			-- a BSUID, of whatever portfolio
	name		TEXT NOT NULL,
	email		TEXT,
	created_at	INTEGER NOT NULL,
	updated_at	INTEGER NOT NULL,
	tag_ids		TEXT,			-- what contact_tags has of it, as ' 3  7 '; null: nothing.  Kept by the triggers below
	username	TEXT,			-- of its newest conversation that says one.  Kept by the triggers below
	CHECK (phone IS NOT NULL OR user_id IS NOT NULL),
	UNIQUE (workspace_id, phone),
	UNIQUE (workspace_id, user_id)
) STRICT;
INSERT INTO contacts(id, workspace_id, phone, name, email, created_at, updated_at, tag_ids)
SELECT id, workspace_id, phone, name, email, created_at, updated_at, tag_ids FROM contacts_5 ORDER BY id;
DELETE FROM sqlite_sequence WHERE name = 'contacts';
INSERT INTO sqlite_sequence(name, seq) SELECT 'contacts', seq FROM contacts_seq;
DROP TABLE contacts_5;
DROP TABLE contacts_seq;
CREATE INDEX contacts_of_workspace ON contacts(workspace_id, id);
CREATE TRIGGER contact_stale AFTER UPDATE OF name, email, username, phone, workspace_id ON contacts WHEN (old.name IS NOT new.name OR old.email IS NOT new.email OR old.username IS NOT new.username OR old.phone IS NOT new.phone OR old.workspace_id <> new.workspace_id)
	AND EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'contact' AND old.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id, text, phone) VALUES ('contact', old.id, old.workspace_id, old.name || char(10) || COALESCE(old.email, '') || COALESCE(char(10) || old.username, ''), old.phone) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contact_stale_gone AFTER DELETE ON contacts WHEN EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'contact' AND old.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id, text, phone) VALUES ('contact', old.id, old.workspace_id, old.name || char(10) || COALESCE(old.email, '') || COALESCE(char(10) || old.username, ''), old.phone) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contact_stale_again AFTER INSERT ON contacts WHEN EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'contact' AND new.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id) VALUES ('contact', new.id, new.workspace_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contact_gone AFTER DELETE ON contacts
BEGIN
	INSERT INTO jobs(workspace_id, kind, subject) SELECT old.workspace_id, 'contact_gone', old.id
	WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM conversations WHERE workspace_id = old.workspace_id AND contact_id = old.id LIMIT 251))
		* (2 + (SELECT COUNT(*) FROM contact_tags WHERE workspace_id = old.workspace_id AND contact_id = old.id)) > 500;
	UPDATE conversations SET contact_id = NULL, link = 'auto' WHERE workspace_id = old.workspace_id AND contact_id = old.id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'contact_gone' AND subject = old.id);
	DELETE FROM contact_tags WHERE workspace_id = old.workspace_id AND contact_id = old.id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'contact_gone' AND subject = old.id);
END;
CREATE TRIGGER contact_tags_changed AFTER UPDATE OF tag_ids ON contacts WHEN new.tag_ids IS NOT NULL
BEGIN
	UPDATE conversation_tags SET tag_ids = new.tag_ids
	WHERE workspace_id = new.workspace_id AND status IN ('active', 'archived')
	AND tag_id IN (SELECT tag_id FROM contact_tags WHERE workspace_id = new.workspace_id AND contact_id = new.id)
	AND (last_message_at, conversation_id) IN (
		SELECT last_message_at, id FROM conversations
		WHERE workspace_id = new.workspace_id AND contact_id = new.id
		AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = new.workspace_id AND kind = 'contact_tags' AND subject = new.id));
END;
CREATE TRIGGER change_contact_new AFTER INSERT ON contacts
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'contact.updated', new.id, NULL);
END;
CREATE TRIGGER change_contact AFTER UPDATE OF phone, user_id, name, email, username, updated_at ON contacts
WHEN old.phone IS NOT new.phone OR old.user_id IS NOT new.user_id
	OR old.name IS NOT new.name OR old.email IS NOT new.email
	OR old.username IS NOT new.username OR old.updated_at IS NOT new.updated_at
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'contact.updated', new.id, NULL);
END;
CREATE TRIGGER change_contact_gone AFTER DELETE ON contacts
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'contact.updated', old.id, NULL);
END;
DROP TRIGGER conversation_stale;
DROP TRIGGER conversation_stale_gone;
CREATE TRIGGER conversation_stale AFTER UPDATE OF profile_name, username, phone, workspace_id ON conversations WHEN (old.profile_name IS NOT new.profile_name OR old.username IS NOT new.username OR old.phone IS NOT new.phone OR old.workspace_id <> new.workspace_id)
	AND EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'conversation' AND old.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id, text, phone) VALUES ('conversation', old.id, old.workspace_id, old.profile_name || COALESCE(char(10) || old.username, ''), old.phone) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER conversation_stale_gone AFTER DELETE ON conversations WHEN EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'conversation' AND old.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id, text, phone) VALUES ('conversation', old.id, old.workspace_id, old.profile_name || COALESCE(char(10) || old.username, ''), old.phone) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER change_conversation_username AFTER UPDATE OF username ON conversations
WHEN old.username IS NOT new.username
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'conversation.updated', new.id, new.id);
END;
-- A contact shows the username that its conversations say.
CREATE TRIGGER contact_username_new AFTER INSERT ON conversations
WHEN new.username IS NOT NULL AND new.contact_id IS NOT NULL
BEGIN
	UPDATE contacts SET username = new.username WHERE id = new.contact_id AND username IS NOT new.username;
END;
CREATE TRIGGER contact_username_changed AFTER UPDATE OF contact_id, username ON conversations
WHEN (old.username IS NOT NULL OR new.username IS NOT NULL)
	AND (old.contact_id IS NOT new.contact_id OR old.username IS NOT new.username)
BEGIN
	UPDATE contacts SET username = (SELECT c.username FROM conversations AS c
		WHERE c.workspace_id = old.workspace_id AND c.contact_id = old.contact_id AND c.username IS NOT NULL ORDER BY c.id DESC LIMIT 1)
	WHERE id = old.contact_id AND (old.contact_id IS NOT new.contact_id OR new.username IS NULL);
	UPDATE contacts SET username = new.username WHERE id = new.contact_id AND new.username IS NOT NULL AND username IS NOT new.username;
END;
CREATE TRIGGER contact_username_gone AFTER DELETE ON conversations
WHEN old.username IS NOT NULL AND old.contact_id IS NOT NULL
BEGIN
	UPDATE contacts SET username = (SELECT c.username FROM conversations AS c
		WHERE c.workspace_id = old.workspace_id AND c.contact_id = old.contact_id AND c.username IS NOT NULL ORDER BY c.id DESC LIMIT 1)
	WHERE id = old.contact_id;
END;

-- The templates of each number, as the provider's list has them.  Costs nothing:
-- the processor reads the lists after the upgrade.
ALTER TABLE numbers ADD COLUMN templates_at INTEGER;
ALTER TABLE numbers ADD COLUMN templates_due_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE numbers ADD COLUMN templates_error TEXT;
CREATE INDEX numbers_templates ON numbers(templates_due_at);
CREATE TABLE templates (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	name		TEXT NOT NULL,
	language	TEXT NOT NULL,
	status		TEXT NOT NULL,
	components	TEXT NOT NULL,
	category	TEXT,
	reason		TEXT,
	provider_id	TEXT,
	read_at		INTEGER NOT NULL,
	UNIQUE (workspace_id, number_id, name, language)
) STRICT;
CREATE INDEX templates_of_workspace ON templates(workspace_id, id);
