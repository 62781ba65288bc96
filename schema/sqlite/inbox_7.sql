-- From version 6 to version 7, while nobody else uses the inbox: waspool
-- upgrade runs it in one transaction, and inbox.sql says the same for
-- who begins anew.  tests/unit/test_upgrade.c compares the two.
--
-- Version 7 is not released yet: until it is, whatever changes the schema is
-- written here as well as there.  Each step says what it costs in a big inbox.

-- What a customer gives when asked for the phone is a fact like what is
-- announced.  Costs nothing; what was given before stays as it was decided.
ALTER TABLE identity_changes ADD COLUMN given INTEGER NOT NULL DEFAULT 0;
