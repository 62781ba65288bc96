-- From version 3 to version 4, while nobody else uses the inbox: waspool
-- upgrade runs it in one transaction, and inbox.sql says the same for
-- who begins anew.  tests/unit/test_upgrade.c compares the two.

-- Who carries a number's messages.  Nothing is written but the schema.
ALTER TABLE numbers ADD COLUMN provider TEXT NOT NULL DEFAULT '360dialog';

-- The code of an error stands beside its words, so that nobody looks for it in
-- them.  Costs a look at each message and each status, of which those with an
-- error are written: 10 s for 1,000,000 messages (1.2 GB, 20,000 of them failed)
-- on two cores that had more to do, and 165 MB beside the database until it ends.
ALTER TABLE messages ADD COLUMN error_code INTEGER;
ALTER TABLE message_statuses ADD COLUMN error_code INTEGER;
ALTER TABLE outbox ADD COLUMN error_code INTEGER;

UPDATE messages SET error_code = NULLIF(CAST(error ->> '$.code' AS INTEGER), 0)
WHERE error IS NOT NULL AND json_valid(error);
UPDATE message_statuses SET error_code = NULLIF(CAST(error ->> '$.code' AS INTEGER), 0)
WHERE error IS NOT NULL AND json_valid(error);
-- Its reason begins with the code, when the provider gave one.
UPDATE outbox SET error_code = NULLIF(CAST(reason AS INTEGER), 0)
WHERE state <> 'done' AND reason IS NOT NULL;

-- What goes out is said by the message's row alone: its words stand in one
-- place only.  Writes each row of the outbox, which has those of 30 days: 4 s for
-- 500,000, as long as to empty it would take, and 105 MB beside the database
-- until it ends.
ALTER TABLE outbox DROP COLUMN request;

DROP TRIGGER close_window_on_refusal;
CREATE TRIGGER close_window_on_refusal AFTER UPDATE OF status, error_code ON messages
WHEN (new.status = 'failed' AND COALESCE(new.error_code, 0) = 131047)
	<> (old.status = 'failed' AND COALESCE(old.error_code, 0) = 131047)
BEGIN
	UPDATE conversations SET window_refused_at = COALESCE((SELECT MAX(sent_at) FROM messages
		WHERE workspace_id = new.workspace_id AND conversation_id = new.conversation_id
		AND status = 'failed' AND error_code = 131047), 0)
	WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
END;

-- The search's indexes are of another kind: the words stand there as a program makes
-- them, each with its workspace, and without the texts.  Costs the pages of the old
-- ones, which are overwritten: 7 s for 1,000,000 messages (0.5 s of a processor, and
-- 60 MB beside the database until it ends).  The new ones are empty: the processor
-- fills them, newest first, while messages come in, and until then a search says that
-- it is not complete (inbox/search/search_put.h).
DROP TRIGGER message_words_new;
DROP TRIGGER message_words_changed;
DROP TRIGGER message_words_gone;
DROP TRIGGER conversation_words_new;
DROP TRIGGER conversation_words_changed;
DROP TRIGGER conversation_digits_changed;
DROP TRIGGER conversation_words_gone;
DROP TRIGGER contact_words_new;
DROP TRIGGER contact_words_changed;
DROP TRIGGER contact_digits_changed;
DROP TRIGGER contact_words_gone;
DROP TABLE message_words;
DROP TABLE conversation_words;
DROP TABLE contact_words;
DROP TABLE conversation_digits;
DROP TABLE contact_digits;
ALTER TABLE contacts DROP COLUMN phone_parts;
ALTER TABLE conversations DROP COLUMN phone_parts;

CREATE VIRTUAL TABLE message_words USING fts5(words, content='', columnsize=0, tokenize="ascii tokenchars '.'");
CREATE VIRTUAL TABLE conversation_words USING fts5(words, content='', columnsize=0, tokenize="ascii tokenchars '.'");
CREATE VIRTUAL TABLE contact_words USING fts5(words, content='', columnsize=0, tokenize="ascii tokenchars '.'");
CREATE VIRTUAL TABLE conversation_digits USING fts5(words, detail=none, content='', columnsize=0, tokenize="ascii tokenchars '.'");
CREATE VIRTUAL TABLE contact_digits USING fts5(words, detail=none, content='', columnsize=0, tokenize="ascii tokenchars '.'");

INSERT INTO contact_words(contact_words, rank) VALUES ('automerge', 0), ('crisismerge', 256);
INSERT INTO contact_digits(contact_digits, rank) VALUES ('automerge', 0), ('crisismerge', 256);

CREATE TABLE search_partitions (
	workspace_id	INTEGER NOT NULL,
	first_id	INTEGER NOT NULL,
	partition	INTEGER NOT NULL,
	rows		INTEGER NOT NULL,
	PRIMARY KEY (workspace_id, first_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX search_partitions_by_rows ON search_partitions(rows);

CREATE TABLE search_counted (
	message_id	INTEGER NOT NULL
) STRICT;
INSERT INTO search_counted SELECT COALESCE(MAX(id), 0) FROM messages;

CREATE TABLE search_state (
	kind		TEXT NOT NULL PRIMARY KEY,
	from_id		INTEGER NOT NULL,
	began_id	INTEGER NOT NULL,
	began_at	INTEGER
) STRICT, WITHOUT ROWID;

CREATE TRIGGER message_words_new AFTER INSERT ON messages WHEN new.text IS NOT NULL AND NOT EXISTS (SELECT 1 FROM message_words_later)
BEGIN
	INSERT INTO message_words(rowid, words) VALUES (new.id, search_words(new.workspace_id, COALESCE((SELECT partition FROM search_partitions WHERE workspace_id = new.workspace_id AND first_id <= new.id ORDER BY first_id DESC LIMIT 1), 0), new.text));
END;
CREATE TRIGGER message_words_changed AFTER UPDATE OF text, workspace_id ON messages WHEN (old.text IS NOT new.text OR old.workspace_id <> new.workspace_id)
	AND NOT EXISTS (SELECT 1 FROM message_words_later WHERE after < old.id)
	AND NOT EXISTS (SELECT 1 FROM search_state WHERE kind = 'message' AND from_id > old.id)
BEGIN
	INSERT INTO message_words(message_words, rowid, words) SELECT 'delete', old.id, search_words(old.workspace_id, COALESCE((SELECT partition FROM search_partitions WHERE workspace_id = old.workspace_id AND first_id <= old.id ORDER BY first_id DESC LIMIT 1), 0), old.text) WHERE old.text IS NOT NULL;
	INSERT INTO message_words(rowid, words) SELECT new.id, search_words(new.workspace_id, COALESCE((SELECT partition FROM search_partitions WHERE workspace_id = new.workspace_id AND first_id <= new.id ORDER BY first_id DESC LIMIT 1), 0), new.text) WHERE new.text IS NOT NULL;
END;
CREATE TRIGGER message_words_gone AFTER DELETE ON messages WHEN old.text IS NOT NULL AND NOT EXISTS (SELECT 1 FROM message_words_later WHERE after < old.id)
	AND NOT EXISTS (SELECT 1 FROM search_state WHERE kind = 'message' AND from_id > old.id)
BEGIN
	INSERT INTO message_words(message_words, rowid, words) VALUES ('delete', old.id, search_words(old.workspace_id, COALESCE((SELECT partition FROM search_partitions WHERE workspace_id = old.workspace_id AND first_id <= old.id ORDER BY first_id DESC LIMIT 1), 0), old.text));
END;
CREATE TRIGGER search_partition_moved AFTER UPDATE OF workspace_id ON messages WHEN old.workspace_id <> new.workspace_id
BEGIN
	INSERT INTO search_partitions(workspace_id, first_id, partition, rows)
	VALUES (new.workspace_id, COALESCE((SELECT MAX(first_id) FROM search_partitions WHERE workspace_id = new.workspace_id AND first_id <= new.id), 0), 0, 1)
	ON CONFLICT(workspace_id, first_id) DO UPDATE SET rows = rows + 1;
END;

CREATE TRIGGER conversation_words_new AFTER INSERT ON conversations WHEN NOT EXISTS (SELECT 1 FROM search_state WHERE kind = 'conversation' AND from_id > new.id)
BEGIN
	INSERT INTO conversation_words(rowid, words) SELECT new.id, search_names(new.workspace_id, new.profile_name) WHERE new.profile_name IS NOT NULL;
	INSERT INTO conversation_digits(rowid, words) SELECT new.id, search_digits(new.workspace_id, new.phone) WHERE new.phone IS NOT NULL;
END;
CREATE TRIGGER conversation_words_changed AFTER UPDATE OF profile_name, workspace_id ON conversations WHEN (old.profile_name IS NOT new.profile_name OR old.workspace_id <> new.workspace_id)
	AND NOT EXISTS (SELECT 1 FROM search_state WHERE kind = 'conversation' AND from_id > old.id)
BEGIN
	INSERT INTO conversation_words(conversation_words, rowid, words) SELECT 'delete', old.id, search_names(old.workspace_id, old.profile_name) WHERE old.profile_name IS NOT NULL;
	INSERT INTO conversation_words(rowid, words) SELECT new.id, search_names(new.workspace_id, new.profile_name) WHERE new.profile_name IS NOT NULL;
END;
CREATE TRIGGER conversation_digits_changed AFTER UPDATE OF phone, workspace_id ON conversations WHEN (old.phone IS NOT new.phone OR old.workspace_id <> new.workspace_id)
	AND NOT EXISTS (SELECT 1 FROM search_state WHERE kind = 'conversation' AND from_id > old.id)
BEGIN
	INSERT INTO conversation_digits(conversation_digits, rowid, words) SELECT 'delete', old.id, search_digits(old.workspace_id, old.phone) WHERE old.phone IS NOT NULL;
	INSERT INTO conversation_digits(rowid, words) SELECT new.id, search_digits(new.workspace_id, new.phone) WHERE new.phone IS NOT NULL;
END;
CREATE TRIGGER conversation_words_gone AFTER DELETE ON conversations WHEN NOT EXISTS (SELECT 1 FROM search_state WHERE kind = 'conversation' AND from_id > old.id)
BEGIN
	INSERT INTO conversation_words(conversation_words, rowid, words) SELECT 'delete', old.id, search_names(old.workspace_id, old.profile_name) WHERE old.profile_name IS NOT NULL;
	INSERT INTO conversation_digits(conversation_digits, rowid, words) SELECT 'delete', old.id, search_digits(old.workspace_id, old.phone) WHERE old.phone IS NOT NULL;
END;

CREATE TRIGGER contact_words_new AFTER INSERT ON contacts WHEN NOT EXISTS (SELECT 1 FROM search_state WHERE kind = 'contact' AND from_id > new.id)
BEGIN
	INSERT INTO contact_words(rowid, words) SELECT new.id, search_names(new.workspace_id, new.name || char(10) || COALESCE(new.email, '')) WHERE new.name IS NOT NULL;
	INSERT INTO contact_digits(rowid, words) SELECT new.id, search_digits(new.workspace_id, new.phone) WHERE new.phone IS NOT NULL;
END;
CREATE TRIGGER contact_words_changed AFTER UPDATE OF name, email, workspace_id ON contacts WHEN (old.name IS NOT new.name OR old.email IS NOT new.email OR old.workspace_id <> new.workspace_id)
	AND NOT EXISTS (SELECT 1 FROM search_state WHERE kind = 'contact' AND from_id > old.id)
BEGIN
	INSERT INTO contact_words(contact_words, rowid, words) SELECT 'delete', old.id, search_names(old.workspace_id, old.name || char(10) || COALESCE(old.email, '')) WHERE old.name IS NOT NULL;
	INSERT INTO contact_words(rowid, words) SELECT new.id, search_names(new.workspace_id, new.name || char(10) || COALESCE(new.email, '')) WHERE new.name IS NOT NULL;
END;
CREATE TRIGGER contact_digits_changed AFTER UPDATE OF phone, workspace_id ON contacts WHEN (old.phone IS NOT new.phone OR old.workspace_id <> new.workspace_id)
	AND NOT EXISTS (SELECT 1 FROM search_state WHERE kind = 'contact' AND from_id > old.id)
BEGIN
	INSERT INTO contact_digits(contact_digits, rowid, words) SELECT 'delete', old.id, search_digits(old.workspace_id, old.phone) WHERE old.phone IS NOT NULL;
	INSERT INTO contact_digits(rowid, words) SELECT new.id, search_digits(new.workspace_id, new.phone) WHERE new.phone IS NOT NULL;
END;
CREATE TRIGGER contact_words_gone AFTER DELETE ON contacts WHEN NOT EXISTS (SELECT 1 FROM search_state WHERE kind = 'contact' AND from_id > old.id)
BEGIN
	INSERT INTO contact_words(contact_words, rowid, words) SELECT 'delete', old.id, search_names(old.workspace_id, old.name || char(10) || COALESCE(old.email, '')) WHERE old.name IS NOT NULL;
	INSERT INTO contact_digits(contact_digits, rowid, words) SELECT 'delete', old.id, search_digits(old.workspace_id, old.phone) WHERE old.phone IS NOT NULL;
END;

INSERT INTO search_state SELECT 'message', MAX(id) + 1, MAX(id) + 1, NULL FROM messages HAVING MAX(id) IS NOT NULL;
INSERT INTO search_state SELECT 'conversation', MAX(id) + 1, MAX(id) + 1, NULL FROM conversations HAVING MAX(id) IS NOT NULL;
INSERT INTO search_state SELECT 'contact', MAX(id) + 1, MAX(id) + 1, NULL FROM contacts HAVING MAX(id) IS NOT NULL;
