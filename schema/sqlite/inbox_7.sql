-- From version 6 to version 7, while nobody else uses the inbox: waspool
-- upgrade runs it in one transaction, and inbox.sql says the same for
-- who begins anew.  tests/unit/test_upgrade.c compares the two.

-- A message and what it does to its conversation are one row of changes, and no
-- copy is kept of the pages that it changes (DB_NO_UNDO), for its triggers call no
-- function any more.  Costs nothing, however many messages there are: a longer
-- text with a preview of '' is cut where it is shown, and older changes are two.
ALTER TABLE conversations ADD COLUMN stored_message_id INTEGER;
ALTER TABLE moving_conversations ADD COLUMN stored_message_id INTEGER;
DROP TRIGGER count_window_moved;
CREATE TRIGGER count_window_moved INSTEAD OF INSERT ON window_moves
BEGIN
	UPDATE window_hours SET conversations = conversations - 1
	WHERE workspace_id = new.workspace_id AND hour = new.old_hour;
	DELETE FROM window_hours
	WHERE workspace_id = new.workspace_id AND hour = new.old_hour AND conversations = 0;
	INSERT INTO window_hours(workspace_id, hour, conversations)
	SELECT new.workspace_id, new.hour, 0 WHERE new.hour IS NOT NULL
	ON CONFLICT (workspace_id, hour) DO NOTHING;
	UPDATE window_hours SET conversations = conversations + 1
	WHERE workspace_id = new.workspace_id AND hour = new.hour;
END;

-- For each id that it gives SQLite reads sqlite_sequence from its beginning: there
-- the messages stand now.  Costs nothing.
INSERT INTO sqlite_sequence(name, seq) SELECT 'messages', 0
WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'messages');
UPDATE sqlite_sequence SET rowid = (SELECT MIN(rowid) - 1 FROM sqlite_sequence) WHERE name = 'messages';

-- What a customer gives when asked for the phone is a fact like what is
-- announced.  Costs nothing; what was given before stays as it was decided.
ALTER TABLE identity_changes ADD COLUMN given INTEGER NOT NULL DEFAULT 0;

-- Customers who are blocked.  Costs nothing, however many conversations there are.
ALTER TABLE conversations ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE moving_conversations ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;
CREATE TABLE blocks (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	who		TEXT NOT NULL,		-- as the provider is told: a phone with +, or a user id
	conversation_id	INTEGER NOT NULL,
	state		TEXT NOT NULL CHECK (state IN ('blocking', 'blocked', 'unblocking', 'unblocked', 'refused')),
	asked_by	INTEGER,		-- which member; null: the command line
	asked_at	INTEGER NOT NULL,
	asked		INTEGER NOT NULL DEFAULT 1,	-- how often, by members: an answer to an earlier asking settles nothing
	blocked_at	INTEGER,		-- since when the provider says so; null: it does not
	attempts	INTEGER NOT NULL DEFAULT 0,
	due_at		INTEGER NOT NULL,
	error		TEXT,			-- JSON {"code","title","detail"}, of the last request; null: it worked, or there was none
	UNIQUE (workspace_id, number_id, who)
) STRICT;

CREATE INDEX blocks_of_conversation ON blocks(workspace_id, conversation_id);
CREATE INDEX blocks_due ON blocks(number_id, due_at) WHERE state IN ('blocking', 'unblocking');
-- A conversation shows who blocked its customer, and whether that worked.
CREATE VIEW block_shows AS SELECT workspace_id, conversation_id FROM blocks;
CREATE TRIGGER block_shown INSTEAD OF INSERT ON block_shows
BEGIN
	UPDATE conversations SET blocked = COALESCE((SELECT MAX(CASE WHEN b.state IN ('unblocked', 'refused') THEN 1 ELSE 2 END) FROM blocks AS b
		WHERE b.workspace_id = conversations.workspace_id AND b.conversation_id = conversations.id), 0)
	WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
END;
CREATE TRIGGER block_new AFTER INSERT ON blocks
BEGIN
	INSERT INTO block_shows(workspace_id, conversation_id) VALUES (new.workspace_id, new.conversation_id);
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(c.seq), 0) + 1 FROM changes AS c WHERE c.workspace_id = new.workspace_id), 'conversation.updated', id, id
	FROM conversations WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
END;
CREATE TRIGGER block_changed AFTER UPDATE OF state, asked_by, asked_at, error, conversation_id ON blocks
WHEN old.state <> new.state OR old.asked_by IS NOT new.asked_by OR old.asked_at <> new.asked_at
	OR old.error IS NOT new.error OR old.conversation_id <> new.conversation_id
BEGIN
	INSERT INTO block_shows(workspace_id, conversation_id) VALUES (new.workspace_id, new.conversation_id);
	INSERT INTO block_shows(workspace_id, conversation_id)
	SELECT old.workspace_id, old.conversation_id WHERE old.conversation_id <> new.conversation_id;
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(c.seq), 0) + 1 FROM changes AS c WHERE c.workspace_id = new.workspace_id), 'conversation.updated', id, id
	FROM conversations WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
END;
-- A block goes along with the account, or the user id, that it is of: when two
-- customers turn out to be one, or one turns out to be two.
CREATE TRIGGER block_follows AFTER UPDATE OF conversation_id ON identities
WHEN old.conversation_id <> new.conversation_id AND new.conversation_id <> 0
	AND (new.kind = 'wa_id' OR new.kind = 'user_id')
BEGIN
	UPDATE blocks SET conversation_id = new.conversation_id
	WHERE workspace_id = new.workspace_id AND number_id = new.number_id
	AND who = CASE new.kind WHEN 'wa_id' THEN '+' || new.value ELSE new.value END
	AND conversation_id = old.conversation_id;
END;
-- Whom a conversation blocked: not of one that is being moved, which comes back.
CREATE TRIGGER conversation_blocks_gone AFTER DELETE ON conversations
WHEN old.blocked <> 0 AND NOT EXISTS (SELECT 1 FROM moving_conversations WHERE id = old.id)
BEGIN
	DELETE FROM blocks WHERE workspace_id = old.workspace_id AND conversation_id = old.id;
END;

-- Whether a customer wants marketing.  Columns without a value, and an empty
-- table: it costs nothing.
ALTER TABLE conversations ADD COLUMN marketing TEXT CHECK (marketing IN ('stopped', 'allowed'));
ALTER TABLE conversations ADD COLUMN marketing_at INTEGER;
ALTER TABLE conversations ADD COLUMN marketing_source TEXT CHECK (marketing_source IN ('user_preferences', 'refused'));
CREATE INDEX conversations_marketing ON conversations(workspace_id, marketing, id) WHERE marketing IS NOT NULL;
ALTER TABLE moving_conversations ADD COLUMN marketing TEXT;
ALTER TABLE moving_conversations ADD COLUMN marketing_at INTEGER;
ALTER TABLE moving_conversations ADD COLUMN marketing_source TEXT;
-- Whether a customer wants marketing, each time that it became known: the
-- customer said so, or a message was refused for it (131050).  Each is in the
-- conversation of the message that came with it, and moves with that.  What
-- they come to stands in conversations: the triggers below.
CREATE TABLE marketing_choices (
	workspace_id	INTEGER NOT NULL,
	conversation_id	INTEGER NOT NULL,
	state		TEXT NOT NULL CHECK (state = 'stopped' OR state = 'allowed'),
	at		INTEGER NOT NULL,	-- when it was said, or tried
	message_id	INTEGER NOT NULL,	-- which was refused; 0: the customer said it
	sighting_id	INTEGER,		-- as in messages
	PRIMARY KEY (workspace_id, conversation_id, state, at, message_id)
) STRICT, WITHOUT ROWID;

-- Whether the customer wants marketing.  A message that is sent again was not
-- refused, until it is: so it does not matter which of its statuses came first.
CREATE TRIGGER marketing_refused AFTER UPDATE OF status, error_code ON messages
WHEN new.error_code = 131050 OR old.error_code = 131050
BEGIN
	DELETE FROM marketing_choices
	WHERE workspace_id = old.workspace_id AND conversation_id = old.conversation_id
	AND state = 'stopped' AND message_id = old.id
	AND (new.status <> 'failed' OR COALESCE(new.error_code, 0) <> 131050);
	INSERT INTO marketing_choices(workspace_id, conversation_id, state, at, message_id, sighting_id)
	SELECT new.workspace_id, new.conversation_id, 'stopped',
		COALESCE((SELECT sending_at FROM outbox
			WHERE workspace_id = new.workspace_id AND kind = 'message' AND message_id = new.id), new.sent_at),
		new.id, new.sighting_id
	WHERE new.status = 'failed' AND COALESCE(new.error_code, 0) = 131050
	ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER marketing_choice_new AFTER INSERT ON marketing_choices
BEGIN
	INSERT INTO marketing_moves(workspace_id, conversation_id) VALUES (new.workspace_id, new.conversation_id);
END;
CREATE TRIGGER marketing_choice_retimed AFTER UPDATE OF at ON marketing_choices
BEGIN
	INSERT INTO marketing_moves(workspace_id, conversation_id) VALUES (new.workspace_id, new.conversation_id);
END;
CREATE TRIGGER marketing_choice_gone AFTER DELETE ON marketing_choices
BEGIN
	INSERT INTO marketing_moves(workspace_id, conversation_id) VALUES (old.workspace_id, old.conversation_id);
END;
CREATE TRIGGER marketing_gone AFTER DELETE ON conversations WHEN old.marketing IS NOT NULL
BEGIN
	DELETE FROM marketing_choices WHERE workspace_id = old.workspace_id AND conversation_id = old.id;
END;
-- The newest counts, of two of one second the stop.  It is so since the first
-- that says the same with none between that says the other.
CREATE VIEW marketing_moves AS
	SELECT workspace_id, conversation_id FROM marketing_choices;
CREATE TRIGGER marketing_moved INSTEAD OF INSERT ON marketing_moves
BEGIN
	UPDATE conversations SET marketing = n.state, marketing_at = n.at,
		marketing_source = CASE WHEN n.state IS NULL THEN NULL
			WHEN EXISTS (SELECT 1 FROM marketing_choices AS m
				WHERE m.workspace_id = new.workspace_id AND m.conversation_id = new.conversation_id
				AND m.state = n.state AND m.at = n.at AND m.message_id = 0) THEN 'user_preferences'
			ELSE 'refused' END
	FROM (SELECT s.state AS state, (SELECT MIN(m.at) FROM marketing_choices AS m
			WHERE m.workspace_id = new.workspace_id AND m.conversation_id = new.conversation_id
			AND m.state = s.state AND m.at >= s.since) AS at
		FROM (SELECT CASE WHEN t.stopped >= COALESCE(t.allowed, t.stopped) THEN 'stopped'
				WHEN t.allowed IS NOT NULL THEN 'allowed' END AS state,
				CASE WHEN t.stopped >= COALESCE(t.allowed, t.stopped) THEN COALESCE(t.allowed, 0)
				ELSE COALESCE(t.stopped + 1, 0) END AS since
			FROM (SELECT (SELECT MAX(m.at) FROM marketing_choices AS m
					WHERE m.workspace_id = new.workspace_id AND m.conversation_id = new.conversation_id
					AND m.state = 'stopped') AS stopped,
				(SELECT MAX(m.at) FROM marketing_choices AS m
					WHERE m.workspace_id = new.workspace_id AND m.conversation_id = new.conversation_id
					AND m.state = 'allowed') AS allowed) AS t) AS s) AS n
	WHERE conversations.workspace_id = new.workspace_id AND conversations.id = new.conversation_id;
END;

CREATE TRIGGER change_conversation_marketing AFTER UPDATE OF marketing, marketing_at, marketing_source ON conversations
WHEN old.marketing IS NOT new.marketing OR old.marketing_at IS NOT new.marketing_at
	OR old.marketing_source IS NOT new.marketing_source
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'conversation.updated', new.id, new.id);
END;

-- What customers chose before, as it was kept: by the user id, which is
-- somebody for good, else by who had the account then.  It reads the workspace
-- events once.
INSERT INTO marketing_choices(workspace_id, conversation_id, state, at, message_id)
SELECT e.workspace_id, i.conversation_id, CASE e.raw ->> '$.value' WHEN 'stop' THEN 'stopped' ELSE 'allowed' END, e.at, 0
FROM workspace_events AS e CROSS JOIN identities AS i
WHERE e.field = 'user_preferences' AND json_valid(e.raw)
AND e.raw ->> '$.category' = 'marketing_messages' AND e.raw ->> '$.value' IN ('stop', 'resume', 'signup')
AND i.workspace_id = e.workspace_id AND i.number_id = e.number_id AND i.conversation_id <> 0
AND i.kind = CASE WHEN EXISTS (SELECT 1 FROM identities AS u WHERE u.workspace_id = e.workspace_id
		AND u.number_id = e.number_id AND u.kind = 'user_id' AND u.value = e.raw ->> '$.user_id')
	THEN 'user_id' ELSE 'wa_id' END
AND i.value = CASE i.kind WHEN 'user_id' THEN e.raw ->> '$.user_id' ELSE ltrim(e.raw ->> '$.wa_id', '+') END
AND i.valid_from = (SELECT MAX(v.valid_from) FROM identities AS v WHERE v.workspace_id = i.workspace_id
	AND v.number_id = i.number_id AND v.kind = i.kind AND v.value = i.value AND v.valid_from <= e.at)
ON CONFLICT DO NOTHING;
-- People sign in: passwords, second factors, invitations; a session is a token of
-- another kind.  Costs nothing: one page each, and a pass over api_tokens.
CREATE INDEX workspace_members_by_role ON workspace_members(workspace_id, role, user_id);
ALTER TABLE workspaces ADD COLUMN second_factor INTEGER NOT NULL DEFAULT 0 CHECK (second_factor IN (0, 1));
ALTER TABLE api_tokens ADD COLUMN kind TEXT NOT NULL DEFAULT 'token' CHECK (kind IN ('token', 'session'));
ALTER TABLE api_tokens ADD COLUMN second_factor INTEGER NOT NULL DEFAULT 0 CHECK (second_factor IN (0, 1));
ALTER TABLE api_tokens ADD COLUMN address TEXT;
CREATE INDEX api_tokens_of_workspace ON api_tokens(workspace_id, id) WHERE kind = 'token';
CREATE INDEX api_tokens_sessions ON api_tokens(expires_at) WHERE kind = 'session';
CREATE INDEX api_tokens_of_user ON api_tokens(user_id) WHERE kind = 'session';
CREATE TABLE passwords (
	user_id		INTEGER NOT NULL PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
	hash		TEXT NOT NULL,
	changed_at	INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE second_factors (
	user_id		INTEGER NOT NULL PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
	secret		BLOB NOT NULL,
	confirmed_at	INTEGER,
	used_step	INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX second_factors_by_step ON second_factors(used_step);
CREATE TABLE invitations (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	email		TEXT NOT NULL COLLATE NOCASE,
	name		TEXT NOT NULL,
	role		TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'agent')),
	hash		BLOB NOT NULL UNIQUE,
	invited_by	INTEGER,
	created_at	INTEGER NOT NULL,
	expires_at	INTEGER NOT NULL,
	UNIQUE (workspace_id, email)
) STRICT;
CREATE INDEX invitations_of_workspace ON invitations(workspace_id, id);
CREATE INDEX invitations_of_inviter ON invitations(workspace_id, invited_by);
CREATE INDEX invitations_by_time ON invitations(expires_at);
CREATE TRIGGER inviter_gone AFTER DELETE ON workspace_members
BEGIN
	DELETE FROM invitations WHERE workspace_id = old.workspace_id AND invited_by = old.user_id;
END;
CREATE TRIGGER inviter_changed AFTER UPDATE OF role ON workspace_members WHEN old.role <> new.role
BEGIN
	DELETE FROM invitations WHERE workspace_id = old.workspace_id AND invited_by = old.user_id;
END;

-- Who is in a group, or was: a row for each id by which one is named.  Each
-- keeps the newest of what was said (inbox/conversation/group_participant.h).
CREATE TABLE group_participants (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	conversation_id	INTEGER NOT NULL,
	is_user_id	INTEGER NOT NULL CHECK (is_user_id IN (0, 1)),	-- else an account
	participant	TEXT NOT NULL,
	pair		TEXT,			-- the id of the other kind that came with it
	pair_at		INTEGER NOT NULL DEFAULT 0,
	name		TEXT,
	name_at		INTEGER NOT NULL DEFAULT 0,
	seen_at		INTEGER NOT NULL DEFAULT 0,	-- joined, or wrote
	left_at		INTEGER NOT NULL DEFAULT 0,
	UNIQUE (workspace_id, conversation_id, participant)
) STRICT;

CREATE INDEX group_participants_of_conversation ON group_participants(workspace_id, conversation_id);
CREATE INDEX group_participants_of_person ON group_participants(workspace_id, participant);
CREATE INDEX group_participants_of_pair ON group_participants(workspace_id, pair) WHERE pair IS NOT NULL;

-- Who wrote, joined and left so far.  Reads the conversations once, and the
-- messages of groups.
INSERT INTO group_participants(workspace_id, conversation_id, is_user_id, participant, seen_at, left_at)
	SELECT m.workspace_id, m.conversation_id, m.sender >= 'A', m.sender,
		MAX(CASE WHEN m.type = 'system' AND m.text LIKE '% left' THEN 0 ELSE m.sent_at END),
		MAX(CASE WHEN m.type = 'system' AND m.text LIKE '% left' THEN m.sent_at ELSE 0 END)
	FROM conversations AS c CROSS JOIN messages AS m
	WHERE c.group_id IS NOT NULL AND m.workspace_id = c.workspace_id AND m.conversation_id = c.id
	AND m.sender IS NOT NULL
	GROUP BY m.workspace_id, m.conversation_id, m.sender;
-- Where there was none it is as if nothing had been asked.
DELETE FROM sqlite_sequence WHERE name = 'group_participants' AND seq = 0;

-- Participants of a group: who came, left, or is called otherwise; not each
-- message.
CREATE TRIGGER change_group_participant_new AFTER INSERT ON group_participants
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'conversation.updated', new.conversation_id, new.conversation_id);
END;
CREATE TRIGGER change_group_participant AFTER UPDATE OF seen_at, left_at, name, pair ON group_participants
WHEN (old.seen_at > old.left_at) <> (new.seen_at > new.left_at)
	OR old.name IS NOT new.name OR old.pair IS NOT new.pair
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'conversation.updated', new.conversation_id, new.conversation_id);
END;
CREATE TRIGGER change_group_participant_gone AFTER DELETE ON group_participants
WHEN EXISTS (SELECT 1 FROM conversations WHERE workspace_id = old.workspace_id AND id = old.conversation_id)
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'conversation.updated', old.conversation_id, old.conversation_id);
END;

-- Conversations as work: who waits for an answer since when, and what was set
-- aside.  Looked for in each active conversation that is unread: some 20 s for a
-- million of them.  Of triggers on one event the newest is run first: those that
-- tell of changes are made again, too.
ALTER TABLE conversations ADD COLUMN unanswered_since INTEGER;
ALTER TABLE moving_conversations ADD COLUMN unanswered_since INTEGER;
CREATE TABLE unanswered (
	conversation_id	INTEGER PRIMARY KEY,
	workspace_id	INTEGER NOT NULL,
	since		INTEGER NOT NULL
) STRICT;
CREATE INDEX unanswered_by_time ON unanswered(workspace_id, since);
CREATE TABLE set_aside (
	conversation_id	INTEGER PRIMARY KEY,
	workspace_id	INTEGER NOT NULL,
	state		TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'snoozed')),
	at		INTEGER NOT NULL	-- snoozed: until then; pending: since then
) STRICT;
CREATE INDEX set_aside_by_state ON set_aside(workspace_id, state, at);
CREATE INDEX set_aside_snoozed ON set_aside(at) WHERE state = 'snoozed';
DROP TRIGGER update_conversation_on_message;
DROP TRIGGER close_window_on_refusal;
DROP TRIGGER count_conversation_changed;
DROP TRIGGER change_message_new;
DROP TRIGGER change_conversation;
DROP TRIGGER change_conversation_username;
DROP TRIGGER change_conversation_gone;
CREATE VIEW unanswered_finds AS SELECT workspace_id, conversation_id FROM unanswered;
CREATE TRIGGER unanswered_lost AFTER INSERT ON unanswered WHEN new.since = -1
BEGIN
	INSERT INTO unanswered_finds(workspace_id, conversation_id) VALUES (new.workspace_id, new.conversation_id);
END;
CREATE TRIGGER unanswered_lost_again AFTER UPDATE OF since ON unanswered WHEN new.since = -1
BEGIN
	INSERT INTO unanswered_finds(workspace_id, conversation_id) VALUES (new.workspace_id, new.conversation_id);
END;
CREATE TRIGGER unanswered_found INSTEAD OF INSERT ON unanswered_finds
BEGIN
	UPDATE conversations SET unanswered_since = (SELECT m.sent_at FROM messages AS m
		WHERE m.workspace_id = new.workspace_id AND m.conversation_id = new.conversation_id
		AND m.counts_unread = 1 AND m.type <> 'reaction'
		AND m.sent_at >= COALESCE((SELECT o.sent_at FROM messages AS o
			WHERE o.workspace_id = new.workspace_id AND o.conversation_id = new.conversation_id
			AND o.direction = 'outbound' AND o.status <> 'failed' ORDER BY o.sent_at DESC, o.id DESC LIMIT 1), 0)
		AND NOT EXISTS (SELECT 1 FROM messages AS o
			WHERE o.workspace_id = new.workspace_id AND o.conversation_id = new.conversation_id
			AND o.sent_at = m.sent_at AND o.id > m.id AND o.direction = 'outbound' AND o.status <> 'failed')
		AND (conversations.status = 'active' OR EXISTS (SELECT 1 FROM set_aside WHERE conversation_id = new.conversation_id))
		ORDER BY m.sent_at, m.id LIMIT 1)
	WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
	UPDATE unanswered SET since = (SELECT unanswered_since FROM conversations WHERE id = new.conversation_id)
	WHERE conversation_id = new.conversation_id AND EXISTS (SELECT 1 FROM conversations
		WHERE id = new.conversation_id AND unanswered_since IS NOT NULL);
	DELETE FROM unanswered WHERE conversation_id = new.conversation_id AND since = -1;
END;
CREATE TRIGGER unanswered_counted AFTER UPDATE OF counts_unread ON messages WHEN old.counts_unread <> new.counts_unread
BEGIN
	UPDATE conversations SET unanswered_since = -1 WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
END;
CREATE TRIGGER unanswered_new AFTER INSERT ON conversations WHEN new.unanswered_since IS NOT NULL
BEGIN
	INSERT INTO unanswered(conversation_id, workspace_id, since) VALUES (new.id, new.workspace_id, new.unanswered_since);
END;
CREATE TRIGGER unanswered_gone AFTER DELETE ON conversations
BEGIN
	DELETE FROM unanswered WHERE conversation_id = old.id;
	DELETE FROM set_aside WHERE conversation_id = old.id
	AND NOT EXISTS (SELECT 1 FROM moving_conversations WHERE id = old.id);
END;
CREATE TRIGGER update_conversation_on_message AFTER INSERT ON messages
BEGIN
	UPDATE conversations SET
		last_message_id = CASE WHEN new.sent_at >= last_message_at THEN new.id ELSE last_message_id END,
		last_message_preview = CASE WHEN new.sent_at >= last_message_at THEN CASE new.preview WHEN '' THEN COALESCE(new.text, '') ELSE new.preview END ELSE last_message_preview END,
		last_message_at = CASE WHEN new.sent_at >= last_message_at THEN new.sent_at ELSE last_message_at END,
		unread_count = unread_count + new.counts_unread,
		is_read = CASE WHEN new.counts_unread THEN 0 ELSE is_read END,
		status = CASE WHEN new.counts_unread THEN 'active' ELSE status END,
		unanswered_since = CASE
			WHEN new.counts_unread THEN CASE
				WHEN unanswered_since <= new.sent_at OR new.type = 'reaction' THEN unanswered_since
				WHEN new.sent_at >= last_message_at THEN new.sent_at
				ELSE -1 END
			WHEN new.direction = 'inbound' OR unanswered_since > new.sent_at THEN unanswered_since
			WHEN new.sent_at >= last_message_at THEN NULL
			WHEN unanswered_since IS NOT NULL THEN -1 END,
		last_customer_message_at = CASE
			WHEN new.opens_window = 0 THEN last_customer_message_at
			WHEN last_customer_message_at IS NULL OR new.sent_at > last_customer_message_at THEN new.sent_at
			ELSE last_customer_message_at END,
		updated_at = CASE WHEN new.created_at > updated_at THEN new.created_at ELSE updated_at END,
		stored_message_id = new.id
	WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
END;
CREATE TRIGGER close_window_on_refusal AFTER UPDATE OF status, error_code ON messages
WHEN (new.status = 'failed' OR old.status = 'failed')
	AND (new.status <> old.status OR COALESCE(new.error_code, 0) <> COALESCE(old.error_code, 0))
BEGIN
	UPDATE conversations SET unanswered_since = -1,
		window_refused_at = COALESCE((SELECT MAX(sent_at) FROM messages
			WHERE workspace_id = new.workspace_id AND conversation_id = new.conversation_id
			AND status = 'failed' AND error_code = 131047), 0)
	WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
END;
CREATE VIEW conversation_moves AS
	SELECT workspace_id, id AS conversation_id, is_read, status, unanswered_since,
		is_read AS old_is_read, status AS old_status, unanswered_since AS old_since
	FROM conversations;
CREATE TRIGGER conversation_moved AFTER UPDATE OF is_read, status, unanswered_since ON conversations
WHEN old.is_read <> new.is_read OR old.status <> new.status OR old.unanswered_since IS NOT new.unanswered_since
BEGIN
	INSERT INTO conversation_moves(workspace_id, conversation_id, is_read, status, unanswered_since, old_is_read, old_status, old_since)
	VALUES (new.workspace_id, new.id, new.is_read, new.status, new.unanswered_since, old.is_read, old.status, old.unanswered_since);
END;
CREATE TRIGGER count_conversation_changed INSTEAD OF INSERT ON conversation_moves
WHEN new.is_read <> new.old_is_read OR new.status <> new.old_status
BEGIN
	UPDATE counters SET
		unread = unread + (new.is_read = 0) - (new.old_is_read = 0),
		archived = archived + (new.status = 'archived') - (new.old_status = 'archived')
	WHERE workspace_id = new.workspace_id;
END;
CREATE TRIGGER set_aside_ended INSTEAD OF INSERT ON conversation_moves
WHEN new.status = 'active' AND new.old_status <> 'active'
BEGIN
	DELETE FROM set_aside WHERE conversation_id = new.conversation_id;
END;
CREATE TRIGGER unanswered_begun INSTEAD OF INSERT ON conversation_moves
WHEN new.old_since IS NULL AND new.unanswered_since IS NOT NULL
BEGIN
	INSERT INTO unanswered(conversation_id, workspace_id, since)
	VALUES (new.conversation_id, new.workspace_id, new.unanswered_since);
END;
CREATE TRIGGER unanswered_moved INSTEAD OF INSERT ON conversation_moves
WHEN new.old_since <> new.unanswered_since
BEGIN
	UPDATE unanswered SET since = new.unanswered_since WHERE conversation_id = new.conversation_id;
END;
CREATE TRIGGER unanswered_ended INSTEAD OF INSERT ON conversation_moves
WHEN new.old_since IS NOT NULL AND new.unanswered_since IS NULL
BEGIN
	DELETE FROM unanswered WHERE conversation_id = new.conversation_id;
END;
UPDATE conversations SET unanswered_since = -1 WHERE is_read = 0 AND status = 'active';
CREATE TRIGGER change_conversation AFTER UPDATE OF phone, user_id, profile_name, contact_id, status, is_read, unread_count, last_customer_message_at, window_refused_at, last_message_at, last_message_preview, assigned_to, created_at, updated_at, unanswered_since, stored_message_id
ON conversations
WHEN old.stored_message_id IS NOT new.stored_message_id
	OR old.last_message_at IS NOT new.last_message_at OR old.unread_count IS NOT new.unread_count
	OR old.last_message_preview IS NOT new.last_message_preview
	OR old.last_customer_message_at IS NOT new.last_customer_message_at
	OR old.updated_at IS NOT new.updated_at OR old.is_read IS NOT new.is_read
	OR old.status IS NOT new.status OR old.unanswered_since IS NOT new.unanswered_since
	OR old.phone IS NOT new.phone OR old.user_id IS NOT new.user_id
	OR old.profile_name IS NOT new.profile_name OR old.contact_id IS NOT new.contact_id
	OR old.window_refused_at IS NOT new.window_refused_at OR old.assigned_to IS NOT new.assigned_to
	OR old.created_at IS NOT new.created_at
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id,
		COALESCE((SELECT seq FROM changes WHERE workspace_id = new.workspace_id ORDER BY seq DESC LIMIT 1), 0)
		+ CASE WHEN old.stored_message_id IS NOT new.stored_message_id
			AND (old.last_message_at IS NOT new.last_message_at OR old.unread_count IS NOT new.unread_count
			OR old.last_message_preview IS NOT new.last_message_preview
			OR old.last_customer_message_at IS NOT new.last_customer_message_at
			OR old.updated_at IS NOT new.updated_at OR old.is_read IS NOT new.is_read
			OR old.status IS NOT new.status OR old.unanswered_since IS NOT new.unanswered_since) THEN 2 ELSE 1 END,
		CASE WHEN old.stored_message_id IS new.stored_message_id THEN 'conversation.updated'
			WHEN old.last_message_at IS NOT new.last_message_at OR old.unread_count IS NOT new.unread_count
			OR old.last_message_preview IS NOT new.last_message_preview
			OR old.last_customer_message_at IS NOT new.last_customer_message_at
			OR old.updated_at IS NOT new.updated_at OR old.is_read IS NOT new.is_read
			OR old.status IS NOT new.status OR old.unanswered_since IS NOT new.unanswered_since THEN 'message'
			ELSE 'message.created' END,
		CASE WHEN old.stored_message_id IS new.stored_message_id THEN new.id ELSE new.stored_message_id END, new.id);
END;
CREATE TRIGGER change_conversation_username AFTER UPDATE OF username ON conversations
WHEN old.username IS NOT new.username
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'conversation.updated', new.id, new.id);
END;
CREATE TRIGGER change_conversation_gone AFTER DELETE ON conversations
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'conversation.updated', old.id, old.id);
END;
CREATE TRIGGER change_set_aside_new AFTER INSERT ON set_aside
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'conversation.updated', new.conversation_id, new.conversation_id);
END;
CREATE TRIGGER change_set_aside AFTER UPDATE OF state, at ON set_aside
WHEN old.state <> new.state OR old.at <> new.at
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'conversation.updated', new.conversation_id, new.conversation_id);
END;
CREATE TRIGGER change_set_aside_gone AFTER DELETE ON set_aside
BEGIN
	INSERT OR FAIL INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'conversation.updated', old.conversation_id, old.conversation_id);
END;

-- Templates that members create and delete.  Costs nothing: the lists are short.
ALTER TABLE templates ADD COLUMN asked TEXT CHECK (asked IN ('create', 'delete'));
ALTER TABLE templates ADD COLUMN asked_due_at INTEGER;
ALTER TABLE templates ADD COLUMN request TEXT;
ALTER TABLE templates ADD COLUMN error TEXT;
CREATE INDEX templates_asked ON templates(asked_due_at) WHERE asked IS NOT NULL;
-- A template that is there, has another state, or is gone.
CREATE TRIGGER change_template_new AFTER INSERT ON templates
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'template.updated', new.id, NULL);
END;
CREATE TRIGGER change_template AFTER UPDATE OF workspace_id, status, components, category, reason, asked, error ON templates
WHEN old.workspace_id <> new.workspace_id OR old.status <> new.status
	OR old.components <> new.components OR old.category IS NOT new.category
	OR old.reason IS NOT new.reason OR old.asked IS NOT new.asked
	OR old.error IS NOT new.error
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'template.updated', new.id, NULL);
END;
CREATE TRIGGER change_template_left AFTER UPDATE OF workspace_id ON templates
WHEN old.workspace_id <> new.workspace_id
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'template.updated', old.id, NULL);
END;
CREATE TRIGGER change_template_gone AFTER DELETE ON templates
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'template.updated', old.id, NULL);
END;

-- Names of the phone's address book.  A column without a value and a table; the
-- workspace events are read once, for what the phone has said before.
ALTER TABLE conversations ADD COLUMN phone_book_name TEXT;
ALTER TABLE moving_conversations ADD COLUMN phone_book_name TEXT;
-- The address book of the phone on which one of our numbers is used, too (the
-- WhatsApp Business app), as the phone says it: a name of second rank, for who
-- is no contact.  An entry has a row for each account that it may be, so that
-- the conversation of any of them finds it (whatsapp/phone.h).
CREATE TABLE phone_book (
	id		INTEGER PRIMARY KEY,	-- given again: nobody keeps it
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	entry		TEXT NOT NULL,		-- the phone that stands there, E.164
	phone		TEXT NOT NULL,		-- entry, or how its country writes the same number otherwise
	name		TEXT,			-- null: it was taken out
	at		INTEGER NOT NULL,	-- when that was said
	UNIQUE (workspace_id, number_id, entry, phone)
) STRICT;

CREATE INDEX phone_book_by_phone ON phone_book(workspace_id, number_id, phone);
CREATE INDEX phone_book_taken_out ON phone_book(at) WHERE name IS NULL;

-- Which name the phone's address book has for a conversation: that of the entry
-- with just this phone, else the only one that its accounts may mean.
CREATE VIEW phone_book_moves AS
	SELECT workspace_id, number_id, phone FROM phone_book;
CREATE TRIGGER phone_book_moved INSTEAD OF INSERT ON phone_book_moves
BEGIN
	UPDATE conversations SET phone_book_name = COALESCE(
		(SELECT b.name FROM phone_book AS b WHERE b.workspace_id = new.workspace_id
			AND b.number_id = new.number_id AND b.entry = new.phone AND b.phone = new.phone),
		(SELECT CASE WHEN MIN(b.name) = MAX(b.name) THEN MIN(b.name) END FROM phone_book AS b
			WHERE b.workspace_id = new.workspace_id AND b.number_id = new.number_id AND b.phone = new.phone))
	WHERE workspace_id = new.workspace_id AND phone = new.phone AND number_id = new.number_id;
END;
CREATE TRIGGER phone_book_new AFTER INSERT ON phone_book WHEN new.name IS NOT NULL
BEGIN
	INSERT INTO phone_book_moves(workspace_id, number_id, phone) VALUES (new.workspace_id, new.number_id, new.phone);
END;
CREATE TRIGGER phone_book_changed AFTER UPDATE OF name ON phone_book WHEN old.name IS NOT new.name
BEGIN
	INSERT INTO phone_book_moves(workspace_id, number_id, phone) VALUES (new.workspace_id, new.number_id, new.phone);
END;
CREATE TRIGGER phone_book_gone AFTER DELETE ON phone_book WHEN old.name IS NOT NULL
BEGIN
	INSERT INTO phone_book_moves(workspace_id, number_id, phone) VALUES (old.workspace_id, old.number_id, old.phone);
END;
CREATE TRIGGER phone_book_met AFTER INSERT ON conversations
WHEN new.phone IS NOT NULL AND EXISTS (SELECT 1 FROM phone_book
	WHERE workspace_id = new.workspace_id AND number_id = new.number_id AND phone = new.phone)
BEGIN
	INSERT INTO phone_book_moves(workspace_id, number_id, phone) VALUES (new.workspace_id, new.number_id, new.phone);
END;
CREATE TRIGGER phone_book_met_later AFTER UPDATE OF phone ON conversations
WHEN old.phone IS NOT new.phone AND (old.phone_book_name IS NOT NULL OR EXISTS (SELECT 1 FROM phone_book
	WHERE workspace_id = new.workspace_id AND number_id = new.number_id AND phone = new.phone))
BEGIN
	UPDATE conversations SET phone_book_name = NULL WHERE id = new.id;
	INSERT INTO phone_book_moves(workspace_id, number_id, phone) VALUES (new.workspace_id, new.number_id, new.phone);
END;

CREATE TRIGGER change_conversation_phone_book AFTER UPDATE OF phone_book_name ON conversations
WHEN old.phone_book_name IS NOT new.phone_book_name
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'conversation.updated', new.id, new.id);
END;
DROP TRIGGER conversation_stale;
DROP TRIGGER conversation_stale_gone;
CREATE TRIGGER conversation_stale AFTER UPDATE OF profile_name, username, phone_book_name, phone, workspace_id ON conversations WHEN (old.profile_name IS NOT new.profile_name OR old.username IS NOT new.username OR old.phone_book_name IS NOT new.phone_book_name OR old.phone IS NOT new.phone OR old.workspace_id <> new.workspace_id)
	AND EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'conversation' AND old.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id, text, phone) VALUES ('conversation', old.id, old.workspace_id, COALESCE(old.profile_name || COALESCE(char(10) || old.username, '') || COALESCE(char(10) || old.phone_book_name, ''), old.phone_book_name), old.phone) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER conversation_stale_gone AFTER DELETE ON conversations WHEN EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'conversation' AND old.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id, text, phone) VALUES ('conversation', old.id, old.workspace_id, COALESCE(old.profile_name || COALESCE(char(10) || old.username, '') || COALESCE(char(10) || old.phone_book_name, ''), old.phone_book_name), old.phone) ON CONFLICT DO NOTHING;
END;

-- Each by the phone that stands there only; what comes from now on is found by
-- how its country writes the number otherwise, too.
INSERT INTO phone_book(workspace_id, number_id, entry, phone, name, at)
SELECT k.workspace_id, k.number_id, k.phone, k.phone, k.name, k.at
FROM (SELECT e.workspace_id, e.number_id, e.at, e.raw ->> '$.action' AS action,
	'+' || ltrim(replace(replace(replace(replace(e.raw ->> '$.contact.phone_number', ' ', ''), '-', ''), '(', ''), ')', ''), '+') AS phone,
	CASE e.raw ->> '$.action' WHEN 'remove' THEN NULL
		ELSE substr(COALESCE(NULLIF(e.raw ->> '$.contact.full_name', ''), NULLIF(e.raw ->> '$.contact.first_name', '')), 1, 128) END AS name
	FROM (SELECT workspace_id, number_id, at, CASE WHEN json_valid(raw) THEN raw ELSE '{}' END AS raw
		FROM workspace_events WHERE field = 'smb_app_state_sync' AND number_id IS NOT NULL) AS e
	WHERE e.raw ->> '$.type' = 'contact') AS k
WHERE k.phone GLOB '+[1-9]*' AND substr(k.phone, 2) NOT GLOB '*[^0-9]*' AND length(k.phone) BETWEEN 8 AND 16
AND (k.name IS NOT NULL OR k.action = 'remove')
ON CONFLICT (workspace_id, number_id, entry, phone) DO UPDATE SET name = excluded.name, at = excluded.at
WHERE excluded.at > phone_book.at OR (excluded.at = phone_book.at AND COALESCE(excluded.name, '') > COALESCE(phone_book.name, ''));

-- What members did with a conversation, and their notes.  Costs nothing.
CREATE TABLE activities (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	conversation_id	INTEGER NOT NULL,
	user_id		INTEGER,		-- who; null: nobody, it was time
	kind		TEXT NOT NULL,		-- note, state, assigned, contact
	text		TEXT,			-- of a note; state: which
	subject		INTEGER,		-- assigned: to whom, contact: which, null nobody; state: snoozed until
	at		INTEGER NOT NULL,
	edited_at	INTEGER
) STRICT;
CREATE INDEX activities_of_conversation ON activities(workspace_id, conversation_id);
CREATE TRIGGER conversation_activities_gone AFTER DELETE ON conversations
WHEN NOT EXISTS (SELECT 1 FROM moving_conversations WHERE id = old.id)
BEGIN
	DELETE FROM activities WHERE workspace_id = old.workspace_id AND conversation_id = old.id;
END;
CREATE TRIGGER change_activity_new AFTER INSERT ON activities
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'activity.created', new.id, new.conversation_id);
END;
CREATE TRIGGER change_activity AFTER UPDATE OF text ON activities WHEN old.text IS NOT new.text
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'activity.updated', new.id, new.conversation_id);
END;
CREATE TRIGGER change_activity_gone AFTER DELETE ON activities
WHEN EXISTS (SELECT 1 FROM conversations WHERE id = old.conversation_id)
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'activity.updated', old.id, old.conversation_id);
END;
