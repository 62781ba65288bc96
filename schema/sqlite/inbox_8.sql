-- From version 7 to version 8, while nobody else uses the inbox: waspool
-- upgrade runs it in one transaction, and inbox.sql says the same for
-- who begins anew.  tests/unit/test_upgrade.c compares the two.
--
-- Version 8 is not released yet: until it is, whatever changes the schema is
-- written here as well as there.  Each step says what it costs in a big inbox.

-- Webhooks out: where to, and what was not delivered yet.  Two empty tables.
-- Where the workspace's changes are posted to (docs/webhooks.md): 20 at most.  An
-- endpoint has all up to after_seq, so that who makes a change writes nothing
-- here; waspool-dispatch alone writes what becomes of it.
CREATE TABLE webhook_endpoints (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	url		TEXT NOT NULL,
	description	TEXT,
	events		TEXT NOT NULL,		-- types of changes, a blank between two; '*': all
	secret		BLOB NOT NULL,		-- that signs, as it is: a hash could not
	old_secret	BLOB,			-- signs as well, until then
	old_secret_until	INTEGER,
	state		TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused')),
	reason		TEXT,			-- paused: member, failing, gone, restored
	after_seq	INTEGER NOT NULL,
	moved		INTEGER NOT NULL DEFAULT 0,	-- how often a member moved after_seq
	failures	INTEGER NOT NULL DEFAULT 0,	-- attempts in a row
	failing_since	INTEGER,
	due_at		INTEGER NOT NULL DEFAULT 0,	-- nothing is tried before
	tried_at	INTEGER,
	delivered_at	INTEGER,
	status		INTEGER,		-- of HTTP, of the last attempt; null: no answer
	error		TEXT,			-- of the last attempt; null: it worked
	created_by	INTEGER,
	created_at	INTEGER NOT NULL,
	updated_at	INTEGER NOT NULL
) STRICT;

CREATE INDEX webhook_endpoints_of_workspace ON webhook_endpoints(workspace_id, id);

-- What was not delivered at the first attempt, and tests: of each endpoint 200
-- that wait and 200 that do not, at most.
CREATE TABLE webhook_deliveries (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	endpoint_id	INTEGER NOT NULL,
	seq		INTEGER,		-- of the change; of changes.lost the first; null: a test
	last_seq	INTEGER,		-- of changes.lost
	type		TEXT NOT NULL,
	object_id	INTEGER,
	conversation_id	INTEGER,
	state		TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
	attempts	INTEGER NOT NULL DEFAULT 0,
	due_at		INTEGER NOT NULL,
	created_at	INTEGER NOT NULL,
	tried_at	INTEGER,
	status		INTEGER,
	error		TEXT
) STRICT;

CREATE INDEX webhook_deliveries_of_endpoint ON webhook_deliveries(workspace_id, endpoint_id, id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries(endpoint_id, due_at, id) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_settled ON webhook_deliveries(endpoint_id, id) WHERE state <> 'waiting';

-- Empty at first: the processor counts what is there, 500 messages at a time, while
-- all goes on (4 s of a core for 1,000,000, after the upgrade).
CREATE TABLE report_counts (
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,	-- 0: of a conversation that is gone
	slot		INTEGER NOT NULL,	-- unix seconds / 900
	user_id		INTEGER NOT NULL,	-- which of us; 0: customers, the phone app, the command line
	received	INTEGER NOT NULL,	-- messages
	sent		INTEGER NOT NULL,
	automatic	INTEGER NOT NULL,	-- sent by themselves
	started		INTEGER NOT NULL,	-- conversations
	closed		INTEGER NOT NULL,
	answers		INTEGER NOT NULL,	-- the first to what a customer wrote
	answer_seconds	TEXT NOT NULL,		-- how long each took, as '12,340,'; of the first 60,000 bytes
	PRIMARY KEY (workspace_id, number_id, slot, user_id)
) STRICT, WITHOUT ROWID;

-- A new table: nothing is read or written.
CREATE TABLE workspace_settings (
	workspace_id	INTEGER NOT NULL PRIMARY KEY,
	time_zone	TEXT NOT NULL,		-- of the tz database: Europe/Berlin
	opening_hours	TEXT,			-- JSON (inbox/hours/opening_hours.h); null: none
	automatic_answer TEXT,			-- a text; null: none
	changed_at	INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX workspace_settings_answering ON workspace_settings(workspace_id) WHERE automatic_answer IS NOT NULL AND opening_hours IS NOT NULL;

-- The same.
CREATE TABLE followed (
	name		TEXT NOT NULL PRIMARY KEY,
	upto_id		INTEGER NOT NULL,
	since		INTEGER NOT NULL DEFAULT 0	-- what was said until then it leaves alone
) STRICT, WITHOUT ROWID;

-- Canned replies: a new table, which is empty.  Costs nothing.
CREATE TABLE canned_replies (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	shortcut	TEXT NOT NULL,		-- as it was typed, in Normalization Form C
	shortcut_key	TEXT NOT NULL,		-- by what shortcuts are compared (inbox/canned_reply/canned_reply_validate.h)
	text		TEXT NOT NULL,
	created_at	INTEGER NOT NULL,
	updated_at	INTEGER NOT NULL,
	UNIQUE (workspace_id, shortcut_key)
) STRICT;

CREATE TRIGGER change_canned_reply_new AFTER INSERT ON canned_replies
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'canned_reply.updated', new.id, NULL);
END;
CREATE TRIGGER change_canned_reply AFTER UPDATE OF shortcut, text ON canned_replies
WHEN old.shortcut <> new.shortcut OR old.text <> new.text
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'canned_reply.updated', new.id, NULL);
END;
CREATE TRIGGER change_canned_reply_gone AFTER DELETE ON canned_replies
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'canned_reply.updated', old.id, NULL);
END;

-- What is each member's own: new tables, with one row of each member, who has
-- seen what there is.  Costs nothing.
-- What a member has begun to write in a conversation, and has not sent: nobody
-- else sees it.  A member has 500 at most.
CREATE TABLE drafts (
	id		INTEGER PRIMARY KEY,	-- given again: nobody keeps it
	workspace_id	INTEGER NOT NULL,
	user_id		INTEGER NOT NULL,
	conversation_id	INTEGER NOT NULL,
	text		TEXT NOT NULL,
	reply_to	INTEGER,		-- the message that it answers; null: none
	version		INTEGER NOT NULL,	-- of the member's drafts none has it twice, deleted ones included
	updated_at	INTEGER NOT NULL,
	UNIQUE (workspace_id, conversation_id, user_id)
) STRICT;

CREATE INDEX drafts_of_member ON drafts(workspace_id, user_id, conversation_id);

-- What only a member knows of himself.  A row is made when he comes; one who
-- comes back has seen what there was.
CREATE TABLE member_marks (
	workspace_id	INTEGER NOT NULL,
	user_id		INTEGER NOT NULL,
	draft_version	INTEGER NOT NULL DEFAULT 0,	-- of the draft that was written last; it only grows, also when the member leaves and comes back
	seen_id		INTEGER NOT NULL DEFAULT 0,	-- messages up to this id he has seen, unless seen_marks says otherwise
	PRIMARY KEY (workspace_id, user_id)
) STRICT, WITHOUT ROWID;

-- Up to which message a member has seen a conversation, in the order in which
-- messages were stored.  Written by members only: whether there is something new
-- is asked of conversations.stored_message_id, so a message writes nothing here.
CREATE TABLE seen_marks (
	id		INTEGER PRIMARY KEY,	-- given again: nobody keeps it
	workspace_id	INTEGER NOT NULL,
	user_id		INTEGER NOT NULL,
	conversation_id	INTEGER NOT NULL,
	message_id	INTEGER NOT NULL,	-- perhaps of none that is there
	base_id		INTEGER NOT NULL,	-- the member's seen_id then: with another one the row is void, and goes some time
	UNIQUE (workspace_id, conversation_id, user_id)
) STRICT;

CREATE INDEX seen_marks_of_member ON seen_marks(workspace_id, user_id, base_id);
-- Also of one that is being moved: another workspace does not get what somebody
-- of this one has begun to write.
CREATE TRIGGER conversation_drafts_gone AFTER DELETE ON conversations
BEGIN
	DELETE FROM drafts WHERE workspace_id = old.workspace_id AND conversation_id = old.id;
END;
CREATE TRIGGER conversation_seen_gone AFTER DELETE ON conversations
BEGIN
	DELETE FROM seen_marks WHERE workspace_id = old.workspace_id AND conversation_id = old.id;
END;
CREATE TRIGGER member_seen_new AFTER INSERT ON workspace_members
BEGIN
	INSERT INTO member_marks(workspace_id, user_id, seen_id)
	VALUES (new.workspace_id, new.user_id, (SELECT COALESCE(MAX(id), 0) FROM messages))
	ON CONFLICT (workspace_id, user_id) DO UPDATE SET seen_id = excluded.seen_id;
END;
CREATE TRIGGER member_drafts_gone AFTER DELETE ON workspace_members
BEGIN
	DELETE FROM drafts WHERE workspace_id = old.workspace_id AND user_id = old.user_id;
END;

-- A member's own: object_id is the member, and nobody else is told
-- (my_changes of session.sql).
CREATE TRIGGER change_draft_new AFTER INSERT ON drafts
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'draft.updated', new.user_id, new.conversation_id);
END;
CREATE TRIGGER change_draft AFTER UPDATE OF version ON drafts WHEN old.version <> new.version
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'draft.updated', new.user_id, new.conversation_id);
END;
CREATE TRIGGER change_seen_new AFTER INSERT ON seen_marks
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'seen.updated', new.user_id, new.conversation_id);
END;
CREATE TRIGGER change_seen AFTER UPDATE OF message_id, base_id ON seen_marks
WHEN old.message_id <> new.message_id OR old.base_id <> new.base_id
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'seen.updated', new.user_id, new.conversation_id);
END;
-- All at once: of no conversation.
CREATE TRIGGER change_seen_all AFTER UPDATE OF seen_id ON member_marks WHEN old.seen_id <> new.seen_id
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'seen.updated', new.user_id, NULL);
END;
CREATE TRIGGER change_draft_gone AFTER DELETE ON drafts
WHEN EXISTS (SELECT 1 FROM conversations WHERE id = old.conversation_id)
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'draft.updated', old.user_id, old.conversation_id);
END;
-- Who left is still called something.  An empty table; who left before has no row.
-- What somebody was called who is a member no more, as they left: what they did
-- shows it.  It goes when they come back, or the user is removed.
CREATE TABLE former_members (
	workspace_id	INTEGER NOT NULL,
	user_id		INTEGER NOT NULL,
	name		TEXT NOT NULL,
	left_at		INTEGER NOT NULL,
	PRIMARY KEY (workspace_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX former_members_of_user ON former_members(user_id);

CREATE TRIGGER user_gone AFTER DELETE ON users
BEGIN
	DELETE FROM former_members WHERE user_id = old.id;
END;

DROP TRIGGER member_back;
CREATE TRIGGER member_back AFTER INSERT ON workspace_members
BEGIN
	DELETE FROM jobs WHERE workspace_id = new.workspace_id AND kind = 'member_gone' AND subject = new.user_id;
	DELETE FROM former_members WHERE workspace_id = new.workspace_id AND user_id = new.user_id;
END;
DROP TRIGGER member_gone;
CREATE TRIGGER member_gone AFTER DELETE ON workspace_members
BEGIN
	INSERT INTO jobs(workspace_id, kind, subject) SELECT old.workspace_id, 'member_gone', old.user_id
	WHERE 2 * (SELECT COUNT(*) FROM (SELECT 1 FROM conversations WHERE workspace_id = old.workspace_id AND assigned_to = old.user_id LIMIT 126))
		+ (SELECT COUNT(*) FROM (SELECT 1 FROM seen_marks WHERE workspace_id = old.workspace_id AND user_id = old.user_id LIMIT 251)) > 250
	ON CONFLICT (workspace_id, kind, subject, target, name) DO NOTHING;
	INSERT INTO activities(workspace_id, conversation_id, user_id, kind, at)
	SELECT c.workspace_id, c.id, f.user_id, 'left', f.left_at FROM former_members AS f CROSS JOIN conversations AS c
	WHERE f.workspace_id = old.workspace_id AND f.user_id = old.user_id AND c.workspace_id = old.workspace_id AND c.assigned_to = old.user_id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'member_gone' AND subject = old.user_id);
	UPDATE conversations SET assigned_to = NULL WHERE workspace_id = old.workspace_id AND assigned_to = old.user_id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'member_gone' AND subject = old.user_id);
	DELETE FROM seen_marks WHERE workspace_id = old.workspace_id AND user_id = old.user_id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'member_gone' AND subject = old.user_id);
END;
INSERT INTO member_marks(workspace_id, user_id, seen_id)
SELECT workspace_id, user_id, (SELECT COALESCE(MAX(id), 0) FROM messages) FROM workspace_members;

-- A message to a conversation runs one trigger less.  Costs nothing.
DROP TRIGGER count_window_changed;
DROP VIEW window_moves;		-- with its trigger
DROP TRIGGER conversation_moved;
DROP VIEW conversation_moves;	-- with its triggers
CREATE VIEW conversation_moves AS
	SELECT workspace_id, id AS conversation_id, is_read, status, unanswered_since, window_ends / 3600 AS hour,
		is_read AS old_is_read, status AS old_status, unanswered_since AS old_since, window_ends / 3600 AS old_hour
	FROM conversations;
CREATE TRIGGER conversation_moved AFTER UPDATE OF is_read, status, unanswered_since, last_customer_message_at, window_refused_at ON conversations
WHEN old.is_read <> new.is_read OR old.status <> new.status OR old.unanswered_since IS NOT new.unanswered_since
	OR old.window_ends / 3600 IS NOT new.window_ends / 3600
BEGIN
	INSERT INTO conversation_moves(workspace_id, conversation_id, is_read, status, unanswered_since, hour, old_is_read, old_status, old_since, old_hour)
	VALUES (new.workspace_id, new.id, new.is_read, new.status, new.unanswered_since, new.window_ends / 3600, old.is_read, old.status, old.unanswered_since, old.window_ends / 3600);
END;
CREATE TRIGGER count_conversation_changed INSTEAD OF INSERT ON conversation_moves
WHEN new.is_read <> new.old_is_read OR new.status <> new.old_status
BEGIN
	UPDATE counters SET
		unread = unread + (new.is_read = 0) - (new.old_is_read = 0),
		archived = archived + (new.status = 'archived') - (new.old_status = 'archived')
	WHERE workspace_id = new.workspace_id;
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
CREATE TRIGGER count_window_moved INSTEAD OF INSERT ON conversation_moves
WHEN new.hour IS NOT new.old_hour
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

-- Teams and labels.  New tables, which are empty: nothing is read, whatever there
-- is in the inbox.
-- What members put on conversations: labels, and the team that one is assigned
-- to.  A team has members.  Both are marks, for all else is the same of them.
CREATE TABLE marks (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	kind		TEXT NOT NULL CHECK (kind IN ('team', 'label')),
	name		TEXT NOT NULL COLLATE NOCASE,
	color		TEXT,			-- of a label, #rrggbb; null: none
	created_at	INTEGER NOT NULL,
	UNIQUE (workspace_id, kind, name)
) STRICT;

CREATE TABLE team_members (
	workspace_id	INTEGER NOT NULL,
	team_id		INTEGER NOT NULL,
	user_id		INTEGER NOT NULL,
	PRIMARY KEY (workspace_id, team_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX team_members_of_user ON team_members(workspace_id, user_id, team_id);

-- Which conversation has which.  A table of its own that has no time, so that a
-- message writes nothing here: only what members do does, and what opens or
-- closes a conversation.  So the open ones of a mark are counted in an index.
CREATE TABLE conversation_marks (
	workspace_id	INTEGER NOT NULL,
	conversation_id	INTEGER NOT NULL,
	mark_id		INTEGER NOT NULL,
	kind		TEXT NOT NULL CHECK (kind IN ('team', 'label')),
	status		TEXT NOT NULL,		-- the conversation's.  Kept by the triggers below
	PRIMARY KEY (workspace_id, conversation_id, mark_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX conversation_marks_by_mark ON conversation_marks(workspace_id, mark_id, status, conversation_id);
CREATE UNIQUE INDEX conversation_marks_team ON conversation_marks(workspace_id, conversation_id) WHERE kind = 'team';

-- What is deleted leaves the conversations that have it.
CREATE TRIGGER mark_gone AFTER DELETE ON marks
BEGIN
	DELETE FROM team_members WHERE workspace_id = old.workspace_id AND team_id = old.id;
	INSERT INTO jobs(workspace_id, kind, subject) SELECT old.workspace_id, 'mark_gone', old.id
	WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM conversation_marks WHERE workspace_id = old.workspace_id AND mark_id = old.id LIMIT 251)) > 250;
	DELETE FROM conversation_marks WHERE workspace_id = old.workspace_id AND mark_id = old.id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'mark_gone' AND subject = old.id);
END;
CREATE TRIGGER team_member_left AFTER DELETE ON workspace_members
BEGIN
	DELETE FROM team_members WHERE workspace_id = old.workspace_id AND user_id = old.user_id;
END;
-- Also of one that is being moved: marks are a workspace's own.
CREATE TRIGGER conversation_marks_gone AFTER DELETE ON conversations
BEGIN
	DELETE FROM conversation_marks WHERE workspace_id = old.workspace_id AND conversation_id = old.id;
END;
-- As tag_moves: what a message seldom does is the body of another trigger.
CREATE VIEW mark_moves AS
	SELECT workspace_id, conversation_id, status FROM conversation_marks;
CREATE TRIGGER conversation_marks_moved INSTEAD OF INSERT ON mark_moves
BEGIN
	UPDATE conversation_marks SET status = new.status
	WHERE workspace_id = new.workspace_id AND conversation_id = new.conversation_id;
END;

CREATE TRIGGER conversation_status_moved INSTEAD OF INSERT ON conversation_moves
WHEN new.status <> new.old_status
BEGIN
	DELETE FROM set_aside WHERE conversation_id = new.conversation_id AND new.status = 'active';
	INSERT INTO mark_moves(workspace_id, conversation_id, status)
	VALUES (new.workspace_id, new.conversation_id, new.status);
END;

-- A team with its members, a label.  Conversations show their names, too, and
-- are not noted for them: who shows one knows it by its id.
CREATE TRIGGER change_mark_new AFTER INSERT ON marks
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), CASE new.kind WHEN 'team' THEN 'team.updated' ELSE 'label.updated' END, new.id, NULL);
END;
CREATE TRIGGER change_mark AFTER UPDATE OF name, color ON marks
WHEN old.name <> new.name COLLATE BINARY OR old.color IS NOT new.color
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), CASE new.kind WHEN 'team' THEN 'team.updated' ELSE 'label.updated' END, new.id, NULL);
END;
CREATE TRIGGER change_mark_gone AFTER DELETE ON marks
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), CASE old.kind WHEN 'team' THEN 'team.updated' ELSE 'label.updated' END, old.id, NULL);
END;
CREATE TRIGGER change_team_member_new AFTER INSERT ON team_members
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'team.updated', new.team_id, NULL);
END;
CREATE TRIGGER change_team_member_gone AFTER DELETE ON team_members
WHEN EXISTS (SELECT 1 FROM marks WHERE id = old.team_id)
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'team.updated', old.team_id, NULL);
END;
-- A conversation shows which it has.
CREATE TRIGGER change_conversation_mark_new AFTER INSERT ON conversation_marks
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'conversation.updated', new.conversation_id, new.conversation_id);
END;
CREATE TRIGGER change_conversation_mark_gone AFTER DELETE ON conversation_marks
WHEN EXISTS (SELECT 1 FROM conversations WHERE id = old.conversation_id)
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'conversation.updated', old.conversation_id, old.conversation_id);
END;

-- Broadcasts: new tables, which are empty.  A trigger on what is seldom asked
-- becomes another.  Costs nothing.
CREATE TABLE broadcasts (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	from_number_id	INTEGER NOT NULL,	-- which of ours sends; where that moves to another workspace, this stays
	name		TEXT NOT NULL,		-- for members
	state		TEXT NOT NULL CHECK (state IN ('draft', 'counting', 'running', 'paused', 'stopped', 'done')),
	reason		TEXT,			-- why it paused or stopped by itself; null: a member wanted it so
	tag_id		INTEGER,		-- the contacts with this tag are added while it is counting; null: none
	tag_place	INTEGER NOT NULL DEFAULT 0,	-- up to this contact they are
	label_id	INTEGER,		-- so are the customers of conversations with this label; null: none
	label_place	INTEGER NOT NULL DEFAULT 0,	-- up to this conversation they are
	counted		INTEGER NOT NULL DEFAULT 0 CHECK (counted IN (0, 1)),	-- 1: all recipients are there, and no more come
	per_minute	INTEGER NOT NULL,
	start_at	INTEGER NOT NULL DEFAULT 0,	-- nothing is sent before
	created_by	INTEGER,		-- null: the command line
	created_at	INTEGER NOT NULL,
	started_by	INTEGER,
	started_at	INTEGER,		-- first
	ended_at	INTEGER,		-- done, or stopped
	shown_at	INTEGER NOT NULL DEFAULT 0,	-- when its counts were last told of
	template	TEXT NOT NULL		-- JSON, what POST /messages takes as template, with placeholders
) STRICT;

CREATE INDEX broadcasts_of_workspace ON broadcasts(workspace_id, id);
CREATE INDEX broadcasts_under_way ON broadcasts(start_at) WHERE state IN ('counting', 'running');
CREATE INDEX broadcasts_by_end ON broadcasts(workspace_id, ended_at);

CREATE TABLE broadcast_counts (
	workspace_id	INTEGER NOT NULL,
	broadcast_id	INTEGER NOT NULL,
	waiting		INTEGER NOT NULL DEFAULT 0,
	queued		INTEGER NOT NULL DEFAULT 0,
	sent		INTEGER NOT NULL DEFAULT 0,
	delivered	INTEGER NOT NULL DEFAULT 0,
	read		INTEGER NOT NULL DEFAULT 0,
	failed		INTEGER NOT NULL DEFAULT 0,
	skipped		INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (workspace_id, broadcast_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE broadcast_recipients (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	broadcast_id	INTEGER NOT NULL,
	who		TEXT NOT NULL,		-- a phone with +, or a user id
	state		TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'queued', 'sent', 'delivered', 'read', 'failed', 'skipped')),
	reason		TEXT,			-- of skipped: marketing_stopped, blocked, unreachable, duplicate, parameters
	conversation_id	INTEGER,		-- since it was queued
	message_id	INTEGER,
	error_code	INTEGER,		-- of failed: the provider's
	UNIQUE (workspace_id, broadcast_id, who)
) STRICT;

CREATE INDEX broadcast_recipients_by_state ON broadcast_recipients(workspace_id, broadcast_id, state, who);
CREATE INDEX broadcast_recipients_of_conversation ON broadcast_recipients(workspace_id, conversation_id, broadcast_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX broadcast_recipients_by_message ON broadcast_recipients(workspace_id, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX broadcast_recipients_by_who ON broadcast_recipients(workspace_id, who);

CREATE TABLE broadcast_follows (
	workspace_id	INTEGER NOT NULL PRIMARY KEY,
	seq		INTEGER NOT NULL,
	until		INTEGER NOT NULL,	-- then nobody follows any more
	place		INTEGER			-- recount: up to this message its recipient is as it is; null: none
) STRICT, WITHOUT ROWID;

-- An automatic answer and a broadcast answer nobody.
DROP TRIGGER unanswered_found;
CREATE TRIGGER unanswered_found INSTEAD OF INSERT ON unanswered_finds
BEGIN
	UPDATE conversations SET unanswered_since = (SELECT m.sent_at FROM messages AS m
		WHERE m.workspace_id = new.workspace_id AND m.conversation_id = new.conversation_id
		AND m.counts_unread = 1 AND m.type <> 'reaction'
		AND m.sent_at >= COALESCE((SELECT o.sent_at FROM messages AS o
			WHERE o.workspace_id = new.workspace_id AND o.conversation_id = new.conversation_id
			AND o.direction = 'outbound' AND o.status <> 'failed'
			AND COALESCE(o.sent_by, 1) <> 0
			AND NOT EXISTS (SELECT 1 FROM broadcast_recipients AS b WHERE b.workspace_id = o.workspace_id AND b.message_id = o.id)
			ORDER BY o.sent_at DESC, o.id DESC LIMIT 1), 0)
		AND NOT EXISTS (SELECT 1 FROM messages AS o
			WHERE o.workspace_id = new.workspace_id AND o.conversation_id = new.conversation_id
			AND o.sent_at = m.sent_at AND o.id > m.id AND o.direction = 'outbound' AND o.status <> 'failed'
			AND COALESCE(o.sent_by, 1) <> 0
			AND NOT EXISTS (SELECT 1 FROM broadcast_recipients AS b WHERE b.workspace_id = o.workspace_id AND b.message_id = o.id))
		AND (conversations.status = 'active' OR EXISTS (SELECT 1 FROM set_aside WHERE conversation_id = new.conversation_id))
		ORDER BY m.sent_at, m.id LIMIT 1)
	WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
	UPDATE unanswered SET since = (SELECT unanswered_since FROM conversations WHERE id = new.conversation_id)
	WHERE conversation_id = new.conversation_id AND EXISTS (SELECT 1 FROM conversations
		WHERE id = new.conversation_id AND unanswered_since IS NOT NULL);
	DELETE FROM unanswered WHERE conversation_id = new.conversation_id AND since = -1;
END;

CREATE TRIGGER broadcast_recipient_new AFTER INSERT ON broadcast_recipients
BEGIN
	UPDATE broadcast_counts SET
		waiting = waiting + (new.state = 'waiting'),
		queued = queued + (new.state = 'queued'),
		sent = sent + (new.state = 'sent'),
		delivered = delivered + (new.state = 'delivered'),
		read = read + (new.state = 'read'),
		failed = failed + (new.state = 'failed'),
		skipped = skipped + (new.state = 'skipped')
	WHERE workspace_id = new.workspace_id AND broadcast_id = new.broadcast_id;
END;
CREATE TRIGGER broadcast_recipient_changed AFTER UPDATE OF state ON broadcast_recipients WHEN old.state <> new.state
BEGIN
	UPDATE broadcast_counts SET
		waiting = waiting + (new.state = 'waiting') - (old.state = 'waiting'),
		queued = queued + (new.state = 'queued') - (old.state = 'queued'),
		sent = sent + (new.state = 'sent') - (old.state = 'sent'),
		delivered = delivered + (new.state = 'delivered') - (old.state = 'delivered'),
		read = read + (new.state = 'read') - (old.state = 'read'),
		failed = failed + (new.state = 'failed') - (old.state = 'failed'),
		skipped = skipped + (new.state = 'skipped') - (old.state = 'skipped')
	WHERE workspace_id = new.workspace_id AND broadcast_id = new.broadcast_id;
END;
CREATE TRIGGER broadcast_recipient_gone AFTER DELETE ON broadcast_recipients
BEGIN
	UPDATE broadcast_counts SET
		waiting = waiting - (old.state = 'waiting'),
		queued = queued - (old.state = 'queued'),
		sent = sent - (old.state = 'sent'),
		delivered = delivered - (old.state = 'delivered'),
		read = read - (old.state = 'read'),
		failed = failed - (old.state = 'failed'),
		skipped = skipped - (old.state = 'skipped')
	WHERE workspace_id = old.workspace_id AND broadcast_id = old.broadcast_id;
END;
CREATE TRIGGER conversation_recipients_gone AFTER DELETE ON conversations
BEGIN
	DELETE FROM broadcast_recipients WHERE workspace_id = old.workspace_id AND conversation_id = old.id;
END;

CREATE TRIGGER change_broadcast_new AFTER INSERT ON broadcasts
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'broadcast.updated', new.id, NULL);
END;
CREATE TRIGGER change_broadcast AFTER UPDATE OF state, reason, shown_at ON broadcasts
WHEN old.state <> new.state OR old.reason IS NOT new.reason OR old.shown_at <> new.shown_at
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'broadcast.updated', new.id, NULL);
END;

-- How numbers are, as the provider says.  Numbers are few, and it is asked anew:
-- costs nothing.
ALTER TABLE numbers ADD COLUMN health TEXT;
ALTER TABLE numbers ADD COLUMN health_at INTEGER;
ALTER TABLE numbers ADD COLUMN health_due_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE numbers ADD COLUMN health_error TEXT;
CREATE INDEX numbers_health ON numbers(health_due_at);
-- A number is another way than it was, or that cannot be found out.
CREATE TRIGGER change_number_health AFTER UPDATE OF health, health_error ON numbers
WHEN old.health IS NOT new.health OR old.health_error IS NOT new.health_error
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'number.updated', new.id, NULL);
END;

-- Groups that members have made, and what they want of them.  A new table, with a
-- row for each group that there is a conversation of: it reads the identities of
-- groups only, and costs nothing where there are none.
CREATE TABLE own_groups (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	state		TEXT NOT NULL CHECK (state IN ('creating', 'there', 'refused', 'ended')),
	subject		TEXT,			-- as it was wanted; its conversation knows the newest
	description	TEXT,
	approval	TEXT CHECK (approval IN ('auto_approve', 'approval_required')),	-- how one joins; null: not known
	group_id	TEXT,			-- null: not yet there
	request_id	TEXT,			-- of its creation: the provider's word for it until there is a group
	invite_link	TEXT,
	asked		TEXT CHECK (asked IN ('create', 'change', 'picture', 'link', 'requests', 'approve', 'reject', 'remove', 'end')),	-- what a member wants of the provider, and is not done yet; null: nothing
	asked_by	INTEGER,		-- which member; null: the command line
	asked_at	INTEGER,
	asking		INTEGER NOT NULL DEFAULT 1,	-- how often: an answer to an earlier asking settles nothing
	request		TEXT,			-- JSON of what is to be changed, which request to join is answered, or who removed
	sent_at		INTEGER,		-- when the request of its creation left, which is not made twice
	attempts	INTEGER NOT NULL DEFAULT 0,
	due_at		INTEGER NOT NULL DEFAULT 0,	-- when it is asked next
	error		TEXT,			-- JSON {"code","title","detail"}: why what was wanted was not done, or not yet
	UNIQUE (workspace_id, number_id, group_id)
) STRICT;

CREATE INDEX own_groups_of_workspace ON own_groups(workspace_id, id);
CREATE INDEX own_groups_asked ON own_groups(number_id, due_at) WHERE asked IS NOT NULL;
CREATE INDEX own_groups_not_there ON own_groups(workspace_id, number_id, id) WHERE group_id IS NULL;
CREATE TRIGGER conversation_group_gone AFTER DELETE ON conversations
WHEN old.group_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM moving_conversations WHERE id = old.id)
BEGIN
	DELETE FROM own_groups
	WHERE workspace_id = old.workspace_id AND number_id = old.number_id AND group_id = old.group_id;
END;
CREATE TRIGGER change_group_new AFTER INSERT ON own_groups
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'group.updated', new.id, NULL);
END;
CREATE TRIGGER change_group AFTER UPDATE OF workspace_id, state, subject, description, group_id, invite_link, asked, asked_at, error ON own_groups
WHEN old.workspace_id <> new.workspace_id OR old.state <> new.state
	OR old.subject IS NOT new.subject OR old.description IS NOT new.description
	OR old.group_id IS NOT new.group_id OR old.invite_link IS NOT new.invite_link
	OR old.asked IS NOT new.asked OR old.asked_at IS NOT new.asked_at
	OR old.error IS NOT new.error
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'group.updated', new.id, NULL);
END;
CREATE TRIGGER change_group_left AFTER UPDATE OF workspace_id ON own_groups
WHEN old.workspace_id <> new.workspace_id
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'group.updated', old.id, NULL);
END;
CREATE TRIGGER change_group_gone AFTER DELETE ON own_groups
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'group.updated', old.id, NULL);
END;
INSERT INTO own_groups(workspace_id, number_id, state, group_id)
SELECT DISTINCT n.workspace_id, n.id, 'there', i.value
FROM numbers AS n CROSS JOIN identities AS i
WHERE i.workspace_id = n.workspace_id AND i.number_id = n.id AND i.kind = 'group';
DELETE FROM sqlite_sequence WHERE name = 'own_groups' AND seq = 0;

-- Own fields of contacts: new tables, which are empty.  Costs nothing; a contact
-- that is deleted looks for its values, one look into an index.  A field that
-- 1,000,000 contacts have takes 2,000,000 rows of steps when it is deleted: a job
-- does it while all goes on.
-- Fields of contacts that a workspace has defined; it has 50 at most.
CREATE TABLE contact_fields (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	key		TEXT NOT NULL,		-- what programs and files call it
	label		TEXT NOT NULL,		-- what people call it
	type		TEXT NOT NULL CHECK (type IN ('text', 'number', 'date', 'choice', 'boolean')),
	choices		TEXT,			-- of a choice: a JSON array of texts; null: of another type
	created_at	INTEGER NOT NULL,
	updated_at	INTEGER NOT NULL,
	UNIQUE (workspace_id, key)
) STRICT;

-- What contacts have in them.  Written when a person changes a contact, and by no
-- message.
CREATE TABLE contact_values (
	workspace_id	INTEGER NOT NULL,
	contact_id	INTEGER NOT NULL,
	field_id	INTEGER NOT NULL,
	value		TEXT NOT NULL,		-- inbox/contact/contact_field_validate.h
	PRIMARY KEY (workspace_id, contact_id, field_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX contact_values_by_field ON contact_values(workspace_id, field_id, contact_id);

CREATE TRIGGER contact_values_gone AFTER DELETE ON contacts
BEGIN
	DELETE FROM contact_values WHERE workspace_id = old.workspace_id AND contact_id = old.id;
END;
-- Of many contacts a job takes them, 100 at a time.
CREATE TRIGGER contact_field_gone AFTER DELETE ON contact_fields
BEGIN
	INSERT INTO jobs(workspace_id, kind, subject) SELECT old.workspace_id, 'contact_field_gone', old.id
	WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM contact_values WHERE workspace_id = old.workspace_id AND field_id = old.id LIMIT 41)) > 40;
	DELETE FROM contact_values WHERE workspace_id = old.workspace_id AND field_id = old.id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'contact_field_gone' AND subject = old.id);
END;

CREATE TRIGGER change_contact_field_new AFTER INSERT ON contact_fields
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'contact_field.updated', new.id, NULL);
END;
CREATE TRIGGER change_contact_field AFTER UPDATE OF label, choices ON contact_fields
WHEN old.label <> new.label OR old.choices IS NOT new.choices
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'contact_field.updated', new.id, NULL);
END;
CREATE TRIGGER change_contact_field_gone AFTER DELETE ON contact_fields
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'contact_field.updated', old.id, NULL);
END;
CREATE TRIGGER change_contact_value_new AFTER INSERT ON contact_values
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'contact.updated', new.contact_id, NULL);
END;
CREATE TRIGGER change_contact_value AFTER UPDATE OF value ON contact_values
WHEN old.value <> new.value
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'contact.updated', new.contact_id, NULL);
END;
CREATE TRIGGER change_contact_value_gone AFTER DELETE ON contact_values
WHEN EXISTS (SELECT 1 FROM contacts WHERE id = old.contact_id)
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'contact.updated', old.contact_id, NULL);
END;

-- The provider's list of whom a number blocks is read now and then.  Numbers are
-- few: costs nothing; the blocks get a column with a default: nothing is written.
ALTER TABLE numbers ADD COLUMN blocks_due_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX numbers_blocks ON numbers(blocks_due_at);
ALTER TABLE blocks ADD COLUMN said_at INTEGER NOT NULL DEFAULT 0;

-- Who asks to join a group: three columns, which old rows get without being
-- written; costs nothing.
ALTER TABLE group_participants ADD COLUMN asks_id TEXT;
ALTER TABLE group_participants ADD COLUMN asks_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE group_participants ADD COLUMN answered_at INTEGER NOT NULL DEFAULT 0;
-- Who asks to join a group, or asks no more.
CREATE TRIGGER change_group_participant_asking AFTER UPDATE OF asks_at, answered_at ON group_participants
WHEN (old.asks_at > old.answered_at) <> (new.asks_at > new.answered_at)
	OR (new.asks_at > new.answered_at AND old.asks_at <> new.asks_at)
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'conversation.updated', new.conversation_id, new.conversation_id);
END;

-- A customer with another phone was found by the one before, for ever, where the
-- phone's address book has either: what that renamed was noted first.  The trigger
-- is made anew behind those, which it comes before then; costs nothing.  Where it
-- happened, `waspool reindex` mends it.
DROP TRIGGER conversation_stale;
CREATE TRIGGER conversation_stale AFTER UPDATE OF profile_name, username, phone_book_name, phone, workspace_id ON conversations WHEN (old.profile_name IS NOT new.profile_name OR old.username IS NOT new.username OR old.phone_book_name IS NOT new.phone_book_name OR old.phone IS NOT new.phone OR old.workspace_id <> new.workspace_id)
	AND EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'conversation' AND old.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id, text, phone) VALUES ('conversation', old.id, old.workspace_id, COALESCE(old.profile_name || COALESCE(char(10) || old.username, '') || COALESCE(char(10) || old.phone_book_name, ''), old.phone_book_name), old.phone) ON CONFLICT DO NOTHING;
END;

-- Whose deliveries are held: a column that old rows get without being written,
-- and an index of held deliveries, which are few; costs nothing.
ALTER TABLE held ADD COLUMN phone_number_id TEXT;
CREATE INDEX held_number ON held(phone_number_id, state, updated_at) WHERE phone_number_id IS NOT NULL;
-- Deliveries of a number are held: one change when the first of a state is, and
-- when the last is no more.
CREATE TRIGGER change_held_new AFTER INSERT ON held
WHEN new.phone_number_id IS NOT NULL
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(c.seq), 0) + 1 FROM changes AS c WHERE c.workspace_id = numbers.workspace_id), 'number.updated', id, NULL
	FROM numbers WHERE phone_number_id = new.phone_number_id
	AND NOT EXISTS (SELECT 1 FROM held WHERE phone_number_id = new.phone_number_id AND state = new.state
		AND (node <> new.node OR delivery_id <> new.delivery_id));
END;
CREATE TRIGGER change_held AFTER UPDATE OF state, phone_number_id ON held
WHEN new.phone_number_id IS NOT NULL
	AND (old.state <> new.state OR old.phone_number_id IS NOT new.phone_number_id)
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(c.seq), 0) + 1 FROM changes AS c WHERE c.workspace_id = numbers.workspace_id), 'number.updated', id, NULL
	FROM numbers WHERE phone_number_id = new.phone_number_id
	AND (NOT EXISTS (SELECT 1 FROM held WHERE phone_number_id = new.phone_number_id AND state = new.state
		AND (node <> new.node OR delivery_id <> new.delivery_id))
		OR NOT EXISTS (SELECT 1 FROM held WHERE phone_number_id = new.phone_number_id AND state = old.state
		AND (node <> new.node OR delivery_id <> new.delivery_id)));
END;
CREATE TRIGGER change_held_gone AFTER DELETE ON held
WHEN old.phone_number_id IS NOT NULL
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(c.seq), 0) + 1 FROM changes AS c WHERE c.workspace_id = numbers.workspace_id), 'number.updated', id, NULL
	FROM numbers WHERE phone_number_id = old.phone_number_id
	AND NOT EXISTS (SELECT 1 FROM held WHERE phone_number_id = old.phone_number_id AND state = old.state
		AND (node <> old.node OR delivery_id <> old.delivery_id));
END;

-- A tag that is called otherwise, or gone; a new one comes with its contact.
DROP TRIGGER change_tag;
CREATE TRIGGER change_tag AFTER UPDATE OF name ON tags
WHEN old.name <> new.name COLLATE BINARY
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'tag.updated', new.id, NULL);
	INSERT INTO jobs(workspace_id, kind, subject) SELECT new.workspace_id, 'tag_renamed', new.id
	WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM contact_tags WHERE workspace_id = new.workspace_id AND tag_id = new.id LIMIT 501)) > 500
	ON CONFLICT (workspace_id, kind, subject, target, name) DO UPDATE SET place = 0;
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(seq), 0) FROM changes WHERE workspace_id = new.workspace_id) + row_number() OVER (ORDER BY contact_id), 'contact.updated', contact_id, NULL
	FROM contact_tags
	WHERE workspace_id = new.workspace_id AND tag_id = new.id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = new.workspace_id AND kind = 'tag_renamed' AND subject = new.id);
END;
CREATE TRIGGER change_tag_gone AFTER DELETE ON tags
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'tag.updated', old.id, NULL);
END;

-- How large a picture or a film is: columns which old rows get without being
-- written; costs nothing.  Of what is stored already it stays unknown.
ALTER TABLE media ADD COLUMN width INTEGER;
ALTER TABLE media ADD COLUMN height INTEGER;
ALTER TABLE uploads ADD COLUMN width INTEGER;
ALTER TABLE uploads ADD COLUMN height INTEGER;

-- Who is removed does not come back by a link of before.  Costs nothing.
DROP TRIGGER inviter_gone;
CREATE TRIGGER inviter_gone AFTER DELETE ON workspace_members
BEGIN
	DELETE FROM invitations WHERE workspace_id = old.workspace_id AND invited_by = old.user_id;
	DELETE FROM invitations WHERE workspace_id = old.workspace_id AND email = (SELECT email FROM users WHERE id = old.user_id);
END;
