-- From version 2 to version 3, while nobody else uses the inbox: waspool
-- upgrade runs it in one transaction, and inbox.sql says the same for
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

-- Numbers that nobody registered wait, and what waits for one is found by its
-- name.  Costs a look at each held delivery, and one at the conversations of
-- each number that came by itself.
ALTER TABLE numbers ADD COLUMN moving_to INTEGER;
ALTER TABLE held ADD COLUMN waits_for TEXT;
CREATE INDEX held_waiting ON held(waits_for) WHERE waits_for IS NOT NULL;
ALTER TABLE node_health ADD COLUMN awaited INTEGER NOT NULL DEFAULT 0;

-- Also those that have died of it: they wait again, and are looked at once.
UPDATE held SET state = 'deferred', attempts = 0, due_at = updated_at,
	waits_for = substr(reason, 1, length(reason) - length(' is not registered'))
WHERE reason LIKE 'number % is not registered';

-- A number with which the default workspace has spoken is that workspace's.
-- One that has left no conversation there, and that another workspace could
-- mean, waits for a person: what was kept of it is of messages nobody knows.
UPDATE numbers SET registered = 1
WHERE registered = 0 AND EXISTS (SELECT 1 FROM conversations AS c
	WHERE c.workspace_id = numbers.workspace_id AND c.number_id = numbers.id);
DELETE FROM message_statuses WHERE (workspace_id, number_id) IN (SELECT workspace_id, id FROM numbers WHERE registered = 0)
	AND (SELECT count(*) FROM workspaces) > 1;
DELETE FROM message_patches WHERE (workspace_id, number_id) IN (SELECT workspace_id, id FROM numbers WHERE registered = 0)
	AND (SELECT count(*) FROM workspaces) > 1;
DELETE FROM reactions WHERE (workspace_id, number_id) IN (SELECT workspace_id, id FROM numbers WHERE registered = 0)
	AND (SELECT count(*) FROM workspaces) > 1;
DELETE FROM identities WHERE (workspace_id, number_id) IN (SELECT workspace_id, id FROM numbers WHERE registered = 0)
	AND (SELECT count(*) FROM workspaces) > 1;
UPDATE workspace_events SET number_id = NULL WHERE number_id IN (SELECT id FROM numbers WHERE registered = 0)
	AND (SELECT count(*) FROM workspaces) > 1;
DELETE FROM numbers WHERE registered = 0 AND (SELECT count(*) FROM workspaces) > 1;

-- Work in steps, and the triggers that give it there what is much.  Takes no
-- time, however big the inbox.
CREATE TABLE jobs (
	id		INTEGER PRIMARY KEY,	-- given again: nobody keeps it
	workspace_id	INTEGER NOT NULL,
	kind		TEXT NOT NULL,		-- merge, contact_gone, …
	subject		INTEGER NOT NULL,	-- whose id it is, KIND says
	target		INTEGER NOT NULL DEFAULT 0,	-- merge: the conversation that stays; contact_tags: the tag
	place		INTEGER NOT NULL DEFAULT 0,	-- up to here it is done
	name		TEXT NOT NULL DEFAULT '',	-- arrived: what deliveries waited for
	UNIQUE (workspace_id, kind, subject, target, name)
) STRICT;

CREATE INDEX jobs_by_target ON jobs(workspace_id, kind, target);

DROP TRIGGER contact_gone;
CREATE TRIGGER contact_gone AFTER DELETE ON contacts
BEGIN
	INSERT INTO jobs(workspace_id, kind, subject) SELECT old.workspace_id, 'contact_gone', old.id
	WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM conversations WHERE workspace_id = old.workspace_id AND contact_id = old.id LIMIT 251))
		* (2 + (SELECT COUNT(*) FROM contact_tags WHERE workspace_id = old.workspace_id AND contact_id = old.id)) > 500;
	UPDATE conversations SET contact_id = NULL, link = 'auto' WHERE workspace_id = old.workspace_id AND contact_id = old.id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'contact_gone' AND subject = old.id);
	DELETE FROM contact_tags WHERE workspace_id = old.workspace_id AND contact_id = old.id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'contact_gone' AND subject = old.id);
END;
DROP TRIGGER tag_gone;
CREATE TRIGGER tag_gone AFTER DELETE ON tags
BEGIN
	INSERT INTO jobs(workspace_id, kind, subject) SELECT old.workspace_id, 'tag_gone', old.id
	WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM contact_tags WHERE workspace_id = old.workspace_id AND tag_id = old.id LIMIT 41)) > 40;
	DELETE FROM contact_tags WHERE workspace_id = old.workspace_id AND tag_id = old.id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'tag_gone' AND subject = old.id);
END;
DROP TRIGGER contact_tag_new;
CREATE TRIGGER contact_tag_new AFTER INSERT ON contact_tags
BEGIN
	INSERT INTO jobs(workspace_id, kind, subject, target) SELECT new.workspace_id, 'contact_tags', new.contact_id, new.tag_id
	WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM conversations WHERE workspace_id = new.workspace_id AND contact_id = new.contact_id LIMIT 17))
		* (1 + (SELECT COUNT(*) FROM contact_tags WHERE workspace_id = new.workspace_id AND contact_id = new.contact_id)) > 17
	OR EXISTS (SELECT 1 FROM jobs WHERE workspace_id = new.workspace_id AND kind = 'contact_tags' AND subject = new.contact_id)
	ON CONFLICT (workspace_id, kind, subject, target, name) DO UPDATE SET place = 0;
	UPDATE contacts SET tag_ids = (SELECT group_concat(' ' || tag_id || ' ', '')
		FROM (SELECT tag_id FROM contact_tags WHERE workspace_id = new.workspace_id AND contact_id = new.contact_id ORDER BY tag_id))
	WHERE workspace_id = new.workspace_id AND id = new.contact_id;
	INSERT INTO conversation_tags(workspace_id, tag_id, status, last_message_at, conversation_id, tag_ids)
	SELECT c.workspace_id, new.tag_id, c.status, c.last_message_at, c.id, p.tag_ids
	FROM conversations AS c CROSS JOIN contacts AS p ON p.id = c.contact_id
	WHERE c.workspace_id = new.workspace_id AND c.contact_id = new.contact_id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = new.workspace_id AND kind = 'contact_tags' AND subject = new.contact_id);
END;
DROP TRIGGER contact_tag_gone;
CREATE TRIGGER contact_tag_gone AFTER DELETE ON contact_tags
BEGIN
	INSERT INTO jobs(workspace_id, kind, subject, target) SELECT old.workspace_id, 'contact_tags', old.contact_id, old.tag_id
	WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM conversations WHERE workspace_id = old.workspace_id AND contact_id = old.contact_id LIMIT 17))
		* (1 + (SELECT COUNT(*) FROM contact_tags WHERE workspace_id = old.workspace_id AND contact_id = old.contact_id)) > 17
	OR EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'contact_tags' AND subject = old.contact_id)
	ON CONFLICT (workspace_id, kind, subject, target, name) DO UPDATE SET place = 0;
	DELETE FROM conversation_tags
	WHERE workspace_id = old.workspace_id AND tag_id = old.tag_id AND status IN ('active', 'archived')
	AND (last_message_at, conversation_id) IN (
		SELECT last_message_at, id FROM conversations
		WHERE workspace_id = old.workspace_id AND contact_id = old.contact_id
		AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'contact_tags' AND subject = old.contact_id));
	UPDATE contacts SET tag_ids = (SELECT group_concat(' ' || tag_id || ' ', '')
		FROM (SELECT tag_id FROM contact_tags WHERE workspace_id = old.workspace_id AND contact_id = old.contact_id ORDER BY tag_id))
	WHERE workspace_id = old.workspace_id AND id = old.contact_id;
END;
DROP TRIGGER contact_tags_changed;
CREATE TRIGGER contact_tags_changed AFTER UPDATE OF tag_ids ON contacts WHEN new.tag_ids IS NOT NULL
BEGIN
	UPDATE conversation_tags SET tag_ids = new.tag_ids
	WHERE workspace_id = new.workspace_id AND status IN ('active', 'archived')
	AND tag_id IN (SELECT tag_id FROM contact_tags WHERE workspace_id = new.workspace_id AND contact_id = new.id)
	AND (last_message_at, conversation_id) IN (
		SELECT last_message_at, id FROM conversations
		WHERE workspace_id = new.workspace_id AND contact_id = new.id
		AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = new.workspace_id AND kind = 'contact_tags' AND subject = new.id));
END;
DROP TRIGGER conversation_tags_changed;
CREATE TRIGGER conversation_tags_changed AFTER UPDATE OF contact_id, status, last_message_at ON conversations
WHEN (old.contact_id IS NOT NULL OR new.contact_id IS NOT NULL)
	AND (old.contact_id IS NOT new.contact_id OR old.status <> new.status OR old.last_message_at <> new.last_message_at)
BEGIN
	DELETE FROM conversation_tags
	WHERE workspace_id = old.workspace_id AND status = old.status
	AND last_message_at = old.last_message_at AND conversation_id = old.id
	AND tag_id IN (SELECT tag_id FROM contact_tags
		WHERE workspace_id = old.workspace_id AND contact_id = old.contact_id
		UNION ALL SELECT target FROM jobs
		WHERE workspace_id = old.workspace_id AND kind = 'contact_tags' AND subject = old.contact_id);
	INSERT INTO conversation_tags(workspace_id, tag_id, status, last_message_at, conversation_id, tag_ids)
	SELECT k.workspace_id, k.tag_id, new.status, new.last_message_at, new.id, p.tag_ids
	FROM contact_tags AS k CROSS JOIN contacts AS p ON p.id = k.contact_id
	WHERE k.workspace_id = new.workspace_id AND k.contact_id = new.contact_id;
END;
DROP TRIGGER conversation_tags_gone;
CREATE TRIGGER conversation_tags_gone AFTER DELETE ON conversations WHEN old.contact_id IS NOT NULL
BEGIN
	DELETE FROM conversation_tags
	WHERE workspace_id = old.workspace_id AND status = old.status
	AND last_message_at = old.last_message_at AND conversation_id = old.id
	AND tag_id IN (SELECT tag_id FROM contact_tags
		WHERE workspace_id = old.workspace_id AND contact_id = old.contact_id
		UNION ALL SELECT target FROM jobs
		WHERE workspace_id = old.workspace_id AND kind = 'contact_tags' AND subject = old.contact_id);
END;
DROP TRIGGER member_gone;
CREATE TRIGGER member_gone AFTER DELETE ON workspace_members
BEGIN
	INSERT INTO jobs(workspace_id, kind, subject) SELECT old.workspace_id, 'member_gone', old.user_id
	WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM conversations WHERE workspace_id = old.workspace_id AND COALESCE(assigned_to, 0) = old.user_id LIMIT 251)) > 250
	ON CONFLICT (workspace_id, kind, subject, target, name) DO NOTHING;
	UPDATE conversations SET assigned_to = NULL WHERE workspace_id = old.workspace_id AND COALESCE(assigned_to, 0) = old.user_id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'member_gone' AND subject = old.user_id);
END;
DROP TRIGGER change_tag;
CREATE TRIGGER change_tag AFTER UPDATE OF name ON tags
WHEN old.name <> new.name COLLATE BINARY
BEGIN
	INSERT INTO jobs(workspace_id, kind, subject) SELECT new.workspace_id, 'tag_renamed', new.id
	WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM contact_tags WHERE workspace_id = new.workspace_id AND tag_id = new.id LIMIT 501)) > 500
	ON CONFLICT (workspace_id, kind, subject, target, name) DO UPDATE SET place = 0;
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(seq), 0) FROM changes WHERE workspace_id = new.workspace_id) + row_number() OVER (ORDER BY contact_id), 'contact.updated', contact_id, NULL
	FROM contact_tags
	WHERE workspace_id = new.workspace_id AND tag_id = new.id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = new.workspace_id AND kind = 'tag_renamed' AND subject = new.id);
END;
CREATE TRIGGER member_back AFTER INSERT ON workspace_members
BEGIN
	DELETE FROM jobs WHERE workspace_id = new.workspace_id AND kind = 'member_gone' AND subject = new.user_id;
END;

-- A spool that does not fit its cursor is noticed.  A row for each node: costs
-- nothing.
ALTER TABLE spool_cursors ADD COLUMN fingerprint TEXT;

-- Dead deliveries end by age.  As many rows as there are dead ones.
CREATE INDEX held_dead ON held(updated_at) WHERE state = 'dead';

-- What the processor remembers of deleting by age.  Nothing is written but the
-- schema.
CREATE TABLE retention (
	rule		TEXT NOT NULL PRIMARY KEY,
	at		INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Wamids that nobody knows.  All statuses, edits and reactions are read, and
-- each is looked for among the messages: three seconds for a million.
CREATE TABLE unmatched (
	number_id	INTEGER NOT NULL,
	wamid		TEXT NOT NULL,
	seen_at		INTEGER NOT NULL,	-- when something of it came last
	bare		INTEGER NOT NULL,	-- 1: its statuses have no raw any more
	PRIMARY KEY (number_id, wamid)
) STRICT, WITHOUT ROWID;

CREATE INDEX unmatched_by_time ON unmatched(bare, seen_at);
INSERT INTO unmatched(number_id, wamid, seen_at, bare)
SELECT s.number_id, s.wamid, MAX(s.at), 0 FROM (
	SELECT workspace_id, number_id, wamid, at FROM message_statuses
	UNION ALL SELECT workspace_id, number_id, target_wamid, at FROM message_patches
	UNION ALL SELECT workspace_id, number_id, target_wamid, at FROM reactions) AS s
WHERE NOT EXISTS (SELECT 1 FROM messages AS m WHERE m.workspace_id = s.workspace_id AND m.number_id = s.number_id AND m.wamid = s.wamid)
GROUP BY s.number_id, s.wamid;

-- People can be erased.  Nothing is written but the schema.
CREATE TABLE erasures (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL REFERENCES workspaces(id),
	user_id		INTEGER NOT NULL,	-- who asked; 0: the command line
	conversation_id	INTEGER,		-- whoever that is with,
	who		TEXT,			-- or a phone, or a user id; null once done
	state		TEXT NOT NULL DEFAULT 'waiting',
	place		INTEGER NOT NULL DEFAULT 0,
	at		TEXT NOT NULL DEFAULT '',
	node		TEXT,			-- whose deliveries,
	delivery_id	INTEGER NOT NULL DEFAULT 0,	-- up to which
	messages	INTEGER NOT NULL DEFAULT 0,	-- so many are gone
	deliveries	INTEGER NOT NULL DEFAULT 0,	-- so many were rewritten
	asked_at	INTEGER NOT NULL,
	done_at		INTEGER			-- since then no byte is left
) STRICT;
CREATE INDEX erasures_open ON erasures(id) WHERE done_at IS NULL;
CREATE INDEX erasures_of_workspace ON erasures(workspace_id, id);
CREATE TABLE erasure_ids (
	erasure_id	INTEGER NOT NULL,
	kind		TEXT NOT NULL,		-- conversation, id (digits, a user id)
	value		TEXT NOT NULL,
	PRIMARY KEY (erasure_id, kind, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE tombstone_key (
	key		BLOB NOT NULL
) STRICT;
CREATE TABLE tombstones (
	hash		BLOB NOT NULL PRIMARY KEY,
	at		INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstones_by_time ON tombstones(at);

-- A number can be moved.  Takes no time.
CREATE INDEX numbers_moving ON numbers(moving_to) WHERE moving_to IS NOT NULL;
CREATE TABLE moving_conversations (
	id		INTEGER PRIMARY KEY,
	number_id	INTEGER NOT NULL,
	phone		TEXT,
	phone_at	INTEGER NOT NULL,
	user_id		TEXT,
	user_id_at	INTEGER NOT NULL,
	group_id	TEXT,
	profile_name	TEXT,
	profile_name_at	INTEGER NOT NULL,
	contact_id	INTEGER,
	link		TEXT NOT NULL,
	status		TEXT NOT NULL,
	is_read		INTEGER NOT NULL,
	unread_count	INTEGER NOT NULL,
	last_customer_message_at INTEGER,
	window_refused_at INTEGER NOT NULL,
	last_message_at	INTEGER NOT NULL,
	last_message_id	INTEGER,
	last_message_preview TEXT,
	assigned_to	INTEGER,
	created_at	INTEGER NOT NULL,
	updated_at	INTEGER NOT NULL
) STRICT;

CREATE INDEX moving_conversations_of_number ON moving_conversations(number_id);

-- A long queue: of each conversation only the first queued message is looked
-- at.  Reads what is queued and sending, writes what stands behind another;
-- two indexes of what is open are made anew, which reads the outbox once.
DROP INDEX outbox_queued;
DROP INDEX outbox_open;
ALTER TABLE outbox ADD COLUMN behind INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outbox_open ON outbox(number_id, conversation_id, id) WHERE state IN ('queued', 'sending');
UPDATE outbox SET behind = 1 WHERE state IN ('queued', 'sending') AND state = 'queued' AND kind = 'message'
AND EXISTS (SELECT 1 FROM outbox AS b
	WHERE b.number_id = outbox.number_id AND b.conversation_id = outbox.conversation_id
	AND b.state IN ('queued', 'sending') AND b.state = 'queued' AND b.kind = 'message' AND b.id < outbox.id);
CREATE INDEX outbox_queued ON outbox(number_id, due_at, id, created_at) WHERE state = 'queued' AND behind = 0;
CREATE TRIGGER outbox_new AFTER INSERT ON outbox WHEN new.state = 'queued' AND new.kind = 'message'
	AND EXISTS (SELECT 1 FROM outbox
		WHERE number_id = new.number_id AND conversation_id = new.conversation_id
		AND state IN ('queued', 'sending') AND state = 'queued' AND kind = 'message' AND id < new.id)
BEGIN
	UPDATE outbox SET behind = 1 WHERE id = new.id;
END;
CREATE TRIGGER outbox_left AFTER UPDATE OF state ON outbox
WHEN old.state = 'queued' AND new.state <> 'queued' AND new.kind = 'message'
BEGIN
	UPDATE outbox SET behind = 0 WHERE behind = 1 AND id = (SELECT id FROM outbox
		WHERE number_id = new.number_id AND conversation_id = new.conversation_id
		AND state IN ('queued', 'sending') AND state = 'queued' AND kind = 'message'
		ORDER BY id LIMIT 1);
END;
CREATE TRIGGER outbox_back AFTER UPDATE OF state ON outbox
WHEN old.state <> 'queued' AND new.state = 'queued' AND new.kind = 'message'
BEGIN
	UPDATE outbox SET behind = 1 - behind WHERE id = new.id AND behind <> EXISTS (SELECT 1 FROM outbox
		WHERE number_id = new.number_id AND conversation_id = new.conversation_id
		AND state IN ('queued', 'sending') AND state = 'queued' AND kind = 'message' AND id < new.id);
	UPDATE outbox SET behind = 1 WHERE behind = 0 AND id = (SELECT id FROM outbox
		WHERE number_id = new.number_id AND conversation_id = new.conversation_id
		AND state IN ('queued', 'sending') AND state = 'queued' AND kind = 'message' AND id > new.id
		ORDER BY id LIMIT 1);
END;
CREATE TRIGGER outbox_moved AFTER UPDATE OF number_id, conversation_id ON outbox
WHEN new.state = 'queued' AND new.kind = 'message'
	AND (old.number_id <> new.number_id OR old.conversation_id <> new.conversation_id)
BEGIN
	UPDATE outbox SET behind = 0 WHERE behind = 1 AND id = (SELECT id FROM outbox
		WHERE number_id = old.number_id AND conversation_id = old.conversation_id
		AND state IN ('queued', 'sending') AND state = 'queued' AND kind = 'message'
		ORDER BY id LIMIT 1);
	UPDATE outbox SET behind = 1 - behind WHERE id = new.id AND behind <> EXISTS (SELECT 1 FROM outbox
		WHERE number_id = new.number_id AND conversation_id = new.conversation_id
		AND state IN ('queued', 'sending') AND state = 'queued' AND kind = 'message' AND id < new.id);
	UPDATE outbox SET behind = 1 WHERE behind = 0 AND id = (SELECT id FROM outbox
		WHERE number_id = new.number_id AND conversation_id = new.conversation_id
		AND state IN ('queued', 'sending') AND state = 'queued' AND kind = 'message' AND id > new.id
		ORDER BY id LIMIT 1);
END;
CREATE TRIGGER outbox_gone AFTER DELETE ON outbox WHEN old.state = 'queued' AND old.kind = 'message'
BEGIN
	UPDATE outbox SET behind = 0 WHERE behind = 1 AND id = (SELECT id FROM outbox
		WHERE number_id = old.number_id AND conversation_id = old.conversation_id
		AND state IN ('queued', 'sending') AND state = 'queued' AND kind = 'message'
		ORDER BY id LIMIT 1);
END;

-- Why a number waits, for members and for the next process.  Writes nothing.
ALTER TABLE number_pauses ADD COLUMN error TEXT;
ALTER TABLE number_pauses ADD COLUMN row_id INTEGER;
ALTER TABLE number_pauses ADD COLUMN refused_at INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER change_pause_new AFTER INSERT ON number_pauses
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(c.seq), 0) + 1 FROM changes AS c WHERE c.workspace_id = numbers.workspace_id), 'number.updated', id, NULL
	FROM numbers WHERE id = new.number_id AND EXISTS (SELECT 1 FROM outbox AS o
		WHERE o.number_id = new.number_id AND o.state = 'queued' AND o.behind = 0 AND o.kind = 'message');
END;
CREATE TRIGGER change_pause AFTER UPDATE ON number_pauses
WHEN old.reason <> new.reason OR old.row_id IS NOT new.row_id
	OR (old.until <> new.until AND new.key_mark IS NOT NULL)
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(c.seq), 0) + 1 FROM changes AS c WHERE c.workspace_id = numbers.workspace_id), 'number.updated', id, NULL
	FROM numbers WHERE id = new.number_id AND EXISTS (SELECT 1 FROM outbox AS o
		WHERE o.number_id = new.number_id AND o.state = 'queued' AND o.behind = 0 AND o.kind = 'message');
END;
CREATE TRIGGER change_pause_gone AFTER DELETE ON number_pauses
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(c.seq), 0) + 1 FROM changes AS c WHERE c.workspace_id = numbers.workspace_id), 'number.updated', id, NULL
	FROM numbers WHERE id = old.number_id;
END;

-- How far the clock is off.  A row a node.
ALTER TABLE node_health ADD COLUMN clock_off INTEGER NOT NULL DEFAULT 0;
-- Two people never become one: an account may go from one customer to the
-- next, user ids belong to a portfolio, and messages remember what they
-- showed.  Identities are written anew, and for each a sighting: about a
-- second for 400,000.  What an old inbox knows of a customer it knows since
-- ever; the portfolio is the account that the number has now.
ALTER TABLE messages ADD COLUMN sighting_id INTEGER;
ALTER TABLE messages ADD COLUMN shown_name TEXT;
ALTER TABLE identities RENAME TO identities_2;
DROP INDEX identities_of_conversation;
CREATE INDEX identities_2_of_conversation ON identities_2(workspace_id, conversation_id, kind, value);
CREATE TABLE identities (
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	kind		TEXT NOT NULL CHECK (kind = 'wa_id' OR kind = 'user_id' OR kind = 'parent_user_id' OR kind = 'alias' OR kind = 'group'),
	value		TEXT NOT NULL,
	valid_from	INTEGER NOT NULL DEFAULT 0,
	conversation_id	INTEGER NOT NULL,
	created_at	INTEGER NOT NULL,
	account		TEXT,
	PRIMARY KEY (workspace_id, number_id, kind, value, valid_from)
) STRICT, WITHOUT ROWID;

CREATE INDEX identities_of_conversation ON identities(workspace_id, conversation_id);
CREATE INDEX identities_of_account ON identities(workspace_id, number_id, account) WHERE account IS NOT NULL;

INSERT INTO identities(workspace_id, number_id, kind, value, conversation_id, created_at, account)
SELECT i.workspace_id, i.number_id, i.kind, i.value, i.conversation_id, i.created_at,
	-- the account that was dialled under an alias, when it can be no other
	CASE WHEN i.kind = 'alias' THEN (SELECT CASE WHEN COUNT(*) = 1 THEN MIN(a.value) END
		FROM identities_2 AS a INDEXED BY identities_2_of_conversation WHERE a.workspace_id = i.workspace_id
		AND a.conversation_id = i.conversation_id AND a.kind = 'wa_id') END
FROM identities_2 AS i;
CREATE TABLE sightings (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	account		TEXT NOT NULL,
	user_id		TEXT NOT NULL,
	parent_user_id	TEXT NOT NULL,
	portfolio	TEXT NOT NULL,
	first_at	INTEGER NOT NULL,
	name		TEXT,
	UNIQUE (workspace_id, number_id, account, user_id, parent_user_id, portfolio)
) STRICT;

CREATE INDEX sightings_of_user ON sightings(workspace_id, number_id, user_id) WHERE user_id <> '';
CREATE INDEX sightings_of_parent ON sightings(workspace_id, number_id, parent_user_id) WHERE parent_user_id <> '';

-- What the provider announced: who had this account and this user id has
-- these from then on.  '' is not said.
CREATE TABLE identity_changes (
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	account		TEXT NOT NULL,
	user_id		TEXT NOT NULL,
	new_account	TEXT NOT NULL,
	new_user_id	TEXT NOT NULL,
	portfolio	TEXT NOT NULL,
	at		INTEGER NOT NULL,
	name		TEXT,
	PRIMARY KEY (workspace_id, number_id, account, user_id, new_account, new_user_id, portfolio, at)
) STRICT, WITHOUT ROWID;

CREATE INDEX identity_changes_of_user ON identity_changes(workspace_id, number_id, user_id) WHERE user_id <> '';
CREATE INDEX identity_changes_to_account ON identity_changes(workspace_id, number_id, new_account) WHERE new_account <> '';
CREATE INDEX identity_changes_to_user ON identity_changes(workspace_id, number_id, new_user_id) WHERE new_user_id <> '';

INSERT INTO sightings(workspace_id, number_id, account, user_id, parent_user_id, portfolio, first_at)
SELECT i.workspace_id, i.number_id,
	CASE i.kind WHEN 'wa_id' THEN i.value ELSE '' END,
	CASE i.kind WHEN 'user_id' THEN i.value ELSE COALESCE(l.user_id, '') END,
	CASE i.kind WHEN 'parent_user_id' THEN i.value ELSE '' END,
	CASE WHEN l.user_id IS NULL THEN '' ELSE COALESCE(n.waba_id, '') END, 0
FROM identities_2 AS i
LEFT JOIN (SELECT workspace_id, conversation_id, MIN(value) AS user_id FROM identities_2
	WHERE kind = 'user_id' GROUP BY workspace_id, conversation_id) AS l
	ON l.workspace_id = i.workspace_id AND l.conversation_id = i.conversation_id
LEFT JOIN numbers AS n ON n.id = i.number_id
WHERE i.kind IN ('wa_id', 'user_id', 'parent_user_id');
-- Several user ids of one conversation are one customer, as they were.
INSERT INTO identity_changes(workspace_id, number_id, account, user_id, new_account, new_user_id, portfolio, at)
SELECT i.workspace_id, i.number_id, '', l.user_id, '', i.value, COALESCE(n.waba_id, ''), 0
FROM identities_2 AS i
JOIN (SELECT workspace_id, conversation_id, MIN(value) AS user_id FROM identities_2
	WHERE kind = 'user_id' GROUP BY workspace_id, conversation_id) AS l
	ON l.workspace_id = i.workspace_id AND l.conversation_id = i.conversation_id
	AND l.user_id <> i.value
LEFT JOIN numbers AS n ON n.id = i.number_id
WHERE i.kind = 'user_id';
DROP TABLE identities_2;

-- Segments of the address book's words are merged by the processor.  Takes no
-- time.
INSERT INTO contact_words(contact_words, rank) VALUES ('automerge', 0), ('crisismerge', 256);
INSERT INTO contact_digits(contact_digits, rank) VALUES ('automerge', 0), ('crisismerge', 256);

-- Files: how many bytes each workspace has, and uploads that nobody sent are
-- found.  Reads all of media and uploads: a second for a million of them.
CREATE TABLE workspace_files (
	workspace_id	INTEGER NOT NULL PRIMARY KEY,
	bytes		INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_of_upload ON outbox(upload_id) WHERE upload_id IS NOT NULL;
INSERT INTO workspace_files(workspace_id, bytes)
SELECT workspace_id, SUM(size) FROM (
	SELECT workspace_id, size FROM uploads
	UNION ALL SELECT workspace_id, size FROM media WHERE media_id IS NOT NULL AND size > 0) AS f
GROUP BY workspace_id;

CREATE TRIGGER files_upload_new AFTER INSERT ON uploads
BEGIN
	INSERT INTO workspace_files(workspace_id, bytes) VALUES (new.workspace_id, new.size)
	ON CONFLICT(workspace_id) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER files_upload_gone AFTER DELETE ON uploads
BEGIN
	UPDATE workspace_files SET bytes = bytes - old.size WHERE workspace_id = old.workspace_id;
END;
CREATE TRIGGER files_upload_moved AFTER UPDATE OF workspace_id, size ON uploads
BEGIN
	UPDATE workspace_files SET bytes = bytes - old.size WHERE workspace_id = old.workspace_id;
	INSERT INTO workspace_files(workspace_id, bytes) VALUES (new.workspace_id, new.size)
	ON CONFLICT(workspace_id) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER files_media_new AFTER INSERT ON media
WHEN new.media_id IS NOT NULL AND new.size > 0
BEGIN
	INSERT INTO workspace_files(workspace_id, bytes) VALUES (new.workspace_id, new.size)
	ON CONFLICT(workspace_id) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER files_media AFTER UPDATE OF workspace_id, media_id, size ON media
WHEN (old.media_id IS NOT NULL AND old.size > 0) OR (new.media_id IS NOT NULL AND new.size > 0)
BEGIN
	UPDATE workspace_files SET bytes = bytes - COALESCE(old.size, 0)
	WHERE workspace_id = old.workspace_id AND old.media_id IS NOT NULL;
	INSERT INTO workspace_files(workspace_id, bytes)
	VALUES (new.workspace_id, CASE WHEN new.media_id IS NULL THEN 0 ELSE COALESCE(new.size, 0) END)
	ON CONFLICT(workspace_id) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER files_media_gone AFTER DELETE ON media
WHEN old.media_id IS NOT NULL AND old.size > 0
BEGIN
	UPDATE workspace_files SET bytes = bytes - old.size WHERE workspace_id = old.workspace_id;
END;

-- Files are fetched in turns, a number each.  The index of pending ones is made
-- anew, which reads the files' rows once.
DROP INDEX media_due;
CREATE INDEX media_due ON media(state, number_id, due_at) WHERE state = 'pending';

-- How long queues are.  Writes nothing.
CREATE TABLE number_queues (
	number_id	INTEGER NOT NULL PRIMARY KEY,
	open		INTEGER NOT NULL
) STRICT;
