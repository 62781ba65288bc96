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
