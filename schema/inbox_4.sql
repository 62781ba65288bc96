-- From version 3 to version 4, while nobody else uses the inbox: waspool
-- upgrade runs it in one transaction, and schema/inbox.sql says the same for
-- who begins anew.  tests/unit/test_upgrade.c compares the two.
--
-- Version 4 is not released yet: until it is, whatever changes the schema is
-- written here as well as there.  Each step says what it costs in a big inbox.

-- Who carries a number's messages.  Nothing is written but the schema.
ALTER TABLE numbers ADD COLUMN provider TEXT NOT NULL DEFAULT '360dialog';
