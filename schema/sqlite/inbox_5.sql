-- From version 4 to version 5, while nobody else uses the inbox: waspool
-- upgrade runs it in one transaction, and inbox.sql says the same for
-- who begins anew.  tests/unit/test_upgrade.c compares the two.

-- The processor keeps the search's indexes in few segments: what it is asked to
-- merge are two of them or more.  Nothing is written but that; the merging, once,
-- is done in steps afterwards.
INSERT INTO contact_words(contact_words, rank) VALUES ('usermerge', 2);
INSERT INTO contact_digits(contact_digits, rank) VALUES ('usermerge', 2);
INSERT INTO message_words(message_words, rank) VALUES ('usermerge', 2);
INSERT INTO conversation_words(conversation_words, rank) VALUES ('usermerge', 2);
INSERT INTO conversation_digits(conversation_digits, rank) VALUES ('usermerge', 2);

-- What lists are filtered by is one column, and one index instead of three: the
-- message that moves a conversation to the top moves it in fewer.  In an inbox of
-- a million conversations some seconds.
ALTER TABLE conversations ADD COLUMN facets INTEGER GENERATED ALWAYS AS (is_read
		+ CASE WHEN contact_id IS NULL THEN 0 ELSE 2 END
		+ CASE WHEN assigned_to IS NULL THEN 0 ELSE 4 END
		+ CASE status WHEN 'archived' THEN 8 ELSE 0 END) VIRTUAL;
DROP INDEX conversations_by_read;
DROP INDEX conversations_by_link;
DROP INDEX conversations_by_assignee;
DROP INDEX conversations_by_number;
CREATE INDEX conversations_by_facets ON conversations(workspace_id, facets, last_message_at);
CREATE INDEX conversations_by_assignee ON conversations(workspace_id, assigned_to, status, last_message_at) WHERE assigned_to IS NOT NULL;
CREATE INDEX conversations_by_number ON conversations(workspace_id, number_id, status, last_message_at);
DROP TRIGGER member_gone;
CREATE TRIGGER member_gone AFTER DELETE ON workspace_members
BEGIN
	INSERT INTO jobs(workspace_id, kind, subject) SELECT old.workspace_id, 'member_gone', old.user_id
	WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM conversations WHERE workspace_id = old.workspace_id AND assigned_to = old.user_id LIMIT 251)) > 250
	ON CONFLICT (workspace_id, kind, subject, target, name) DO NOTHING;
	UPDATE conversations SET assigned_to = NULL WHERE workspace_id = old.workspace_id AND assigned_to = old.user_id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'member_gone' AND subject = old.user_id);
END;

-- Words come after the commit: no trigger writes an index any more.  What is in
-- them stays, and nothing is made anew: they have the words of all rows that
-- there are.  Messages that are not counted in their partition yet are counted
-- here: some hundred, or what the processor was behind.
DROP TRIGGER message_words_new;
DROP TRIGGER message_words_changed;
DROP TRIGGER message_words_gone;
DROP TRIGGER search_partition_moved;
DROP TRIGGER conversation_words_new;
DROP TRIGGER conversation_words_changed;
DROP TRIGGER conversation_digits_changed;
DROP TRIGGER conversation_words_gone;
DROP TRIGGER contact_words_new;
DROP TRIGGER contact_words_changed;
DROP TRIGGER contact_digits_changed;
DROP TRIGGER contact_words_gone;
DROP TABLE message_words_later;
INSERT INTO search_partitions(workspace_id, first_id, partition, rows)
SELECT m.workspace_id, COALESCE((SELECT MAX(p.first_id) FROM search_partitions AS p WHERE p.workspace_id = m.workspace_id), 0), 0, COUNT(*)
FROM messages AS m WHERE m.id > (SELECT message_id FROM search_counted LIMIT 1)
GROUP BY m.workspace_id
ON CONFLICT(workspace_id, first_id) DO UPDATE SET rows = rows + excluded.rows;
DROP TABLE search_counted;

-- Which rows have their words in the indexes: those from from_id to upto_id.
-- Whoever stores a row writes nothing here.  What came after upto_id is put by
-- the processor, soon after (search_index.h); what is below from_id, which is 0
-- but while an index is being built, step by step (search_put.h).
CREATE TABLE search_indexed (
	kind		TEXT NOT NULL PRIMARY KEY,	-- 'message', 'conversation' or 'contact'
	upto_id		INTEGER NOT NULL,
	from_id		INTEGER NOT NULL,
	began_id	INTEGER NOT NULL,	-- from_id when the processor began to build, …
	began_at	INTEGER			-- … and when that was; null: not yet
) STRICT, WITHOUT ROWID;
INSERT INTO search_indexed(kind, upto_id, from_id, began_id, began_at)
SELECT k.kind, k.upto_id, COALESCE(s.from_id, 0), COALESCE(s.began_id, 0), s.began_at
FROM (SELECT 'message' AS kind, COALESCE(MAX(id), 0) AS upto_id FROM messages
	UNION ALL SELECT 'conversation', COALESCE(MAX(id), 0) FROM conversations
	UNION ALL SELECT 'contact', COALESCE(MAX(id), 0) FROM contacts) AS k
	LEFT JOIN search_state AS s ON s.kind = k.kind;
DROP TABLE search_state;

-- Of a row that has words there and was changed or deleted since: what they were
-- made of, as the row was then.  The processor takes them out, puts those of the
-- row as it is now, and deletes this (search_index.h).
CREATE TABLE search_stale (
	kind		TEXT NOT NULL,
	id		INTEGER NOT NULL,
	workspace_id	INTEGER NOT NULL,
	text		TEXT,			-- a message's; a name, a contact's with its address behind a line feed; null: there was none
	phone		TEXT,
	PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- The first of several changes counts: later ones never were in the index.
CREATE TRIGGER message_stale AFTER UPDATE OF text, workspace_id ON messages WHEN (old.text IS NOT new.text OR old.workspace_id <> new.workspace_id)
	AND EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'message' AND old.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id, text) VALUES ('message', old.id, old.workspace_id, old.text) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER message_stale_gone AFTER DELETE ON messages WHEN EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'message' AND old.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id, text) VALUES ('message', old.id, old.workspace_id, old.text) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER conversation_stale AFTER UPDATE OF profile_name, phone, workspace_id ON conversations WHEN (old.profile_name IS NOT new.profile_name OR old.phone IS NOT new.phone OR old.workspace_id <> new.workspace_id)
	AND EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'conversation' AND old.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id, text, phone) VALUES ('conversation', old.id, old.workspace_id, old.profile_name, old.phone) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER conversation_stale_gone AFTER DELETE ON conversations WHEN EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'conversation' AND old.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id, text, phone) VALUES ('conversation', old.id, old.workspace_id, old.profile_name, old.phone) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contact_stale AFTER UPDATE OF name, email, phone, workspace_id ON contacts WHEN (old.name IS NOT new.name OR old.email IS NOT new.email OR old.phone IS NOT new.phone OR old.workspace_id <> new.workspace_id)
	AND EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'contact' AND old.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id, text, phone) VALUES ('contact', old.id, old.workspace_id, old.name || char(10) || COALESCE(old.email, ''), old.phone) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contact_stale_gone AFTER DELETE ON contacts WHEN EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'contact' AND old.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id, text, phone) VALUES ('contact', old.id, old.workspace_id, old.name || char(10) || COALESCE(old.email, ''), old.phone) ON CONFLICT DO NOTHING;
END;

-- A row that comes back under its old id (a conversation whose number has moved;
-- what a person copies back from a backup) is not behind upto_id, and has no words.
CREATE TRIGGER message_stale_again AFTER INSERT ON messages WHEN EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'message' AND new.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id) VALUES ('message', new.id, new.workspace_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER conversation_stale_again AFTER INSERT ON conversations WHEN EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'conversation' AND new.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id) VALUES ('conversation', new.id, new.workspace_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contact_stale_again AFTER INSERT ON contacts WHEN EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'contact' AND new.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id) VALUES ('contact', new.id, new.workspace_id) ON CONFLICT DO NOTHING;
END;

-- How far behind the words are, for /metrics.
ALTER TABLE node_health ADD COLUMN search_waiting INTEGER NOT NULL DEFAULT 0;

-- A message that is a text and nothing else has it once: content and preview are
-- '' then, and follow from the column text.  Rows that are there stay as they
-- are, so this costs nothing.  Triggers fire in an order that follows from that
-- in which they were made, so one is made anew as it was.
DROP TRIGGER update_conversation_on_message;
DROP TRIGGER update_preview_on_message;
DROP TRIGGER change_message_new;
DROP TRIGGER change_message;
CREATE TRIGGER update_conversation_on_message AFTER INSERT ON messages
BEGIN
	UPDATE conversations SET
		last_message_id = CASE WHEN new.sent_at >= last_message_at THEN new.id ELSE last_message_id END,
		last_message_preview = CASE WHEN new.sent_at >= last_message_at THEN CASE new.preview WHEN '' THEN COALESCE(SUBSTR(new.text, 1, 100), '') ELSE new.preview END ELSE last_message_preview END,
		last_message_at = CASE WHEN new.sent_at >= last_message_at THEN new.sent_at ELSE last_message_at END,
		unread_count = unread_count + new.counts_unread,
		is_read = CASE WHEN new.counts_unread THEN 0 ELSE is_read END,
		status = CASE WHEN new.counts_unread THEN 'active' ELSE status END,
		last_customer_message_at = CASE
			WHEN new.opens_window = 0 THEN last_customer_message_at
			WHEN last_customer_message_at IS NULL OR new.sent_at > last_customer_message_at THEN new.sent_at
			ELSE last_customer_message_at END,
		updated_at = CASE WHEN new.created_at > updated_at THEN new.created_at ELSE updated_at END
	WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
END;
CREATE TRIGGER update_preview_on_message AFTER UPDATE OF preview ON messages
WHEN old.preview IS NOT new.preview OR (new.preview = '' AND old.text IS NOT new.text)
BEGIN
	UPDATE conversations SET last_message_preview = CASE new.preview WHEN '' THEN COALESCE(SUBSTR(new.text, 1, 100), '') ELSE new.preview END
	WHERE workspace_id = new.workspace_id AND id = new.conversation_id AND last_message_id = new.id;
END;
CREATE TRIGGER change_message_new AFTER INSERT ON messages
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'message.created', new.id, new.conversation_id);
END;
CREATE TRIGGER change_message AFTER UPDATE OF wamid, direction, type, content, status, context, referral, error, sender, sent_by, sent_at, edited_at, revoked_at, conversation_id ON messages
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
