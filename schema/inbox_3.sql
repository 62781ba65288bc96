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
