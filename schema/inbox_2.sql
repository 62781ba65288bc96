-- From version 1 to version 2, while nobody else uses the inbox: waspool
-- upgrade runs it in one transaction, and schema/inbox.sql says the same for
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
