-- From version 4 to version 5, while nobody else uses the inbox: waspool
-- upgrade runs it in one transaction, and inbox.sql says the same for
-- who begins anew.  tests/unit/test_upgrade.c compares the two.
--
-- Version 5 is not released yet: until it is, whatever changes the schema is
-- written here as well as there.  Each step says what it costs in a big inbox.

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
