-- What a member's session sees of inbox.sql, as temporary views, and what it may
-- change, as their INSTEAD OF triggers: each connection runs this when it is
-- opened (src/session/session.c).  my_workspace(), my_user() and my_token() are
-- whom it serves; they answer NULL for nobody, and nothing equals NULL.
-- my_made() says which row an INSERT made, and my_missing(id) is NULL for a
-- conversation that the session has kept (src/session/session_cache.h).
--
-- A trigger's body may not write "main.", so views have names of their own: all
-- begin with my_, and so do the triggers'.  The authorizer
-- (src/session/session_authorizer.c) knows them by that.

-- -------------------------------------------------------------- to look at

CREATE TEMP VIEW my_conversations AS
	SELECT id, number_id, phone, user_id, group_id,
		CASE WHEN profile_name_at > 0 OR phone_book_name IS NULL
			THEN profile_name ELSE phone_book_name
			END AS profile_name,
		contact_id, link, status, is_read, unread_count,
		last_customer_message_at, last_message_at, last_message_id,
		last_message_preview, assigned_to, created_at, updated_at,
		window_ends, facets, my_missing(id) AS missing_id, username,
		blocked, marketing, marketing_at, marketing_source,
		unanswered_since, CASE status WHEN 'active' THEN 'open' ELSE
			COALESCE((SELECT s.state FROM set_aside s
				WHERE s.conversation_id = conversations.id),
			'closed') END AS state,
		CASE status WHEN 'archived' THEN (SELECT s.at
			FROM set_aside s
			WHERE s.conversation_id = conversations.id)
		END AS aside_at,
		phone_book_name,
		COALESCE(stored_message_id, last_message_id, 0) AS stored_id,
		(SELECT k.mark_id FROM conversation_marks k
			JOIN marks kt ON kt.id = k.mark_id
			AND kt.workspace_id = k.workspace_id
			WHERE k.workspace_id = my_workspace()
			AND k.conversation_id = conversations.id
			AND k.kind = 'team') AS team_id,
		CASE WHEN EXISTS (SELECT 1 FROM conversation_marks k
			WHERE k.workspace_id = my_workspace()
			AND k.conversation_id = conversations.id)
		THEN (SELECT group_concat(' ' || k.mark_id || ' ', '')
			FROM conversation_marks k
			WHERE k.workspace_id = my_workspace()
			AND k.conversation_id = conversations.id)
		END AS mark_ids
	FROM conversations WHERE workspace_id = my_workspace();

-- Who waits for an answer, and what is set aside.
CREATE TEMP VIEW my_unanswered AS
	SELECT since, conversation_id
	FROM unanswered WHERE workspace_id = my_workspace() AND since > 0;

CREATE TEMP VIEW my_set_aside AS
	SELECT conversation_id, state, at
	FROM set_aside WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_activities AS
	SELECT id, conversation_id, user_id, kind, text, subject, at, edited_at
	FROM activities WHERE workspace_id = my_workspace();

-- Nobody else's: not those of other members, either.
CREATE TEMP VIEW my_drafts AS
	SELECT conversation_id, text, reply_to, version, updated_at
	FROM drafts WHERE workspace_id = my_workspace() AND user_id = my_user();

CREATE TEMP VIEW my_seen_marks AS
	SELECT conversation_id, message_id, base_id
	FROM seen_marks WHERE workspace_id = my_workspace()
	AND user_id = my_user();

CREATE TEMP VIEW my_member_marks AS
	SELECT seen_id FROM member_marks
	WHERE workspace_id = my_workspace() AND user_id = my_user();

CREATE TEMP VIEW my_messages AS
	SELECT id, conversation_id, number_id, wamid, direction, source,
		type, CASE content WHEN '' THEN '{"body":"' || text || '"}' ELSE content END AS content,
		context, referral,
		CASE preview WHEN '' THEN COALESCE(SUBSTR(text, 1, 100), '') ELSE preview END AS preview,
		text, status, error, sender, sent_by, sent_at, edited_at,
		revoked_at, created_at, original,
		COALESCE(original_type, type) AS original_type, counts_unread
	FROM messages WHERE workspace_id = my_workspace();

-- What a message was before: by its wamid.
CREATE TEMP VIEW my_patches AS
	SELECT number_id, target_wamid, wamid, kind, at, type, content
	FROM message_patches WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_statuses AS
	SELECT number_id, wamid, status, participant, at, error, raw
	FROM message_statuses WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_reactions AS
	SELECT number_id, target_wamid, sender, emoji, at
	FROM reactions WHERE workspace_id = my_workspace();

-- By message, which is its only index.
CREATE TEMP VIEW my_media AS
	SELECT message_id, state, reason, mime_type, filename, size, path,
		width, height
	FROM media WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_contacts AS
	SELECT id, phone, user_id, name, email, created_at, updated_at,
		tag_ids, username
	FROM contacts WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_tags AS
	SELECT id, name, created_at
	FROM tags WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_contact_fields AS
	SELECT id, key, label, type, choices, created_at, updated_at
	FROM contact_fields WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_contact_values AS
	SELECT contact_id, field_id, value
	FROM contact_values WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_contact_tags AS
	SELECT contact_id, tag_id
	FROM contact_tags WHERE workspace_id = my_workspace()
	AND contact_id NOT IN (SELECT subject FROM jobs
		WHERE workspace_id = my_workspace()
		AND kind = 'contact_gone');

CREATE TEMP VIEW my_conversation_tags AS
	SELECT tag_id, status, last_message_at, conversation_id, tag_ids
	FROM conversation_tags WHERE workspace_id = my_workspace();

-- Teams and labels; and which conversation has which, also of those that are gone
-- and are still being taken off.
CREATE TEMP VIEW my_marks AS
	SELECT id, kind, name, color, created_at
	FROM marks WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_team_members AS
	SELECT team_id, user_id
	FROM team_members WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_conversation_marks AS
	SELECT conversation_id, mark_id, kind, status
	FROM conversation_marks WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_members AS
	SELECT m.user_id AS id, u.name AS name, u.email AS email,
		m.role AS role
	FROM workspace_members m CROSS JOIN users u ON u.id = m.user_id
	WHERE m.workspace_id = my_workspace();

CREATE TEMP VIEW my_former_members AS
	SELECT user_id AS id, name
	FROM former_members WHERE workspace_id = my_workspace();

-- One that is being moved has conversations in both workspaces.
CREATE TEMP VIEW my_numbers AS
	SELECT id, phone_number_id, display_phone,
		CASE WHEN moving_to IS NULL THEN 0 ELSE 1 END AS moving,
		provider, templates_at, templates_due_at, templates_error,
		health, health_at, health_error
	FROM numbers WHERE workspace_id = my_workspace()
	OR moving_to = my_workspace();

-- Webhooks of the workspace's numbers that are not applied.
CREATE TEMP VIEW my_held AS
	SELECT n.id AS number_id, h.state AS state,
		CASE WHEN substr(h.reason, 1, 9) = 'token-of-' THEN 'wrong_token'
		WHEN h.waits_for IS NOT NULL THEN 'number_moves'
		ELSE 'not_applied' END AS reason, h.updated_at AS updated_at
	FROM numbers n CROSS JOIN held h
		ON h.phone_number_id = n.phone_number_id
	WHERE n.workspace_id = my_workspace();

CREATE TEMP VIEW my_templates AS
	SELECT id, number_id, name, language, status, components, category,
		reason, read_at, asked, asked_due_at, request, error
	FROM templates WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_canned_replies AS
	SELECT id, shortcut, shortcut_key, text, created_at, updated_at
	FROM canned_replies WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_broadcasts AS
	SELECT id, from_number_id AS number_id, name, state, reason, tag_id,
		tag_place, label_id, label_place, counted, per_minute, start_at,
		created_by, created_at, started_by, started_at, ended_at,
		shown_at, template
	FROM broadcasts WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_broadcast_counts AS
	SELECT broadcast_id, waiting, queued, sent, delivered, read, failed,
		skipped
	FROM broadcast_counts WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_broadcast_recipients AS
	SELECT id, broadcast_id, who, state, reason, conversation_id,
		message_id, error_code
	FROM broadcast_recipients WHERE workspace_id = my_workspace();

-- Groups, each called by what its conversation knows.
CREATE TEMP VIEW my_shown_groups AS
	SELECT g.id AS id, g.number_id AS number_id, g.state AS state,
		COALESCE(c.profile_name, g.subject) AS subject,
		g.description AS description, g.approval AS approval,
		g.group_id AS group_id, g.invite_link AS invite_link,
		g.asked AS asked, COALESCE(m.user_id, f.user_id) AS asked_by,
		COALESCE(u.name, f.name) AS asker,
		g.asked_at AS asked_at, g.error AS error,
		c.id AS conversation_id
	FROM own_groups g LEFT JOIN identities i
		ON i.workspace_id = g.workspace_id
		AND i.number_id = g.number_id AND i.kind = 'group'
		AND i.value = g.group_id
	LEFT JOIN conversations c ON c.id = i.conversation_id
		AND c.workspace_id = g.workspace_id
	LEFT JOIN workspace_members m ON m.workspace_id = g.workspace_id
		AND m.user_id = g.asked_by
	LEFT JOIN users u ON u.id = m.user_id
	LEFT JOIN former_members f ON f.workspace_id = g.workspace_id
		AND f.user_id = g.asked_by
	WHERE g.workspace_id = my_workspace();

-- What members want of groups.
CREATE TEMP VIEW my_own_groups AS
	SELECT id, number_id, state, subject, description, approval, asked,
		asked_at, request
	FROM own_groups WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_group_participants AS
	SELECT id, conversation_id, is_user_id, participant, pair, name,
		seen_at, left_at
	FROM group_participants WHERE workspace_id = my_workspace();

-- Who asks to join a group, and has no answer.  Two rows that name each other
-- are one person: that of the user id stands for both.
CREATE TEMP VIEW my_join_requests AS
	SELECT p.id AS id, p.conversation_id AS conversation_id,
		p.is_user_id AS is_user_id, p.participant AS participant,
		o.participant AS other, COALESCE(p.name, o.name) AS name,
		CASE WHEN o.asks_at > p.asks_at THEN o.asks_id
			ELSE p.asks_id END AS asks_id,
		CASE WHEN o.asks_at > p.asks_at THEN o.asks_at
			ELSE p.asks_at END AS asks_at
	FROM group_participants p LEFT JOIN group_participants o
		ON o.workspace_id = p.workspace_id
		AND o.conversation_id = p.conversation_id
		AND o.participant = p.pair AND o.pair = p.participant
	WHERE p.workspace_id = my_workspace()
	AND (p.is_user_id = 1 OR o.id IS NULL)
	AND ((p.asks_at > p.answered_at AND p.asks_at > p.seen_at
			AND p.asks_at > COALESCE(o.answered_at, 0)
			AND p.asks_at > COALESCE(o.seen_at, 0))
		OR (o.asks_at > p.answered_at AND o.asks_at > p.seen_at
			AND o.asks_at > o.answered_at
			AND o.asks_at > o.seen_at));

-- Under what else a customer is known, for links.
CREATE TEMP VIEW my_accounts AS
	SELECT i.value AS wa_id, i.conversation_id AS conversation_id
	FROM numbers n CROSS JOIN identities i
		ON i.workspace_id = n.workspace_id AND i.number_id = n.id
	WHERE n.workspace_id = my_workspace() AND i.kind = 'wa_id';

CREATE TEMP VIEW my_user_ids AS
	SELECT i.value AS user_id, i.conversation_id AS conversation_id
	FROM numbers n CROSS JOIN identities i
		ON i.workspace_id = n.workspace_id AND i.number_id = n.id
	WHERE n.workspace_id = my_workspace() AND i.kind = 'user_id';

CREATE TEMP VIEW my_counters AS
	SELECT total, unread, archived
	FROM counters WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_report_counts AS
	SELECT slot, number_id, user_id, received, sent, automatic, started,
		closed, answers, answer_seconds
	FROM report_counts WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_window_hours AS
	SELECT hour, conversations
	FROM window_hours WHERE workspace_id = my_workspace();

-- The audit trail is for owners and admins.  Nobody's session, which writes down
-- events for all, does not see it.
CREATE TEMP VIEW my_workspace_events AS
	SELECT id, number_id, field, at, raw, created_at,
		CASE WHEN 1 = 0 THEN hash END AS hash
	FROM workspace_events WHERE workspace_id = my_workspace()
	AND (field NOT IN ('workspace_members', 'workspace_invitations',
		'workspace_tokens')
		OR EXISTS (SELECT 1 FROM workspace_members
			WHERE workspace_id = my_workspace()
			AND user_id = my_user()
			AND role IN ('owner', 'admin')));

-- What is another member's own is there, so that seq has no gap, and says
-- nothing.  Nobody's session, which writes down events for all, sees whose it is
-- (api/realtime/change_poller.c).
CREATE TEMP VIEW my_changes AS
	SELECT seq, CASE WHEN type IN ('draft.updated', 'seen.updated')
			AND object_id <> my_user()
			THEN 'hidden' ELSE type END AS type,
		CASE WHEN type IN ('draft.updated', 'seen.updated')
			AND object_id <> my_user()
			THEN 0 ELSE object_id END AS object_id,
		CASE WHEN type IN ('draft.updated', 'seen.updated')
			AND object_id <> my_user()
			THEN NULL ELSE conversation_id END AS conversation_id
	FROM changes WHERE workspace_id = my_workspace();

-- Conversations whose messages are on their way into others (merge.h).
CREATE TEMP VIEW my_merges AS
	SELECT subject AS gone, target AS keep
	FROM jobs WHERE workspace_id = my_workspace() AND kind = 'merge';

-- Nobody reads these: a contact whose conversations are to follow.
CREATE TEMP VIEW my_links AS
	SELECT subject AS contact_id
	FROM jobs WHERE workspace_id = my_workspace()
	AND kind = 'contact_links';

-- Who may what.  Nobody else's session changes it (my_member_role_…).
CREATE TEMP VIEW my_member_roles AS
	SELECT user_id, role
	FROM workspace_members WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_settings AS
	SELECT id, second_factor, reactions_unread
	FROM workspaces WHERE id = my_workspace();

CREATE TEMP VIEW my_hours AS
	SELECT time_zone, opening_hours, automatic_answer, changed_at
	FROM workspace_settings WHERE workspace_id = my_workspace();

-- What lets programs, and browsers of this member, in; and whom a link waits
-- for.  A hash is written here and never read.
CREATE TEMP VIEW my_api_tokens AS
	SELECT id, user_id, name, created_at, expires_at, last_used_at,
		revoked_at, CASE WHEN 1 = 0 THEN hash END AS hash
	FROM api_tokens WHERE workspace_id = my_workspace() AND kind = 'token';

CREATE TEMP VIEW my_sessions AS
	SELECT id, created_at, last_used_at, expires_at, address, second_factor
	FROM api_tokens WHERE workspace_id = my_workspace()
	AND user_id = my_user() AND kind = 'session';

-- Where changes are posted to is a matter of admins: an address may hold a key.
-- The command line is nobody and may, too.  A secret is written and never read.
CREATE TEMP VIEW my_webhook_endpoints AS
	SELECT id, url, description, events, CASE WHEN 1 = 0 THEN secret END AS secret,
		old_secret_until, state, reason, after_seq, failures,
		failing_since, due_at, tried_at, delivered_at, status, error,
		created_by, created_at, updated_at
	FROM webhook_endpoints WHERE workspace_id = my_workspace()
	AND (my_user() IS NULL OR EXISTS (SELECT 1 FROM workspace_members AS m
		WHERE m.workspace_id = my_workspace() AND m.user_id = my_user()
		AND m.role <> 'agent'));

CREATE TEMP VIEW my_webhook_deliveries AS
	SELECT id, endpoint_id, seq, last_seq, type, object_id, conversation_id,
		state, attempts, due_at, created_at, tried_at, status, error
	FROM webhook_deliveries WHERE workspace_id = my_workspace()
	AND (my_user() IS NULL OR EXISTS (SELECT 1 FROM workspace_members AS m
		WHERE m.workspace_id = my_workspace() AND m.user_id = my_user()
		AND m.role <> 'agent'));

CREATE TEMP VIEW my_invitations AS
	SELECT id, email, name, role, invited_by, created_at, expires_at,
		CASE WHEN 1 = 0 THEN hash END AS hash
	FROM invitations WHERE workspace_id = my_workspace();

-- Members do not read these: the hashes are for signing in.
CREATE TEMP VIEW my_tickets AS
	SELECT hash, expires_at
	FROM tickets WHERE workspace_id = my_workspace()
	AND token_id = my_token();

-- How the nodes are: of no workspace, and nothing of any.
CREATE TEMP VIEW my_nodes AS
	SELECT node, seen_at, waiting, oldest_at, deferred, dead,
		spool_bytes, spool_wal, inbox_wal, outbox_open, media_pending,
		media_stopped, paused, awaited, clock_off, search_waiting
	FROM node_health;

CREATE TEMP VIEW my_idempotency_keys AS
	SELECT key, request_hash, status, location, body, created_at
	FROM idempotency_keys
	WHERE workspace_id = my_workspace() AND user_id = my_user();

CREATE TEMP VIEW my_erasures AS
	SELECT id, conversation_id, state, messages, deliveries, asked_at,
		done_at
	FROM erasures WHERE workspace_id = my_workspace();

-- --------------------------------------------------------------- to search

-- Where the member's own messages are in the index, and whether all are.
CREATE TEMP VIEW my_search_partitions AS
	SELECT first_id, partition
	FROM search_partitions WHERE workspace_id = my_workspace();

-- An index that lacks words of the member's rows: it is being built, or rows
-- were stored or changed a moment ago.  Of those that wait the first are looked
-- at; when they are many, some may be the member's.
CREATE TEMP VIEW my_search_state AS
	SELECT s.kind AS kind, s.from_id AS from_id
	FROM search_indexed AS s
	WHERE s.from_id > 0 OR CASE s.kind
	WHEN 'message' THEN
		(SELECT COUNT(*) = 64 OR COALESCE(MAX(w = my_workspace()), 0)
		FROM (SELECT workspace_id AS w FROM messages
			WHERE id > s.upto_id ORDER BY id LIMIT 64) AS my_rows)
		OR (SELECT COUNT(*) = 64
			OR COALESCE(MAX(w = my_workspace()), 0)
		FROM (SELECT (SELECT workspace_id FROM messages
				WHERE id = t.id) AS w
			FROM search_stale AS t WHERE t.kind = 'message'
			ORDER BY t.id LIMIT 64) AS my_rows)
	WHEN 'conversation' THEN
		(SELECT COUNT(*) = 64 OR COALESCE(MAX(w = my_workspace()), 0)
		FROM (SELECT workspace_id AS w FROM conversations
			WHERE id > s.upto_id ORDER BY id LIMIT 64) AS my_rows)
		OR (SELECT COUNT(*) = 64
			OR COALESCE(MAX(w = my_workspace()), 0)
		FROM (SELECT (SELECT workspace_id FROM conversations
				WHERE id = t.id) AS w
			FROM search_stale AS t WHERE t.kind = 'conversation'
			ORDER BY t.id LIMIT 64) AS my_rows)
	WHEN 'contact' THEN
		(SELECT COUNT(*) = 64 OR COALESCE(MAX(w = my_workspace()), 0)
		FROM (SELECT workspace_id AS w FROM contacts
			WHERE id > s.upto_id ORDER BY id LIMIT 64) AS my_rows)
		OR (SELECT COUNT(*) = 64
			OR COALESCE(MAX(w = my_workspace()), 0)
		FROM (SELECT (SELECT workspace_id FROM contacts
				WHERE id = t.id) AS w
			FROM search_stale AS t WHERE t.kind = 'contact'
			ORDER BY t.id LIMIT 64) AS my_rows)
	END;

-- The words come first, then whose they are: CROSS JOIN keeps that order.  Words
-- of a row that has changed since are not its own any more; nearly always there
-- is none, and no conversation that is being merged, which is looked at once.
CREATE TEMP VIEW my_message_words AS
	SELECT w.rowid AS id, CASE WHEN EXISTS (SELECT 1 FROM jobs
			WHERE workspace_id = my_workspace() AND kind = 'merge')
		THEN COALESCE((SELECT j.target FROM jobs j
			WHERE j.workspace_id = my_workspace()
			AND j.kind = 'merge'
			AND j.subject = m.conversation_id), m.conversation_id)
		ELSE m.conversation_id END AS conversation_id,
		w.message_words AS words
	FROM message_words w CROSS JOIN messages m ON m.id = w.rowid
	WHERE m.workspace_id = my_workspace()
	AND (NOT EXISTS (SELECT 1 FROM search_stale WHERE kind = 'message')
		OR NOT EXISTS (SELECT 1 FROM search_stale
			WHERE kind = 'message' AND id = w.rowid));

CREATE TEMP VIEW my_conversation_words AS
	SELECT w.rowid AS id, w.conversation_words AS words
	FROM conversation_words w CROSS JOIN conversations c ON c.id = w.rowid
	WHERE c.workspace_id = my_workspace()
	AND (NOT EXISTS (SELECT 1 FROM search_stale
			WHERE kind = 'conversation')
		OR NOT EXISTS (SELECT 1 FROM search_stale
			WHERE kind = 'conversation' AND id = w.rowid));

CREATE TEMP VIEW my_conversation_digits AS
	SELECT w.rowid AS id, w.conversation_digits AS words, c.phone AS phone
	FROM conversation_digits w CROSS JOIN conversations c ON c.id = w.rowid
	WHERE c.workspace_id = my_workspace()
	AND (NOT EXISTS (SELECT 1 FROM search_stale
			WHERE kind = 'conversation')
		OR NOT EXISTS (SELECT 1 FROM search_stale
			WHERE kind = 'conversation' AND id = w.rowid));

CREATE TEMP VIEW my_contact_words AS
	SELECT w.rowid AS id, w.contact_words AS words
	FROM contact_words w CROSS JOIN contacts c ON c.id = w.rowid
	WHERE c.workspace_id = my_workspace()
	AND (NOT EXISTS (SELECT 1 FROM search_stale
			WHERE kind = 'contact')
		OR NOT EXISTS (SELECT 1 FROM search_stale
			WHERE kind = 'contact' AND id = w.rowid));

CREATE TEMP VIEW my_contact_digits AS
	SELECT w.rowid AS id, w.contact_digits AS words, c.phone AS phone
	FROM contact_digits w CROSS JOIN contacts c ON c.id = w.rowid
	WHERE c.workspace_id = my_workspace()
	AND (NOT EXISTS (SELECT 1 FROM search_stale
			WHERE kind = 'contact')
		OR NOT EXISTS (SELECT 1 FROM search_stale
			WHERE kind = 'contact' AND id = w.rowid));

-- --------------------------------------------------------------- to change

-- The list of its templates is read anew.
CREATE TEMP TRIGGER my_number_changed
INSTEAD OF UPDATE OF templates_due_at ON my_numbers
BEGIN
	UPDATE numbers SET templates_due_at = new.templates_due_at
	WHERE workspace_id = my_workspace() AND id = old.id;
END;

-- A template that is wanted: of a number of the workspace that stays.
CREATE TEMP TRIGGER my_template_new INSTEAD OF INSERT ON my_templates
BEGIN
	INSERT INTO templates(workspace_id, number_id, name, language, status,
		components, category, read_at, asked, asked_due_at, request)
	SELECT my_workspace(), id, new.name, new.language, new.status,
		new.components, new.category, new.read_at, 'create',
		new.asked_due_at, new.request
	FROM numbers WHERE id = new.number_id
	AND workspace_id = my_workspace() AND moving_to IS NULL;
END;

-- A group that is wanted, of a number that stays.
CREATE TEMP TRIGGER my_own_group_new INSTEAD OF INSERT ON my_own_groups
BEGIN
	INSERT INTO own_groups(workspace_id, number_id, state, subject,
		description, approval, asked, asked_by, asked_at, due_at)
	SELECT my_workspace(), id, 'creating', new.subject, new.description,
		new.approval, 'create', my_user(), new.asked_at, new.asked_at
	FROM numbers WHERE id = new.number_id
	AND workspace_id = my_workspace() AND moving_to IS NULL;
	SELECT my_made();
END;

-- What is wanted of one that is there.
CREATE TEMP TRIGGER my_own_group_asked
INSTEAD OF UPDATE OF asked, request, asked_at ON my_own_groups
WHEN new.asked IN ('change', 'picture', 'link', 'requests', 'approve',
	'reject', 'remove', 'end')
BEGIN
	UPDATE own_groups SET asked = new.asked, request = new.request,
		asked_by = my_user(), asked_at = new.asked_at,
		asking = asking + 1, attempts = 0, due_at = new.asked_at,
		error = NULL
	WHERE workspace_id = my_workspace() AND id = old.id
	AND state = 'there';
END;

-- One that was never made is forgotten.
CREATE TEMP TRIGGER my_own_group_gone INSTEAD OF DELETE ON my_own_groups
BEGIN
	DELETE FROM own_groups
	WHERE workspace_id = my_workspace() AND id = old.id
	AND state = 'refused';
END;

CREATE TEMP TRIGGER my_template_changed
INSTEAD OF UPDATE OF status, components, category, asked, asked_due_at,
	request, error ON my_templates
BEGIN
	UPDATE templates SET status = new.status, components = new.components,
		category = new.category, asked = new.asked,
		asked_due_at = new.asked_due_at, request = new.request,
		error = new.error
	WHERE workspace_id = my_workspace() AND id = old.id;
END;

-- A contact or a member of another workspace is none: nothing is written.
CREATE TEMP TRIGGER my_conversation_changed
INSTEAD OF UPDATE OF status, is_read, unread_count, contact_id, link,
	assigned_to, updated_at, unanswered_since ON my_conversations
BEGIN
	UPDATE conversations SET status = new.status, is_read = new.is_read,
		unread_count = new.unread_count, contact_id = new.contact_id,
		link = new.link, assigned_to = new.assigned_to,
		updated_at = new.updated_at,
		unanswered_since = CASE WHEN new.unanswered_since IS NOT NULL
			THEN unanswered_since END
	WHERE workspace_id = my_workspace() AND id = old.id
	AND (new.contact_id IS NULL OR EXISTS (SELECT 1 FROM contacts
		WHERE workspace_id = my_workspace() AND id = new.contact_id))
	AND (new.assigned_to IS NULL OR EXISTS (SELECT 1
		FROM workspace_members
		WHERE workspace_id = my_workspace()
		AND user_id = new.assigned_to));
END;

-- Of an archived one; that it is active again ends it.
CREATE TEMP TRIGGER my_set_aside_new INSTEAD OF INSERT ON my_set_aside
BEGIN
	INSERT INTO set_aside(conversation_id, workspace_id, state, at)
	SELECT id, my_workspace(), new.state, new.at FROM conversations
	WHERE workspace_id = my_workspace() AND id = new.conversation_id
	AND status = 'archived'
	ON CONFLICT (conversation_id) DO UPDATE SET state = excluded.state,
		at = excluded.at;
END;

CREATE TEMP TRIGGER my_set_aside_gone INSTEAD OF DELETE ON my_set_aside
BEGIN
	DELETE FROM set_aside WHERE workspace_id = my_workspace()
	AND conversation_id = old.conversation_id;
END;

-- By the member, whoever says it; what is too much goes, but no note.
CREATE TEMP TRIGGER my_activity_new INSTEAD OF INSERT ON my_activities
BEGIN
	INSERT INTO activities(workspace_id, conversation_id, user_id, kind,
		text, subject, at)
	SELECT my_workspace(), id, my_user(), new.kind, new.text, new.subject,
		new.at
	FROM conversations
	WHERE workspace_id = my_workspace() AND id = new.conversation_id;
	SELECT my_made();
	DELETE FROM activities WHERE id IN (SELECT id FROM activities
		WHERE workspace_id = my_workspace()
		AND conversation_id = new.conversation_id AND kind <> 'note'
		ORDER BY id DESC LIMIT 10 OFFSET 1000);
END;

-- Of a note, and who wrote it.
CREATE TEMP TRIGGER my_activity_changed
INSTEAD OF UPDATE OF text, edited_at ON my_activities
BEGIN
	UPDATE activities SET text = new.text, edited_at = new.edited_at
	WHERE workspace_id = my_workspace() AND id = old.id
	AND kind = 'note' AND user_id = my_user();
END;

CREATE TEMP TRIGGER my_activity_gone INSTEAD OF DELETE ON my_activities
BEGIN
	DELETE FROM activities WHERE workspace_id = my_workspace()
	AND id = old.id AND kind = 'note';
END;

-- One of a conversation.  Its version is one more than that of the draft which
-- the member wrote before, whatever that was about.
CREATE TEMP TRIGGER my_draft_new INSTEAD OF INSERT ON my_drafts
WHEN EXISTS (SELECT 1 FROM conversations
	WHERE workspace_id = my_workspace() AND id = new.conversation_id)
AND my_user() IS NOT NULL
BEGIN
	INSERT INTO member_marks(workspace_id, user_id, draft_version)
	VALUES (my_workspace(), my_user(), 1)
	ON CONFLICT (workspace_id, user_id)
	DO UPDATE SET draft_version = member_marks.draft_version + 1;
	INSERT INTO drafts(workspace_id, user_id, conversation_id, text,
		reply_to, version, updated_at)
	SELECT my_workspace(), my_user(), new.conversation_id, new.text,
		(SELECT id FROM messages WHERE workspace_id = my_workspace()
			AND conversation_id = new.conversation_id
			AND id = new.reply_to),
		draft_version, new.updated_at
	FROM member_marks
	WHERE workspace_id = my_workspace() AND user_id = my_user()
	ON CONFLICT (workspace_id, conversation_id, user_id) DO UPDATE SET
		text = excluded.text, reply_to = excluded.reply_to,
		version = excluded.version, updated_at = excluded.updated_at;
END;

CREATE TEMP TRIGGER my_draft_gone INSTEAD OF DELETE ON my_drafts
BEGIN
	DELETE FROM drafts WHERE workspace_id = my_workspace()
	AND user_id = my_user() AND conversation_id = old.conversation_id;
END;

-- Marks that are void go along, a few at a time.
CREATE TEMP TRIGGER my_seen_mark_new INSTEAD OF INSERT ON my_seen_marks
BEGIN
	INSERT INTO seen_marks(workspace_id, user_id, conversation_id,
		message_id, base_id)
	SELECT my_workspace(), my_user(), c.id, new.message_id, k.seen_id
	FROM member_marks k CROSS JOIN conversations c
	WHERE k.workspace_id = my_workspace() AND k.user_id = my_user()
	AND c.workspace_id = my_workspace() AND c.id = new.conversation_id
	ON CONFLICT (workspace_id, conversation_id, user_id) DO UPDATE SET
		message_id = excluded.message_id, base_id = excluded.base_id;
	DELETE FROM seen_marks WHERE id IN (SELECT id FROM seen_marks
		WHERE workspace_id = my_workspace() AND user_id = my_user()
		AND base_id < (SELECT seen_id FROM member_marks
			WHERE workspace_id = my_workspace()
			AND user_id = my_user()) LIMIT 20);
END;

-- All that there is.
CREATE TEMP TRIGGER my_member_mark_changed
INSTEAD OF UPDATE OF seen_id ON my_member_marks
BEGIN
	UPDATE member_marks
	SET seen_id = (SELECT COALESCE(MAX(id), 0) FROM messages)
	WHERE workspace_id = my_workspace() AND user_id = my_user();
END;

CREATE TEMP TRIGGER my_contact_new INSTEAD OF INSERT ON my_contacts
BEGIN
	INSERT INTO contacts(workspace_id, phone, user_id, name, email,
		created_at, updated_at)
	VALUES (my_workspace(), new.phone, new.user_id, new.name, new.email,
		new.created_at, new.updated_at);
END;

CREATE TEMP TRIGGER my_contact_changed
INSTEAD OF UPDATE OF phone, user_id, name, email, updated_at ON my_contacts
BEGIN
	UPDATE contacts SET phone = new.phone, user_id = new.user_id,
		name = new.name, email = new.email, updated_at = new.updated_at
	WHERE workspace_id = my_workspace() AND id = old.id;
END;

CREATE TEMP TRIGGER my_contact_gone INSTEAD OF DELETE ON my_contacts
BEGIN
	DELETE FROM contacts
	WHERE workspace_id = my_workspace() AND id = old.id;
END;

CREATE TEMP TRIGGER my_link_later INSTEAD OF INSERT ON my_links
BEGIN
	INSERT INTO jobs(workspace_id, kind, subject)
	SELECT my_workspace(), 'contact_links', id FROM contacts
	WHERE workspace_id = my_workspace() AND id = new.contact_id
	ON CONFLICT (workspace_id, kind, subject, target, name)
	DO UPDATE SET place = 0;
END;

-- Made once, however many ask for it.
CREATE TEMP TRIGGER my_tag_new INSTEAD OF INSERT ON my_tags
BEGIN
	INSERT INTO tags(workspace_id, name, created_at)
	VALUES (my_workspace(), new.name, new.created_at)
	ON CONFLICT (workspace_id, name) DO NOTHING;
END;

CREATE TEMP TRIGGER my_tag_changed INSTEAD OF UPDATE OF name ON my_tags
BEGIN
	UPDATE tags SET name = new.name
	WHERE workspace_id = my_workspace() AND id = old.id;
END;

CREATE TEMP TRIGGER my_tag_gone INSTEAD OF DELETE ON my_tags
BEGIN
	DELETE FROM tags WHERE workspace_id = my_workspace() AND id = old.id;
END;

CREATE TEMP TRIGGER my_contact_tag_new INSTEAD OF INSERT ON my_contact_tags
BEGIN
	INSERT INTO contact_tags(workspace_id, contact_id, tag_id)
	SELECT my_workspace(), new.contact_id, new.tag_id
	WHERE EXISTS (SELECT 1 FROM contacts
		WHERE workspace_id = my_workspace() AND id = new.contact_id)
	AND EXISTS (SELECT 1 FROM tags
		WHERE workspace_id = my_workspace() AND id = new.tag_id)
	ON CONFLICT (workspace_id, contact_id, tag_id) DO NOTHING;
END;

CREATE TEMP TRIGGER my_contact_tag_gone
INSTEAD OF DELETE ON my_contact_tags
BEGIN
	DELETE FROM contact_tags WHERE workspace_id = my_workspace()
	AND contact_id = old.contact_id AND tag_id = old.tag_id;
END;

CREATE TEMP TRIGGER my_contact_field_new INSTEAD OF INSERT ON my_contact_fields
WHEN my_workspace() IS NOT NULL
BEGIN
	INSERT INTO contact_fields(workspace_id, key, label, type, choices,
		created_at, updated_at)
	VALUES (my_workspace(), new.key, new.label, new.type, new.choices,
		new.created_at, new.updated_at);
	SELECT my_made();
END;

CREATE TEMP TRIGGER my_contact_field_changed
INSTEAD OF UPDATE OF label, choices, updated_at ON my_contact_fields
BEGIN
	UPDATE contact_fields SET label = new.label, choices = new.choices,
		updated_at = new.updated_at
	WHERE workspace_id = my_workspace() AND id = old.id;
END;

CREATE TEMP TRIGGER my_contact_field_gone INSTEAD OF DELETE ON my_contact_fields
BEGIN
	DELETE FROM contact_fields
	WHERE workspace_id = my_workspace() AND id = old.id;
END;

-- A contact or a field of another workspace is none: nothing is written.
CREATE TEMP TRIGGER my_contact_value_new INSTEAD OF INSERT ON my_contact_values
BEGIN
	INSERT INTO contact_values(workspace_id, contact_id, field_id, value)
	SELECT my_workspace(), new.contact_id, new.field_id, new.value
	WHERE EXISTS (SELECT 1 FROM contacts
		WHERE workspace_id = my_workspace() AND id = new.contact_id)
	AND EXISTS (SELECT 1 FROM contact_fields
		WHERE workspace_id = my_workspace() AND id = new.field_id)
	ON CONFLICT (workspace_id, contact_id, field_id)
	DO UPDATE SET value = excluded.value;
END;

CREATE TEMP TRIGGER my_contact_value_gone INSTEAD OF DELETE ON my_contact_values
BEGIN
	DELETE FROM contact_values WHERE workspace_id = my_workspace()
	AND contact_id = old.contact_id AND field_id = old.field_id;
END;

CREATE TEMP TRIGGER my_canned_reply_new INSTEAD OF INSERT ON my_canned_replies
WHEN my_workspace() IS NOT NULL
BEGIN
	INSERT INTO canned_replies(workspace_id, shortcut, shortcut_key, text,
		created_at, updated_at)
	VALUES (my_workspace(), new.shortcut, new.shortcut_key, new.text,
		new.created_at, new.updated_at);
	SELECT my_made();
END;

CREATE TEMP TRIGGER my_canned_reply_changed
INSTEAD OF UPDATE OF shortcut, shortcut_key, text, updated_at
ON my_canned_replies
BEGIN
	UPDATE canned_replies SET shortcut = new.shortcut,
		shortcut_key = new.shortcut_key, text = new.text,
		updated_at = new.updated_at
	WHERE workspace_id = my_workspace() AND id = old.id;
END;

CREATE TEMP TRIGGER my_canned_reply_gone INSTEAD OF DELETE ON my_canned_replies
BEGIN
	DELETE FROM canned_replies
	WHERE workspace_id = my_workspace() AND id = old.id;
END;

CREATE TEMP TRIGGER my_mark_new INSTEAD OF INSERT ON my_marks
BEGIN
	INSERT INTO marks(workspace_id, kind, name, color, created_at)
	VALUES (my_workspace(), new.kind, new.name, new.color, new.created_at);
	SELECT my_made();
END;

CREATE TEMP TRIGGER my_mark_changed INSTEAD OF UPDATE OF name, color ON my_marks
BEGIN
	UPDATE marks SET name = new.name, color = new.color
	WHERE workspace_id = my_workspace() AND id = old.id;
END;

CREATE TEMP TRIGGER my_mark_gone INSTEAD OF DELETE ON my_marks
BEGIN
	DELETE FROM marks WHERE workspace_id = my_workspace() AND id = old.id;
END;

CREATE TEMP TRIGGER my_team_member_new INSTEAD OF INSERT ON my_team_members
BEGIN
	INSERT INTO team_members(workspace_id, team_id, user_id)
	SELECT my_workspace(), new.team_id, new.user_id
	WHERE EXISTS (SELECT 1 FROM marks WHERE workspace_id = my_workspace()
		AND id = new.team_id AND kind = 'team')
	AND EXISTS (SELECT 1 FROM workspace_members
		WHERE workspace_id = my_workspace() AND user_id = new.user_id)
	ON CONFLICT (workspace_id, team_id, user_id) DO NOTHING;
END;

CREATE TEMP TRIGGER my_team_member_gone INSTEAD OF DELETE ON my_team_members
BEGIN
	DELETE FROM team_members WHERE workspace_id = my_workspace()
	AND team_id = old.team_id AND user_id = old.user_id;
END;

-- Of a conversation and a mark of the workspace; of teams it has one.
CREATE TEMP TRIGGER my_conversation_mark_new
INSTEAD OF INSERT ON my_conversation_marks
BEGIN
	DELETE FROM conversation_marks WHERE workspace_id = my_workspace()
	AND conversation_id = new.conversation_id AND kind = 'team'
	AND mark_id <> new.mark_id AND EXISTS (SELECT 1 FROM marks
		WHERE workspace_id = my_workspace() AND id = new.mark_id
		AND kind = 'team');
	INSERT INTO conversation_marks(workspace_id, conversation_id, mark_id,
		kind, status)
	SELECT my_workspace(), c.id, k.id, k.kind, c.status
	FROM conversations c CROSS JOIN marks k
	WHERE c.workspace_id = my_workspace() AND c.id = new.conversation_id
	AND k.workspace_id = my_workspace() AND k.id = new.mark_id
	ON CONFLICT (workspace_id, conversation_id, mark_id) DO NOTHING;
END;

CREATE TEMP TRIGGER my_conversation_mark_gone
INSTEAD OF DELETE ON my_conversation_marks
BEGIN
	DELETE FROM conversation_marks WHERE workspace_id = my_workspace()
	AND conversation_id = old.conversation_id AND mark_id = old.mark_id;
END;

CREATE TEMP TRIGGER my_ticket_new INSTEAD OF INSERT ON my_tickets
WHEN my_token() IS NOT NULL
BEGIN
	INSERT INTO tickets(hash, workspace_id, token_id, expires_at)
	VALUES (new.hash, my_workspace(), my_token(), new.expires_at);
END;

-- An owner may all, an admin what concerns agents; and one owner stays.  The
-- table of routes says so first (api/resource/route_table.c).
CREATE TEMP TRIGGER my_member_role_changed
INSTEAD OF UPDATE OF role ON my_member_roles
WHEN EXISTS (SELECT 1 FROM workspace_members
	WHERE workspace_id = my_workspace() AND user_id = my_user()
	AND (role = 'owner'
		OR role = 'admin' AND old.role = 'agent' AND new.role = 'agent'))
AND (old.role <> 'owner' OR EXISTS (SELECT 1 FROM workspace_members
	WHERE workspace_id = my_workspace() AND role = 'owner'
	AND user_id <> old.user_id))
BEGIN
	UPDATE workspace_members SET role = new.role
	WHERE workspace_id = my_workspace() AND user_id = old.user_id;
END;

CREATE TEMP TRIGGER my_setting_changed
INSTEAD OF UPDATE OF second_factor, reactions_unread ON my_settings
WHEN EXISTS (SELECT 1 FROM workspace_members
	WHERE workspace_id = my_workspace() AND user_id = my_user()
	AND role = 'owner')
BEGIN
	UPDATE workspaces SET second_factor = new.second_factor,
		reactions_unread = new.reactions_unread
	WHERE id = my_workspace();
END;

CREATE TEMP TRIGGER my_hours_set INSTEAD OF INSERT ON my_hours
WHEN EXISTS (SELECT 1 FROM workspace_members
	WHERE workspace_id = my_workspace() AND user_id = my_user()
	AND role = 'owner')
BEGIN
	INSERT INTO workspace_settings(workspace_id, time_zone, opening_hours,
		automatic_answer, changed_at)
	VALUES (my_workspace(), new.time_zone, new.opening_hours,
		new.automatic_answer, new.changed_at)
	ON CONFLICT (workspace_id) DO UPDATE SET
		time_zone = excluded.time_zone,
		opening_hours = excluded.opening_hours,
		automatic_answer = excluded.automatic_answer,
		changed_at = excluded.changed_at;
END;

-- What an owner changed, and an admin; what the provider says is not a member's to
-- say.
CREATE TEMP TRIGGER my_workspace_event_new
INSTEAD OF INSERT ON my_workspace_events
WHEN new.field IN ('workspace_settings', 'workspace_members',
	'workspace_invitations', 'workspace_tokens') AND EXISTS (SELECT 1
	FROM workspace_members
	WHERE workspace_id = my_workspace() AND user_id = my_user()
	AND (role = 'owner' OR role = 'admin' AND new.field IN
		('workspace_members', 'workspace_invitations')))
BEGIN
	INSERT INTO workspace_events(workspace_id, field, at, raw, hash,
		created_at)
	VALUES (my_workspace(), new.field, new.at, new.raw, new.hash,
		new.created_at)
	ON CONFLICT (workspace_id, hash) DO NOTHING;
END;

CREATE TEMP TRIGGER my_api_token_new INSTEAD OF INSERT ON my_api_tokens
WHEN EXISTS (SELECT 1 FROM workspace_members
	WHERE workspace_id = my_workspace() AND user_id = my_user()
	AND role = 'owner')
BEGIN
	INSERT INTO api_tokens(workspace_id, user_id, hash, name, created_at,
		expires_at)
	VALUES (my_workspace(), new.user_id, new.hash, new.name,
		new.created_at, new.expires_at);
	SELECT my_made();
END;

CREATE TEMP TRIGGER my_api_token_changed
INSTEAD OF UPDATE OF revoked_at ON my_api_tokens
WHEN EXISTS (SELECT 1 FROM workspace_members
	WHERE workspace_id = my_workspace() AND user_id = my_user()
	AND role = 'owner')
BEGIN
	UPDATE api_tokens SET revoked_at = coalesce(revoked_at, new.revoked_at)
	WHERE workspace_id = my_workspace() AND id = old.id;
END;

CREATE TEMP TRIGGER my_session_gone INSTEAD OF DELETE ON my_sessions
BEGIN
	DELETE FROM api_tokens WHERE workspace_id = my_workspace()
	AND user_id = my_user() AND kind = 'session' AND id = old.id;
END;

CREATE TEMP TRIGGER my_invitation_new INSTEAD OF INSERT ON my_invitations
WHEN EXISTS (SELECT 1 FROM workspace_members
	WHERE workspace_id = my_workspace() AND user_id = my_user()
	AND (role = 'owner' OR role = 'admin' AND new.role = 'agent'))
BEGIN
	DELETE FROM invitations
	WHERE workspace_id = my_workspace() AND email = new.email;
	INSERT INTO invitations(workspace_id, email, name, role, hash,
		invited_by, created_at, expires_at)
	VALUES (my_workspace(), new.email, new.name, new.role, new.hash,
		my_user(), new.created_at, new.expires_at);
	SELECT my_made();
END;

CREATE TEMP TRIGGER my_invitation_gone INSTEAD OF DELETE ON my_invitations
WHEN EXISTS (SELECT 1 FROM workspace_members
	WHERE workspace_id = my_workspace() AND user_id = my_user()
	AND (role = 'owner' OR role = 'admin' AND old.role = 'agent'))
BEGIN
	DELETE FROM invitations
	WHERE workspace_id = my_workspace() AND id = old.id;
END;

-- It begins with what comes now.  The number of them is limited.
CREATE TEMP TRIGGER my_webhook_endpoint_new
INSTEAD OF INSERT ON my_webhook_endpoints
WHEN (my_user() IS NULL OR EXISTS (SELECT 1 FROM workspace_members
	WHERE workspace_id = my_workspace() AND user_id = my_user()
	AND role <> 'agent'))
AND (SELECT COUNT(*) FROM webhook_endpoints
	WHERE workspace_id = my_workspace()) < 20
BEGIN
	INSERT INTO webhook_endpoints(workspace_id, url, description, events,
		secret, after_seq, created_by, created_at, updated_at)
	VALUES (my_workspace(), new.url, new.description, new.events,
		new.secret, COALESCE((SELECT MAX(seq) FROM changes
		WHERE workspace_id = my_workspace()), 0), my_user(),
		new.created_at, new.created_at);
	SELECT my_made();
END;

CREATE TEMP TRIGGER my_webhook_endpoint_changed
INSTEAD OF UPDATE OF url, description, events ON my_webhook_endpoints
BEGIN
	UPDATE webhook_endpoints SET url = new.url,
		description = new.description, events = new.events,
		updated_at = new.updated_at
	WHERE workspace_id = my_workspace() AND id = old.id;
END;

-- Whoever resumes it wants to see at once whether it works.
CREATE TEMP TRIGGER my_webhook_endpoint_state
INSTEAD OF UPDATE OF state ON my_webhook_endpoints
BEGIN
	UPDATE webhook_endpoints SET state = new.state, reason = new.reason,
		failures = 0, failing_since = NULL, due_at = 0,
		updated_at = new.updated_at
	WHERE workspace_id = my_workspace() AND id = old.id;
	UPDATE webhook_deliveries SET due_at = 0
	WHERE workspace_id = my_workspace() AND endpoint_id = old.id
	AND state = 'waiting' AND new.state = 'active';
END;

-- The one before signs as well for a while.
CREATE TEMP TRIGGER my_webhook_endpoint_secret
INSTEAD OF UPDATE OF secret ON my_webhook_endpoints
BEGIN
	UPDATE webhook_endpoints SET old_secret = secret, secret = new.secret,
		old_secret_until = new.old_secret_until,
		updated_at = new.updated_at
	WHERE workspace_id = my_workspace() AND id = old.id;
END;

-- What is under way to it counts for nothing any more.
CREATE TEMP TRIGGER my_webhook_endpoint_replay
INSTEAD OF UPDATE OF after_seq ON my_webhook_endpoints
BEGIN
	UPDATE webhook_endpoints SET after_seq = new.after_seq,
		moved = moved + 1
	WHERE workspace_id = my_workspace() AND id = old.id;
	DELETE FROM webhook_deliveries
	WHERE workspace_id = my_workspace() AND endpoint_id = old.id
	AND state = 'waiting' AND seq > new.after_seq;
END;

CREATE TEMP TRIGGER my_webhook_endpoint_gone
INSTEAD OF DELETE ON my_webhook_endpoints
BEGIN
	DELETE FROM webhook_deliveries
	WHERE workspace_id = my_workspace() AND endpoint_id = old.id;
	DELETE FROM webhook_endpoints
	WHERE workspace_id = my_workspace() AND id = old.id;
END;

-- A test.
CREATE TEMP TRIGGER my_webhook_delivery_new
INSTEAD OF INSERT ON my_webhook_deliveries
WHEN EXISTS (SELECT 1 FROM my_webhook_endpoints WHERE id = new.endpoint_id)
AND (SELECT COUNT(*) FROM webhook_deliveries
	WHERE workspace_id = my_workspace() AND endpoint_id = new.endpoint_id
	AND state = 'waiting') < 200
BEGIN
	INSERT INTO webhook_deliveries(workspace_id, endpoint_id, type, state,
		due_at, created_at)
	VALUES (my_workspace(), new.endpoint_id, new.type, 'waiting', 0,
		new.created_at);
	SELECT my_made();
END;

-- Again, from the beginning.
CREATE TEMP TRIGGER my_webhook_delivery_again
INSTEAD OF UPDATE OF due_at ON my_webhook_deliveries
BEGIN
	UPDATE webhook_deliveries SET state = 'waiting', attempts = 0,
		due_at = 0, created_at = new.created_at
	WHERE workspace_id = my_workspace() AND id = old.id
	AND (state = 'waiting' OR (SELECT COUNT(*) FROM webhook_deliveries AS w
		WHERE w.workspace_id = my_workspace()
		AND w.endpoint_id = old.endpoint_id AND w.state = 'waiting')
		< 200);
END;

-- By what else the customer is known, should the conversation go.
CREATE TEMP TRIGGER my_erasure_new INSTEAD OF INSERT ON my_erasures
BEGIN
	INSERT INTO erasures(workspace_id, user_id, conversation_id, who,
		asked_at)
	SELECT my_workspace(), coalesce(my_user(), 0), c.id,
		coalesce(c.phone, c.user_id), new.asked_at
	FROM conversations c
	WHERE c.workspace_id = my_workspace() AND c.id = new.conversation_id;
END;

CREATE TEMP TRIGGER my_idempotency_key_new
INSTEAD OF INSERT ON my_idempotency_keys
BEGIN
	INSERT INTO idempotency_keys(workspace_id, user_id, key,
		request_hash, status, location, body, created_at)
	VALUES (my_workspace(), my_user(), new.key, new.request_hash,
		new.status, new.location, new.body, new.created_at);
END;

-- ----------------------------------------------------------------- to send

-- A member adds messages that are queued and no others, names nothing of
-- another workspace, and gives no file but an upload: its path is copied here,
-- so that nobody can name one.
CREATE TEMP VIEW my_outbox AS
	SELECT id, number_id, conversation_id, message_id, kind,
		upload_id, state, attempts, due_at, reason, created_at, behind,
		error_code, sending_at, typing
	FROM outbox WHERE workspace_id = my_workspace();

-- Why a number waits; nothing of its key.
CREATE TEMP VIEW my_pauses AS
	SELECT p.number_id AS number_id, p.until AS until,
		CASE WHEN p.key_mark IS NULL THEN 'rate_limit'
			WHEN p.key_mark = 'none' THEN 'no_key'
			ELSE 'paused' END AS kind,
		p.reason AS reason, p.row_id AS row_id
	FROM number_pauses p WHERE EXISTS (SELECT 1 FROM numbers n
		WHERE n.id = p.number_id AND n.workspace_id = my_workspace());

-- How many wait: of a conversation now, of its number as last counted.
CREATE TEMP VIEW my_queues AS
	SELECT c.id AS conversation_id,
		(SELECT count(*) FROM outbox o WHERE o.number_id = c.number_id
			AND o.conversation_id = c.id
			AND o.state IN ('queued', 'sending')) AS open,
		(SELECT q.open FROM number_queues q
			WHERE q.number_id = c.number_id) AS of_number
	FROM conversations c WHERE c.workspace_id = my_workspace();

CREATE TEMP VIEW my_uploads AS
	SELECT id, user_id, mime_type, filename, size, path,
		created_at, flaw, width, height
	FROM uploads WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_files AS
	SELECT bytes FROM workspace_files WHERE workspace_id = my_workspace();

CREATE TEMP VIEW my_identities AS
	SELECT number_id, kind, value, valid_from, conversation_id,
		created_at
	FROM identities WHERE workspace_id = my_workspace();

-- Whom members blocked; what the provider still has to be asked is not theirs.
CREATE TEMP VIEW my_blocks AS
	SELECT id, conversation_id, who, state, asked_by, asked_at, error
	FROM blocks WHERE workspace_id = my_workspace();

-- By what the customer is known now.  Who is blocked already stays so.
CREATE TEMP TRIGGER my_block_new INSTEAD OF INSERT ON my_blocks
BEGIN
	INSERT INTO blocks(workspace_id, number_id, who, conversation_id,
		state, asked_by, asked_at, due_at)
	SELECT my_workspace(), c.number_id, COALESCE(c.phone, c.user_id), c.id,
		'blocking', my_user(), new.asked_at, new.asked_at
	FROM conversations c
	WHERE c.workspace_id = my_workspace() AND c.id = new.conversation_id
	AND c.group_id IS NULL AND COALESCE(c.phone, c.user_id) IS NOT NULL
	ON CONFLICT (workspace_id, number_id, who) DO UPDATE SET
		conversation_id = excluded.conversation_id,
		state = excluded.state, asked_by = excluded.asked_by,
		asked_at = excluded.asked_at, asked = blocks.asked + 1,
		attempts = 0, due_at = excluded.due_at, error = NULL
	WHERE blocks.state NOT IN ('blocking', 'blocked')
	OR blocks.conversation_id <> excluded.conversation_id;
END;

-- Who could not be blocked need not be unblocked.
CREATE TEMP TRIGGER my_block_ends INSTEAD OF UPDATE OF state ON my_blocks
WHEN new.state = 'unblocking'
BEGIN
	UPDATE blocks SET state = CASE state WHEN 'refused' THEN 'unblocked'
			ELSE 'unblocking' END,
		asked_by = my_user(), asked_at = new.asked_at,
		asked = asked + 1, attempts = 0, due_at = new.asked_at,
		error = NULL
	WHERE workspace_id = my_workspace() AND id = old.id
	AND state IN ('blocking', 'blocked', 'refused');
END;

-- ------------------------------------------------- to send: who it goes to

CREATE TEMP TRIGGER my_conversation_new
INSTEAD OF INSERT ON my_conversations
BEGIN
	INSERT INTO conversations(workspace_id, number_id, phone, user_id,
		contact_id, created_at, updated_at)
	SELECT my_workspace(), n.id, new.phone, new.user_id,
		(SELECT id FROM contacts WHERE workspace_id = my_workspace()
			AND id = new.contact_id),
		new.created_at, new.created_at
	FROM numbers n
	WHERE n.workspace_id = my_workspace() AND n.id = new.number_id
	AND n.moving_to IS NULL;
	SELECT my_made();
END;

-- What the provider says of its accounts is not a member's to say.
CREATE TEMP TRIGGER my_identity_new INSTEAD OF INSERT ON my_identities
BEGIN
	INSERT INTO identities(workspace_id, number_id, kind, value,
		conversation_id, created_at)
	SELECT my_workspace(), c.number_id, new.kind, new.value, c.id,
		new.created_at
	FROM conversations c
	WHERE c.workspace_id = my_workspace() AND c.id = new.conversation_id
	AND new.kind IN ('alias', 'user_id')
	ON CONFLICT (workspace_id, number_id, kind, value, valid_from)
	DO NOTHING;
END;

-- ----------------------------------------------------- to send: what it is

CREATE TEMP TRIGGER my_message_new INSTEAD OF INSERT ON my_messages
BEGIN
	INSERT INTO messages(workspace_id, conversation_id, number_id,
		direction, source, type, content, context, preview, text,
		status, sent_by, sent_at, created_at)
	SELECT my_workspace(), c.id, c.number_id, 'outbound', 'api',
		new.type, new.content, new.context, new.preview, new.text,
		'queued', my_user(), new.sent_at, new.created_at
	FROM conversations c
	WHERE c.workspace_id = my_workspace() AND c.id = new.conversation_id;
	SELECT my_made();
END;

-- Under another wamid then: what comes late of the first counts no more.
CREATE TEMP TRIGGER my_message_again
INSTEAD OF UPDATE OF status ON my_messages
BEGIN
	UPDATE messages SET status = 'queued', error = NULL, error_code = NULL,
		wamid = NULL
	WHERE workspace_id = my_workspace() AND id = old.id
	AND source = 'api' AND status = 'failed';
END;

-- Two of one second: the later stands.
CREATE TEMP TRIGGER my_reaction_new INSTEAD OF INSERT ON my_reactions
BEGIN
	INSERT INTO reactions(workspace_id, number_id, target_wamid, sender,
		emoji, at, wamid)
	SELECT my_workspace(), m.number_id, m.wamid, 'business', new.emoji,
		new.at, ''
	FROM messages m WHERE m.workspace_id = my_workspace()
	AND m.number_id = new.number_id AND m.wamid = new.target_wamid
	ON CONFLICT (workspace_id, number_id, target_wamid, sender)
	DO UPDATE SET emoji = excluded.emoji, at = excluded.at,
		wamid = excluded.wamid WHERE excluded.at >= reactions.at;
END;

-- The path is that of a file which the program has just written.
CREATE TEMP TRIGGER my_upload_new INSTEAD OF INSERT ON my_uploads
BEGIN
	INSERT INTO uploads(workspace_id, user_id, mime_type, filename,
		size, path, created_at, flaw, width, height)
	SELECT my_workspace(), coalesce(my_user(), 0), new.mime_type,
		new.filename, new.size, new.path, new.created_at, new.flaw,
		new.width, new.height
	WHERE my_workspace() IS NOT NULL;
	SELECT my_made();
END;

-- The message that goes out with an upload has its file at once.  Who types on
-- is shown again, every five seconds at most.
CREATE TEMP TRIGGER my_outbox_new INSTEAD OF INSERT ON my_outbox
BEGIN
	INSERT INTO outbox(workspace_id, number_id, conversation_id,
		message_id, kind, upload_id, state, due_at,
		created_at, typing)
	SELECT my_workspace(), m.number_id, m.conversation_id, m.id,
		new.kind, (SELECT id FROM uploads
			WHERE workspace_id = my_workspace()
			AND id = new.upload_id),
		'queued', new.due_at, new.created_at, coalesce(new.typing, 0)
	FROM messages m
	WHERE m.workspace_id = my_workspace() AND m.id = new.message_id
	ON CONFLICT (workspace_id, kind, message_id) DO UPDATE SET
		typing = CASE outbox.state WHEN 'queued' THEN 2 ELSE 1 END,
		state = 'queued', attempts = 0, due_at = excluded.due_at,
		sending_at = NULL, answer_by = NULL, reason = NULL,
		error_code = NULL, created_at = excluded.created_at
	WHERE outbox.kind = 'read' AND (
		(outbox.state = 'queued' AND outbox.typing < 2
			AND outbox.typing <> excluded.typing)
		OR (outbox.state IN ('done', 'failed') AND excluded.typing = 1
			AND outbox.created_at <= excluded.created_at - 5));
	INSERT INTO media(workspace_id, message_id, number_id, state,
		mime_type, filename, size, path, due_at, created_at, width,
		height)
	SELECT my_workspace(), m.id, m.number_id, 'stored', u.mime_type,
		u.filename, u.size, u.path, new.created_at, new.created_at,
		u.width, u.height
	FROM uploads u CROSS JOIN messages m
	WHERE u.workspace_id = my_workspace() AND u.id = new.upload_id
	AND m.workspace_id = my_workspace() AND m.id = new.message_id
	AND m.source = 'api' AND new.kind = 'message'
	ON CONFLICT (message_id) DO NOTHING;
END;

CREATE TEMP TRIGGER my_outbox_again INSTEAD OF UPDATE OF due_at ON my_outbox
BEGIN
	UPDATE outbox SET state = 'queued', attempts = 0,
		due_at = new.due_at, sending_at = NULL, answer_by = NULL,
		reason = NULL, error_code = NULL, created_at = new.due_at
	WHERE workspace_id = my_workspace() AND id = old.id
	AND kind = 'message' AND state IN ('done', 'failed');
END;

-- -------------------------------------------------------------- to send to many

CREATE TEMP TRIGGER my_broadcast_new INSTEAD OF INSERT ON my_broadcasts
BEGIN
	INSERT INTO broadcasts(workspace_id, from_number_id, name, state, tag_id,
		label_id, per_minute, start_at, created_by, created_at,
		template)
	SELECT my_workspace(), n.id, new.name, 'draft', (SELECT id FROM tags
			WHERE workspace_id = my_workspace()
			AND id = new.tag_id),
		(SELECT id FROM marks WHERE workspace_id = my_workspace()
			AND id = new.label_id AND kind = 'label'),
		new.per_minute, new.start_at, my_user(), new.created_at,
		new.template
	FROM numbers n
	WHERE n.workspace_id = my_workspace() AND n.id = new.number_id
	AND n.moving_to IS NULL;
	INSERT INTO broadcast_counts(workspace_id, broadcast_id)
	SELECT workspace_id, id FROM broadcasts
	WHERE workspace_id = my_workspace() ORDER BY id DESC LIMIT 1
	ON CONFLICT (workspace_id, broadcast_id) DO NOTHING;
	SELECT my_made();
END;

-- Who begins one has its messages followed from here on.
CREATE TEMP TRIGGER my_broadcast_changed
INSTEAD OF UPDATE OF state, reason, tag_place, label_place, counted, started_at,
	ended_at, shown_at ON my_broadcasts
BEGIN
	UPDATE broadcasts SET state = new.state, reason = new.reason,
		tag_place = new.tag_place, label_place = new.label_place,
		counted = new.counted,
		started_by = CASE WHEN old.started_at IS NULL
			AND new.started_at IS NOT NULL THEN my_user()
			ELSE started_by END,
		started_at = new.started_at, ended_at = new.ended_at,
		shown_at = new.shown_at
	WHERE workspace_id = my_workspace() AND id = old.id;
	INSERT INTO broadcast_follows(workspace_id, seq, until)
	SELECT my_workspace(), (SELECT COALESCE(MAX(seq), 0) FROM changes
		WHERE workspace_id = my_workspace()), new.started_at
	WHERE old.started_at IS NULL AND new.started_at IS NOT NULL
	ON CONFLICT (workspace_id) DO NOTHING;
END;

-- Each once; nobody comes to one whose recipients are counted.
CREATE TEMP TRIGGER my_broadcast_recipient_new
INSTEAD OF INSERT ON my_broadcast_recipients
BEGIN
	INSERT INTO broadcast_recipients(workspace_id, broadcast_id, who)
	SELECT my_workspace(), b.id, new.who FROM broadcasts b
	WHERE b.workspace_id = my_workspace() AND b.id = new.broadcast_id
	AND b.state IN ('draft', 'counting') AND b.counted = 0
	ON CONFLICT (workspace_id, broadcast_id, who) DO NOTHING;
END;

-- A message that goes to many answers nobody: who waited before it waits still.
CREATE TEMP TRIGGER my_broadcast_recipient_changed
INSTEAD OF UPDATE OF state, reason, conversation_id, message_id
ON my_broadcast_recipients WHEN old.state = 'waiting'
BEGIN
	UPDATE broadcast_recipients SET state = new.state,
		reason = new.reason, conversation_id = (SELECT id
			FROM conversations WHERE workspace_id = my_workspace()
			AND id = new.conversation_id),
		message_id = (SELECT id FROM messages
			WHERE workspace_id = my_workspace()
			AND id = new.message_id)
	WHERE workspace_id = my_workspace() AND id = old.id;
	UPDATE conversations SET unanswered_since = -1
	WHERE workspace_id = my_workspace() AND id = new.conversation_id
	AND unanswered_since IS NULL AND (SELECT m.direction FROM messages m
		WHERE m.workspace_id = my_workspace()
		AND m.conversation_id = new.conversation_id
		AND m.status <> 'failed'
		AND NOT EXISTS (SELECT 1 FROM broadcast_recipients b
			WHERE b.workspace_id = my_workspace()
			AND b.message_id = m.id)
		ORDER BY m.sent_at DESC, m.id DESC LIMIT 1) = 'inbound';
END;

-- FTS5 is set up where it is first met: here, since the authorizer comes after
-- this and would refuse what it reads of its own tables.
SELECT rowid FROM message_words LIMIT 0;
SELECT rowid FROM conversation_words LIMIT 0;
SELECT rowid FROM contact_words LIMIT 0;
SELECT rowid FROM conversation_digits LIMIT 0;
SELECT rowid FROM contact_digits LIMIT 0;
