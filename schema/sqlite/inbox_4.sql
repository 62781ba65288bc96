-- From version 3 to version 4, while nobody else uses the inbox: waspool
-- upgrade runs it in one transaction, and inbox.sql says the same for
-- who begins anew.  tests/unit/test_upgrade.c compares the two.
--
-- Version 4 is not released yet: until it is, whatever changes the schema is
-- written here as well as there.  Each step says what it costs in a big inbox.

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
