-- From version 1 to version 2, while nobody else uses the inbox: waspool
-- upgrade runs it in one transaction, and inbox.sql says the same for
-- who begins anew.  tests/unit/test_upgrade.c compares the two.
--
-- Version 2 is not released yet: until it is, whatever changes the schema is
-- written here as well as there, and what is made of both is version 2.  From
-- its release on this file stays as it is, and the next change begins
-- inbox_3.sql.  Each step says what it costs in a big inbox.

-- Where the end of the 24 h window is worked out, once for all who ask.
-- Nothing is stored: it takes no time.
ALTER TABLE conversations ADD COLUMN window_ends INTEGER GENERATED ALWAYS AS (CASE
		WHEN last_customer_message_at > window_refused_at THEN last_customer_message_at + 86400
		WHEN last_customer_message_at IS NOT NULL THEN window_refused_at END) VIRTUAL;

-- What an edit changed, so that a deletion before it can take that back.
-- Null in what is there: nothing is written, it takes no time.
ALTER TABLE messages ADD COLUMN original_type TEXT;

-- A refusal that is taken back opens the window again.  Takes no time.
DROP TRIGGER close_window_on_refusal;
CREATE TRIGGER close_window_on_refusal AFTER UPDATE OF status, error ON messages
WHEN (new.status = 'failed' AND COALESCE(new.error, '') LIKE '{"code":131047,%')
	<> (old.status = 'failed' AND COALESCE(old.error, '') LIKE '{"code":131047,%')
BEGIN
	UPDATE conversations SET window_refused_at = COALESCE((SELECT MAX(sent_at) FROM messages
		WHERE workspace_id = new.workspace_id AND conversation_id = new.conversation_id
		AND status = 'failed' AND error LIKE '{"code":131047,%'), 0)
	WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
END;

-- Deliveries that a person gave up: nothing is there yet, it takes no time.
CREATE TABLE discarded (
	node		TEXT NOT NULL,
	delivery_id	INTEGER NOT NULL,
	at		INTEGER NOT NULL,
	PRIMARY KEY (node, delivery_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX discarded_by_time ON discarded(at);

-- A closed window is told from an open one in the index that is read for the
-- list, and how many are open from another.  Three sorts of a small part of
-- each conversation: a few seconds for a million.
DROP INDEX conversations_by_status;
DROP INDEX conversations_by_time;
DROP INDEX conversations_by_window;
DROP INDEX conversations_by_contact;
DROP INDEX conversations_unread;
CREATE INDEX conversations_by_status ON conversations(workspace_id, status, last_message_at, id, window_ends);
CREATE INDEX conversations_by_window ON conversations(workspace_id, window_ends);
CREATE INDEX conversations_by_contact ON conversations(workspace_id, contact_id, id);
CREATE INDEX conversations_by_read ON conversations(workspace_id, is_read, status, last_message_at, id);

-- Lists by tag.  A row for each tag of each conversation's contact, which says
-- all tags of that: a few seconds for a million conversations.
CREATE TABLE conversation_tags (
	workspace_id	INTEGER NOT NULL,
	tag_id		INTEGER NOT NULL,
	status		TEXT NOT NULL,
	last_message_at	INTEGER NOT NULL,
	conversation_id	INTEGER NOT NULL,
	tag_ids		TEXT NOT NULL,		-- the contact's
	PRIMARY KEY (workspace_id, tag_id, status, last_message_at, conversation_id)
) STRICT, WITHOUT ROWID;
ALTER TABLE contacts ADD COLUMN tag_ids TEXT;
UPDATE contacts SET tag_ids = (SELECT group_concat(' ' || tag_id || ' ', '')
	FROM (SELECT tag_id FROM contact_tags WHERE workspace_id = contacts.workspace_id AND contact_id = contacts.id ORDER BY tag_id))
WHERE id IN (SELECT contact_id FROM contact_tags);
INSERT INTO conversation_tags(workspace_id, tag_id, status, last_message_at, conversation_id, tag_ids)
SELECT k.workspace_id, k.tag_id, c.status, c.last_message_at, c.id, p.tag_ids
FROM contact_tags AS k CROSS JOIN contacts AS p ON p.id = k.contact_id
CROSS JOIN conversations AS c ON c.workspace_id = k.workspace_id AND c.contact_id = k.contact_id
ORDER BY 1, 2, 3, 4, 5;
CREATE TRIGGER contact_tag_new AFTER INSERT ON contact_tags
BEGIN
	UPDATE contacts SET tag_ids = (SELECT group_concat(' ' || tag_id || ' ', '')
		FROM (SELECT tag_id FROM contact_tags WHERE workspace_id = new.workspace_id AND contact_id = new.contact_id ORDER BY tag_id))
	WHERE workspace_id = new.workspace_id AND id = new.contact_id;
	INSERT INTO conversation_tags(workspace_id, tag_id, status, last_message_at, conversation_id, tag_ids)
	SELECT c.workspace_id, new.tag_id, c.status, c.last_message_at, c.id, p.tag_ids
	FROM conversations AS c CROSS JOIN contacts AS p ON p.id = c.contact_id
	WHERE c.workspace_id = new.workspace_id AND c.contact_id = new.contact_id;
END;
CREATE TRIGGER contact_tag_gone AFTER DELETE ON contact_tags
BEGIN
	DELETE FROM conversation_tags
	WHERE workspace_id = old.workspace_id AND tag_id = old.tag_id AND status IN ('active', 'archived')
	AND (last_message_at, conversation_id) IN (
		SELECT last_message_at, id FROM conversations
		WHERE workspace_id = old.workspace_id AND contact_id = old.contact_id);
	UPDATE contacts SET tag_ids = (SELECT group_concat(' ' || tag_id || ' ', '')
		FROM (SELECT tag_id FROM contact_tags WHERE workspace_id = old.workspace_id AND contact_id = old.contact_id ORDER BY tag_id))
	WHERE workspace_id = old.workspace_id AND id = old.contact_id;
END;
CREATE TRIGGER contact_tags_changed AFTER UPDATE OF tag_ids ON contacts WHEN new.tag_ids IS NOT NULL
BEGIN
	UPDATE conversation_tags SET tag_ids = new.tag_ids
	WHERE workspace_id = new.workspace_id AND status IN ('active', 'archived')
	AND tag_id IN (SELECT tag_id FROM contact_tags WHERE workspace_id = new.workspace_id AND contact_id = new.id)
	AND (last_message_at, conversation_id) IN (
		SELECT last_message_at, id FROM conversations
		WHERE workspace_id = new.workspace_id AND contact_id = new.id);
END;
CREATE TRIGGER conversation_tags_new AFTER INSERT ON conversations WHEN new.contact_id IS NOT NULL
BEGIN
	INSERT INTO conversation_tags(workspace_id, tag_id, status, last_message_at, conversation_id, tag_ids)
	SELECT k.workspace_id, k.tag_id, new.status, new.last_message_at, new.id, p.tag_ids
	FROM contact_tags AS k CROSS JOIN contacts AS p ON p.id = k.contact_id
	WHERE k.workspace_id = new.workspace_id AND k.contact_id = new.contact_id;
END;
CREATE TRIGGER conversation_tags_changed AFTER UPDATE OF contact_id, status, last_message_at ON conversations
WHEN (old.contact_id IS NOT NULL OR new.contact_id IS NOT NULL)
	AND (old.contact_id IS NOT new.contact_id OR old.status <> new.status OR old.last_message_at <> new.last_message_at)
BEGIN
	DELETE FROM conversation_tags
	WHERE workspace_id = old.workspace_id AND status = old.status
	AND last_message_at = old.last_message_at AND conversation_id = old.id
	AND tag_id IN (SELECT tag_id FROM contact_tags
		WHERE workspace_id = old.workspace_id AND contact_id = old.contact_id);
	INSERT INTO conversation_tags(workspace_id, tag_id, status, last_message_at, conversation_id, tag_ids)
	SELECT k.workspace_id, k.tag_id, new.status, new.last_message_at, new.id, p.tag_ids
	FROM contact_tags AS k CROSS JOIN contacts AS p ON p.id = k.contact_id
	WHERE k.workspace_id = new.workspace_id AND k.contact_id = new.contact_id;
END;
CREATE TRIGGER conversation_tags_gone AFTER DELETE ON conversations WHEN old.contact_id IS NOT NULL
BEGIN
	DELETE FROM conversation_tags
	WHERE workspace_id = old.workspace_id AND status = old.status
	AND last_message_at = old.last_message_at AND conversation_id = old.id
	AND tag_id IN (SELECT tag_id FROM contact_tags
		WHERE workspace_id = old.workspace_id AND contact_id = old.contact_id);
END;

-- Open windows, counted by the hour.  One walk through an index.
CREATE TABLE window_hours (
	workspace_id	INTEGER NOT NULL,
	hour		INTEGER NOT NULL,	-- window_ends / 3600
	conversations	INTEGER NOT NULL CHECK (conversations >= 0),
	PRIMARY KEY (workspace_id, hour)
) STRICT, WITHOUT ROWID;
INSERT INTO window_hours(workspace_id, hour, conversations)
SELECT workspace_id, window_ends / 3600, COUNT(*) FROM conversations WHERE window_ends IS NOT NULL GROUP BY 1, 2;
CREATE TRIGGER count_window AFTER INSERT ON conversations WHEN new.window_ends IS NOT NULL
BEGIN
	INSERT INTO window_hours(workspace_id, hour, conversations)
	SELECT new.workspace_id, new.window_ends / 3600, 1 WHERE new.window_ends IS NOT NULL
	ON CONFLICT (workspace_id, hour) DO UPDATE SET conversations = conversations + 1;
END;
CREATE TRIGGER count_window_changed AFTER UPDATE OF last_customer_message_at, window_refused_at ON conversations
WHEN old.window_ends / 3600 IS NOT new.window_ends / 3600
BEGIN
	UPDATE window_hours SET conversations = conversations - 1
	WHERE workspace_id = old.workspace_id AND hour = old.window_ends / 3600;
	DELETE FROM window_hours
	WHERE workspace_id = old.workspace_id AND hour = old.window_ends / 3600 AND conversations = 0;
	INSERT INTO window_hours(workspace_id, hour, conversations)
	SELECT new.workspace_id, new.window_ends / 3600, 1 WHERE new.window_ends IS NOT NULL
	ON CONFLICT (workspace_id, hour) DO UPDATE SET conversations = conversations + 1;
END;
CREATE TRIGGER count_window_gone AFTER DELETE ON conversations WHEN old.window_ends IS NOT NULL
BEGIN
	UPDATE window_hours SET conversations = conversations - 1
	WHERE workspace_id = old.workspace_id AND hour = old.window_ends / 3600;
	DELETE FROM window_hours
	WHERE workspace_id = old.workspace_id AND hour = old.window_ends / 3600 AND conversations = 0;
END;

-- Phones by six digits instead of three.  The digits of each phone are read and
-- sorted: some ten seconds for a million conversations.
ALTER TABLE conversations ADD COLUMN phone_parts TEXT GENERATED ALWAYS AS (substr(phone, 2, 6) || ' ' || substr(phone, 3, 6) || ' ' || substr(phone, 4, 6) || ' ' || substr(phone, 5, 6) || ' ' || substr(phone, 6, 6) || ' ' || substr(phone, 7, 6) || ' ' || substr(phone, 8, 6) || ' ' || substr(phone, 9, 6) || ' ' || substr(phone, 10, 6) || ' ' || substr(phone, 11, 6) || ' ' || substr(phone, 12, 6) || ' ' || substr(phone, 13, 6) || ' ' || substr(phone, 14, 6)) VIRTUAL;
ALTER TABLE contacts ADD COLUMN phone_parts TEXT GENERATED ALWAYS AS (substr(phone, 2, 6) || ' ' || substr(phone, 3, 6) || ' ' || substr(phone, 4, 6) || ' ' || substr(phone, 5, 6) || ' ' || substr(phone, 6, 6) || ' ' || substr(phone, 7, 6) || ' ' || substr(phone, 8, 6) || ' ' || substr(phone, 9, 6) || ' ' || substr(phone, 10, 6) || ' ' || substr(phone, 11, 6) || ' ' || substr(phone, 12, 6) || ' ' || substr(phone, 13, 6) || ' ' || substr(phone, 14, 6)) VIRTUAL;
DROP TRIGGER conversation_words_new;
DROP TRIGGER conversation_digits_changed;
DROP TRIGGER conversation_words_gone;
DROP TRIGGER contact_words_new;
DROP TRIGGER contact_digits_changed;
DROP TRIGGER contact_words_gone;
DROP TABLE conversation_digits;
DROP TABLE contact_digits;
CREATE VIRTUAL TABLE conversation_digits USING fts5(phone_parts, content='conversations', content_rowid='id', detail=none, prefix='3 4');
CREATE VIRTUAL TABLE contact_digits USING fts5(phone_parts, content='contacts', content_rowid='id', detail=none, prefix='3 4');
INSERT INTO conversation_digits(conversation_digits) VALUES ('rebuild');
INSERT INTO contact_digits(contact_digits) VALUES ('rebuild');
CREATE TRIGGER conversation_words_new AFTER INSERT ON conversations
BEGIN
	INSERT INTO conversation_words(rowid, profile_name) SELECT new.id, new.profile_name WHERE new.profile_name IS NOT NULL;
	INSERT INTO conversation_digits(rowid, phone_parts) SELECT new.id, new.phone_parts WHERE new.phone IS NOT NULL;
END;
CREATE TRIGGER conversation_digits_changed AFTER UPDATE OF phone ON conversations WHEN old.phone IS NOT new.phone
BEGIN
	INSERT INTO conversation_digits(conversation_digits, rowid, phone_parts) SELECT 'delete', old.id, old.phone_parts WHERE old.phone IS NOT NULL;
	INSERT INTO conversation_digits(rowid, phone_parts) SELECT new.id, new.phone_parts WHERE new.phone IS NOT NULL;
END;
CREATE TRIGGER conversation_words_gone AFTER DELETE ON conversations
BEGIN
	INSERT INTO conversation_words(conversation_words, rowid, profile_name) SELECT 'delete', old.id, old.profile_name WHERE old.profile_name IS NOT NULL;
	INSERT INTO conversation_digits(conversation_digits, rowid, phone_parts) SELECT 'delete', old.id, old.phone_parts WHERE old.phone IS NOT NULL;
END;
CREATE TRIGGER contact_words_new AFTER INSERT ON contacts
BEGIN
	INSERT INTO contact_words(rowid, name, email) VALUES (new.id, new.name, new.email);
	INSERT INTO contact_digits(rowid, phone_parts) VALUES (new.id, new.phone_parts);
END;
CREATE TRIGGER contact_digits_changed AFTER UPDATE OF phone ON contacts WHEN old.phone IS NOT new.phone
BEGIN
	INSERT INTO contact_digits(contact_digits, rowid, phone_parts) VALUES ('delete', old.id, old.phone_parts);
	INSERT INTO contact_digits(rowid, phone_parts) VALUES (new.id, new.phone_parts);
END;
CREATE TRIGGER contact_words_gone AFTER DELETE ON contacts
BEGIN
	INSERT INTO contact_words(contact_words, rowid, name, email) VALUES ('delete', old.id, old.name, old.email);
	INSERT INTO contact_digits(contact_digits, rowid, phone_parts) VALUES ('delete', old.id, old.phone_parts);
END;

-- The words of many messages at once.  Nothing is written but the schema.
CREATE TABLE message_words_later (
	after		INTEGER NOT NULL	-- the newest message before them
) STRICT;
DROP TRIGGER message_words_new;
DROP TRIGGER message_words_changed;
CREATE TRIGGER message_words_new AFTER INSERT ON messages WHEN new.text IS NOT NULL AND NOT EXISTS (SELECT 1 FROM message_words_later)
BEGIN
	INSERT INTO message_words(rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER message_words_changed AFTER UPDATE OF text ON messages WHEN old.text IS NOT new.text AND NOT EXISTS (SELECT 1 FROM message_words_later WHERE after < old.id)
BEGIN
	INSERT INTO message_words(message_words, rowid, text) SELECT 'delete', old.id, old.text WHERE old.text IS NOT NULL;
	INSERT INTO message_words(rowid, text) SELECT new.id, new.text WHERE new.text IS NOT NULL;
END;

-- The same rules for the same rows, said so that SQLite makes no table of the
-- words with each row (a sixth of what storing a message cost).  Only the
-- text of the schema changes, as sqlite.org/lang_altertable.html describes.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (source IN (''live'', ''echo'', ''history'', ''api''))', 'CHECK (source = ''live'' OR source = ''echo'' OR source = ''history'' OR source = ''api'')') WHERE name = 'messages';
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (placeholder IN (0, 1, 2))', 'CHECK (placeholder BETWEEN 0 AND 2)') WHERE name = 'messages';
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (kind IN (''wa_id'', ''user_id'', ''parent_user_id'', ''alias'', ''group''))', 'CHECK (kind = ''wa_id'' OR kind = ''user_id'' OR kind = ''parent_user_id'' OR kind = ''alias'' OR kind = ''group'')') WHERE name = 'identities';
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (state IN (''pending'', ''stored'', ''failed'', ''missing''))', 'CHECK (state = ''pending'' OR state = ''stored'' OR state = ''failed'' OR state = ''missing'')') WHERE name = 'media';
PRAGMA writable_schema = RESET;
