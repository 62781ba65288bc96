-- Whom a connection serves, and what a member sees: the views of
-- ../sqlite/session.sql.  They are looked through with the rights of whoever looks
-- (security_invoker), so that row level security says which rows there are
-- (rights.sql); three that make something else of what they show are not, and say
-- themselves whose rows.

-- --------------------------------------------------------- whom it serves

-- What signs: two keys, as HMAC has them, made here and read by nobody.
CREATE TABLE context_keys (
	inner_key	bytea NOT NULL,
	outer_key	bytea NOT NULL
);
INSERT INTO context_keys
SELECT string_agg(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), ''::bytea) FILTER (WHERE n < 3),
	string_agg(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), ''::bytea) FILTER (WHERE n > 2)
FROM generate_series(1, 4) AS n;

-- A context stands for a token where its text is not at hand, until a time or (0)
-- as long as that is valid, or for a user (0: nobody) of a workspace:
-- context.token.ID.UNTIL.SIGNATURE, context.workspace.ID.USER.SIGNATURE.
CREATE FUNCTION signed_context(what text, id bigint, more bigint) RETURNS text STABLE LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT format('context.%s.%s.%s.%s', what, id, more,
		encode(sha256(outer_key || sha256(inner_key || convert_to(format('%s.%s.%s', what, id, more), 'UTF8'))), 'hex')) FROM context_keys);
END $$;

CREATE TYPE served AS (workspace_id bigint, user_id bigint, token_id bigint);

-- Whom what SECRET says lets in: a token's text, or a context.  NULL: nobody.  It
-- is looked up each time, so that a token that was revoked lets nobody in any more.
CREATE FUNCTION let_in(secret text) RETURNS served STABLE LANGUAGE plpgsql AS $$
DECLARE
	parts	text[];
	who	served;
BEGIN
	IF secret LIKE 'context.%' THEN
		parts := string_to_array(secret, '.');
		IF secret !~ '^context\.(token|workspace)\.[0-9]{1,18}\.[0-9]{1,18}\.[0-9a-f]{64}$'
			OR secret <> signed_context(parts[2], parts[3]::bigint, parts[4]::bigint) THEN
			RETURN NULL;
		ELSIF parts[2] = 'workspace' THEN
			who.workspace_id := parts[3]::bigint;
			who.user_id := nullif(parts[4]::bigint, 0);
			RETURN who;
		ELSIF parts[4]::bigint BETWEEN 1 AND EXTRACT(epoch FROM now()) THEN
			RETURN NULL;
		END IF;
		SELECT t.workspace_id, t.user_id, t.id INTO who FROM api_tokens AS t
		WHERE t.id = parts[3]::bigint
		AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > EXTRACT(epoch FROM now()));
	ELSE
		SELECT t.workspace_id, t.user_id, t.id INTO who FROM api_tokens AS t
		WHERE t.hash = sha256(convert_to(secret, 'UTF8'))
		AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > EXTRACT(epoch FROM now()));
	END IF;
	RETURN who;
END $$;

-- Of this transaction: SELECT set_config('waspool.token', $1, true) after BEGIN.
-- Anybody may set that, so what it says has to be a secret.
CREATE FUNCTION my_workspace() RETURNS bigint STABLE LANGUAGE plpgsql AS $$
BEGIN
	RETURN (let_in(nullif(current_setting('waspool.token', true), ''))).workspace_id;
END $$;
CREATE FUNCTION my_user() RETURNS bigint STABLE LANGUAGE plpgsql AS $$
BEGIN
	RETURN (let_in(nullif(current_setting('waspool.token', true), ''))).user_id;
END $$;
CREATE FUNCTION my_token() RETURNS bigint STABLE LANGUAGE plpgsql AS $$
BEGIN
	RETURN (let_in(nullif(current_setting('waspool.token', true), ''))).token_id;
END $$;

-- Whether this connection serves a member of that workspace now.  For what looks at
-- one row; lists compare with (SELECT my_workspace()), which is asked once.
CREATE FUNCTION is_workspace_member(workspace bigint) RETURNS boolean STABLE LANGUAGE plpgsql AS $$
DECLARE
	who	served := let_in(nullif(current_setting('waspool.token', true), ''));
BEGIN
	RETURN COALESCE(who.workspace_id = workspace, false) AND EXISTS (SELECT 1 FROM workspace_members AS m
		WHERE m.workspace_id = workspace AND m.user_id = who.user_id);
END $$;

-- A transaction that writes takes the lock of the workspace with its BEGIN, and
-- OWN, a lock of its connection's, by which that finds out how a commit ended whose
-- answer was lost: below 0, where no workspace is.
CREATE FUNCTION lock_my_workspace(own bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	here	bigint := my_workspace();
BEGIN
	IF own < 0 THEN
		PERFORM pg_advisory_xact_lock(own);
	END IF;
	IF here IS NOT NULL THEN
		PERFORM lock_workspace(here);
	END IF;
END $$;

-- What src/session asks of base tables while somebody signs in, AT the program's
-- time.
CREATE FUNCTION sign_in(secret text, at bigint) RETURNS TABLE (token_id bigint, user_id bigint, workspace_id bigint, name text, email text,
	role text, workspace text, last_used_at bigint, expires_at bigint, by_session bigint, needs_factor bigint)
STABLE LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	who	served := let_in(secret);
BEGIN
	RETURN QUERY SELECT t.id, t.user_id, t.workspace_id, u.name, u.email COLLATE "C", m.role, w.name, COALESCE(t.last_used_at, 0), t.expires_at,
		(t.kind = 'session')::int::bigint, (t.kind = 'session' AND w.second_factor > t.second_factor)::int::bigint
	FROM api_tokens AS t
	JOIN workspace_members AS m ON m.workspace_id = t.workspace_id AND m.user_id = t.user_id
	JOIN users AS u ON u.id = t.user_id
	JOIN workspaces AS w ON w.id = t.workspace_id
	WHERE t.id = who.token_id AND (t.expires_at IS NULL OR t.expires_at > at);
END $$;

-- That it was used, at most once an hour.  A session lives on until UNTIL, which a
-- program that means ill cannot put further than it ought to be.
CREATE FUNCTION note_use(at bigint, until bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	latest	bigint := EXTRACT(epoch FROM now())::bigint + 31 * 86400;
BEGIN
	UPDATE api_tokens SET last_used_at = at, expires_at = CASE kind WHEN 'session' THEN LEAST(until, latest) ELSE expires_at END
	WHERE id = my_token();
	RETURN FOUND::int;
END $$;

-- Uses a ticket up, of which HASH is the SHA-256: the context of who asked for it.
CREATE FUNCTION use_ticket(ticket bytea, at bigint, latest bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	token	bigint;
BEGIN
	DELETE FROM tickets WHERE hash = ticket AND expires_at > at AND expires_at <= latest RETURNING token_id INTO token;
	RETURN CASE WHEN token IS NOT NULL THEN signed_context('token', token, 0) END;
END $$;

-- For an address that is given away: who asks comes back by it until UNTIL, which is
-- a day from now at most.
CREATE FUNCTION my_pass(until bigint) RETURNS text STABLE LANGUAGE plpgsql AS $$
BEGIN
	IF my_token() IS NULL OR NOT COALESCE(until BETWEEN 1 AND EXTRACT(epoch FROM now()) + 86400, false) THEN
		RETURN NULL;
	END IF;
	RETURN signed_context('token', my_token(), until);
END $$;

-- For who works for all: as a user (0: nobody) of a workspace.
CREATE FUNCTION workspace_context(workspace bigint, as_user bigint) RETURNS text STABLE LANGUAGE plpgsql AS $$
BEGIN
	RETURN signed_context('workspace', workspace, as_user);
END $$;

-- An owner takes out whom he wants, an admin agents; one owner stays.
CREATE FUNCTION remove_member(leaver bigint, at bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	here	bigint := my_workspace();
BEGIN
	IF NOT EXISTS (SELECT 1 FROM workspace_members AS m JOIN workspace_members AS a ON a.workspace_id = m.workspace_id
		WHERE m.workspace_id = here AND m.user_id = leaver AND a.user_id = my_user()
		AND (a.role = 'owner' OR a.role = 'admin' AND m.role = 'agent')
		AND (m.role <> 'owner' OR EXISTS (SELECT 1 FROM workspace_members AS o
			WHERE o.workspace_id = here AND o.role = 'owner' AND o.user_id <> leaver))) THEN
		RETURN 0;
	END IF;
	PERFORM lock_workspace(here);
	INSERT INTO former_members(workspace_id, user_id, name, left_at) SELECT here, u.id, u.name, at FROM users AS u WHERE u.id = leaver
	ON CONFLICT (workspace_id, user_id) DO UPDATE SET name = excluded.name, left_at = excluded.left_at;
	DELETE FROM workspace_members WHERE workspace_id = here AND user_id = leaver;
	RETURN 1;
END $$;

-- The newest of all messages, of which a member sees those of his workspace only.
CREATE FUNCTION newest_message() RETURNS bigint STABLE LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT COALESCE(MAX(id), 0) FROM messages);
END $$;

-- ------------------------------------------------------------- to look at

CREATE VIEW my_conversations WITH (security_invoker) AS
	SELECT id, number_id, phone, user_id, group_id,
		CASE WHEN profile_name_at > 0 OR phone_book_name IS NULL
			THEN profile_name ELSE phone_book_name
			END AS profile_name,
		contact_id, link, status, is_read, unread_count,
		last_customer_message_at, last_message_at, last_message_id,
		last_message_preview, assigned_to, created_at, updated_at,
		window_ends, facets, id AS missing_id, username,
		blocked, marketing, marketing_at, marketing_source,
		unanswered_since, CASE status WHEN 'active' THEN 'open' ELSE
			COALESCE((SELECT s.state FROM set_aside s
				WHERE s.workspace_id = conversations.workspace_id
				AND s.conversation_id = conversations.id),
			'closed') END AS state,
		CASE status WHEN 'archived' THEN (SELECT s.at
			FROM set_aside s
			WHERE s.workspace_id = conversations.workspace_id
				AND s.conversation_id = conversations.id)
		END AS aside_at,
		phone_book_name,
		COALESCE(stored_message_id, last_message_id, 0) AS stored_id,
		(SELECT k.mark_id FROM conversation_marks k
			JOIN marks kt ON kt.id = k.mark_id
			AND kt.workspace_id = k.workspace_id
			WHERE k.workspace_id = (SELECT my_workspace())
			AND k.conversation_id = conversations.id
			AND k.kind = 'team') AS team_id,
		CASE WHEN EXISTS (SELECT 1 FROM conversation_marks k
			WHERE k.workspace_id = (SELECT my_workspace())
			AND k.conversation_id = conversations.id)
		THEN (SELECT string_agg(' ' || k.mark_id || ' ', '' ORDER BY k.mark_id)
			FROM conversation_marks k
			WHERE k.workspace_id = (SELECT my_workspace())
			AND k.conversation_id = conversations.id)
		END AS mark_ids
	FROM conversations WHERE workspace_id = (SELECT my_workspace());

-- Who waits for an answer, and what is set aside.
CREATE VIEW my_unanswered WITH (security_invoker) AS
	SELECT since, conversation_id
	FROM unanswered WHERE workspace_id = (SELECT my_workspace()) AND since > 0;

CREATE VIEW my_set_aside WITH (security_invoker) AS
	SELECT conversation_id, state, at
	FROM set_aside WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_activities WITH (security_invoker) AS
	SELECT id, conversation_id, user_id, kind, text, subject, at, edited_at
	FROM activities WHERE workspace_id = (SELECT my_workspace());

-- Nobody else's: not those of other members, either.
CREATE VIEW my_drafts WITH (security_invoker) AS
	SELECT conversation_id, text, reply_to, version, updated_at
	FROM drafts WHERE workspace_id = (SELECT my_workspace()) AND user_id = (SELECT my_user());

CREATE VIEW my_seen_marks WITH (security_invoker) AS
	SELECT conversation_id, message_id, base_id
	FROM seen_marks WHERE workspace_id = (SELECT my_workspace())
	AND user_id = (SELECT my_user());

CREATE VIEW my_member_marks WITH (security_invoker) AS
	SELECT seen_id FROM member_marks
	WHERE workspace_id = (SELECT my_workspace()) AND user_id = (SELECT my_user());

CREATE VIEW my_messages WITH (security_invoker) AS
	SELECT id, conversation_id, number_id, wamid, direction, source,
		type, CASE content WHEN '' THEN '{"body":"' || text || '"}' ELSE content END AS content,
		context, referral,
		CASE preview WHEN '' THEN COALESCE(SUBSTR(text, 1, 100), '') ELSE preview END AS preview,
		text, status, error, sender, sent_by, sent_at, edited_at,
		revoked_at, created_at, original,
		COALESCE(original_type, type) AS original_type, counts_unread
	FROM messages WHERE workspace_id = (SELECT my_workspace());

-- What a message was before: by its wamid.
CREATE VIEW my_patches WITH (security_invoker) AS
	SELECT number_id, target_wamid, wamid, kind, at, type, content
	FROM message_patches WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_statuses WITH (security_invoker) AS
	SELECT number_id, wamid, status, participant, at, error, raw
	FROM message_statuses WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_reactions WITH (security_invoker) AS
	SELECT number_id, target_wamid, sender, emoji, at
	FROM reactions WHERE workspace_id = (SELECT my_workspace());

-- By message, which is its only index.
CREATE VIEW my_media WITH (security_invoker) AS
	SELECT message_id, state, reason, mime_type, filename, size, path,
		width, height
	FROM media WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_contacts WITH (security_invoker) AS
	SELECT id, phone, user_id, name, email, created_at, updated_at,
		tag_ids, username
	FROM contacts WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_tags WITH (security_invoker) AS
	SELECT id, name, created_at
	FROM tags WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_contact_fields WITH (security_invoker) AS
	SELECT id, key, label, type, choices, created_at, updated_at
	FROM contact_fields WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_contact_values WITH (security_invoker) AS
	SELECT contact_id, field_id, value
	FROM contact_values WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_contact_tags WITH (security_invoker) AS
	SELECT contact_id, tag_id
	FROM contact_tags WHERE workspace_id = (SELECT my_workspace())
	AND contact_id NOT IN (SELECT subject FROM jobs
		WHERE workspace_id = (SELECT my_workspace())
		AND kind = 'contact_gone');

CREATE VIEW my_conversation_tags WITH (security_invoker) AS
	SELECT tag_id, status, last_message_at, conversation_id, tag_ids
	FROM conversation_tags WHERE workspace_id = (SELECT my_workspace());

-- Teams and labels; and which conversation has which, also of those that are gone
-- and are still being taken off.
CREATE VIEW my_marks WITH (security_invoker) AS
	SELECT id, kind, name, color, created_at
	FROM marks WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_team_members WITH (security_invoker) AS
	SELECT team_id, user_id
	FROM team_members WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_conversation_marks WITH (security_invoker) AS
	SELECT conversation_id, mark_id, kind, status
	FROM conversation_marks WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_members WITH (security_invoker) AS
	SELECT m.user_id AS id, u.name AS name, u.email AS email,
		m.role AS role
	FROM workspace_members m JOIN users u ON u.id = m.user_id
	WHERE m.workspace_id = (SELECT my_workspace());

CREATE VIEW my_former_members WITH (security_invoker) AS
	SELECT user_id AS id, name
	FROM former_members WHERE workspace_id = (SELECT my_workspace());

-- One that is being moved has conversations in both workspaces.
CREATE VIEW my_numbers WITH (security_invoker) AS
	SELECT id, phone_number_id, display_phone,
		CASE WHEN moving_to IS NULL THEN 0 ELSE 1 END AS moving,
		provider, templates_at, templates_due_at, templates_error,
		health, health_at, health_error
	FROM numbers WHERE workspace_id = (SELECT my_workspace())
	OR moving_to = (SELECT my_workspace());

-- Webhooks of the workspace's numbers that are not applied.
CREATE VIEW my_held WITH (security_invoker) AS
	SELECT n.id AS number_id, h.state AS state,
		CASE WHEN substr(h.reason, 1, 9) = 'token-of-' THEN 'wrong_token'
		WHEN h.waits_for IS NOT NULL THEN 'number_moves'
		ELSE 'not_applied' END AS reason, h.updated_at AS updated_at
	FROM numbers n JOIN held h
		ON h.phone_number_id = n.phone_number_id
	WHERE n.workspace_id = (SELECT my_workspace());

CREATE VIEW my_templates WITH (security_invoker) AS
	SELECT id, number_id, name, language, status, components, category,
		reason, read_at, asked, asked_due_at, request, error
	FROM templates WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_canned_replies WITH (security_invoker) AS
	SELECT id, shortcut, shortcut_key, text, created_at, updated_at
	FROM canned_replies WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_broadcasts WITH (security_invoker) AS
	SELECT id, from_number_id AS number_id, name, state, reason, tag_id,
		tag_place, label_id, label_place, counted, per_minute, start_at,
		created_by, created_at, started_by, started_at, ended_at,
		shown_at, template
	FROM broadcasts WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_broadcast_counts WITH (security_invoker) AS
	SELECT broadcast_id, waiting, queued, sent, delivered, read, failed,
		skipped
	FROM broadcast_counts WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_broadcast_recipients WITH (security_invoker) AS
	SELECT id, broadcast_id, who, state, reason, conversation_id,
		message_id, error_code
	FROM broadcast_recipients WHERE workspace_id = (SELECT my_workspace());

-- Groups, each called by what its conversation knows.
CREATE VIEW my_shown_groups WITH (security_invoker) AS
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
	LEFT JOIN conversations c ON c.workspace_id = g.workspace_id
		AND c.id = i.conversation_id
	LEFT JOIN workspace_members m ON m.workspace_id = g.workspace_id
		AND m.user_id = g.asked_by
	LEFT JOIN users u ON u.id = m.user_id
	LEFT JOIN former_members f ON f.workspace_id = g.workspace_id
		AND f.user_id = g.asked_by
	WHERE g.workspace_id = (SELECT my_workspace());

-- What members want of groups.
CREATE VIEW my_own_groups WITH (security_invoker) AS
	SELECT id, number_id, state, subject, description, approval, asked,
		asked_at, request
	FROM own_groups WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_group_participants WITH (security_invoker) AS
	SELECT id, conversation_id, is_user_id, participant, pair, name,
		seen_at, left_at
	FROM group_participants WHERE workspace_id = (SELECT my_workspace());

-- Who asks to join a group, and has no answer.  Two rows that name each other
-- are one person: that of the user id stands for both.
CREATE VIEW my_join_requests WITH (security_invoker) AS
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
	WHERE p.workspace_id = (SELECT my_workspace())
	AND (p.is_user_id = 1 OR o.id IS NULL)
	AND ((p.asks_at > p.answered_at AND p.asks_at > p.seen_at
			AND p.asks_at > COALESCE(o.answered_at, 0)
			AND p.asks_at > COALESCE(o.seen_at, 0))
		OR (o.asks_at > p.answered_at AND o.asks_at > p.seen_at
			AND o.asks_at > o.answered_at
			AND o.asks_at > o.seen_at));

-- Under what else a customer is known, for links.
CREATE VIEW my_accounts WITH (security_invoker) AS
	SELECT i.value AS wa_id, i.conversation_id AS conversation_id
	FROM numbers n JOIN identities i
		ON i.workspace_id = n.workspace_id AND i.number_id = n.id
	WHERE n.workspace_id = (SELECT my_workspace()) AND i.kind = 'wa_id';

CREATE VIEW my_user_ids WITH (security_invoker) AS
	SELECT i.value AS user_id, i.conversation_id AS conversation_id
	FROM numbers n JOIN identities i
		ON i.workspace_id = n.workspace_id AND i.number_id = n.id
	WHERE n.workspace_id = (SELECT my_workspace()) AND i.kind = 'user_id';

CREATE VIEW my_counters WITH (security_invoker) AS
	SELECT total, unread, archived
	FROM counters WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_report_counts WITH (security_invoker) AS
	SELECT slot, number_id, user_id, received, sent, automatic, started,
		closed, answers, answer_seconds
	FROM report_counts WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_window_hours WITH (security_invoker) AS
	SELECT hour, conversations
	FROM window_hours WHERE workspace_id = (SELECT my_workspace());

-- The audit trail is for owners and admins.  Nobody's session, which writes down
-- events for all, does not see it.
CREATE VIEW my_workspace_events WITH (security_invoker) AS
	SELECT id, number_id, field, at, raw, created_at,
		CAST(NULL AS bytea) AS hash
	FROM workspace_events WHERE workspace_id = (SELECT my_workspace())
	AND (field NOT IN ('workspace_members', 'workspace_invitations',
		'workspace_tokens')
		OR EXISTS (SELECT 1 FROM workspace_members
			WHERE workspace_id = (SELECT my_workspace())
			AND user_id = (SELECT my_user())
			AND role IN ('owner', 'admin')));

-- What is another member's own is there, so that seq has no gap, and says
-- nothing.  Nobody's session, which writes down events for all, sees whose it is
-- (api/realtime/change_poller.c).
CREATE VIEW my_changes AS
	SELECT seq, CASE WHEN type IN ('draft.updated', 'seen.updated')
			AND object_id <> (SELECT my_user())
			THEN 'hidden' ELSE type END AS type,
		CASE WHEN type IN ('draft.updated', 'seen.updated')
			AND object_id <> (SELECT my_user())
			THEN 0 ELSE object_id END AS object_id,
		CASE WHEN type IN ('draft.updated', 'seen.updated')
			AND object_id <> (SELECT my_user())
			THEN NULL ELSE conversation_id END AS conversation_id
	FROM changes WHERE workspace_id = (SELECT my_workspace());

-- Conversations whose messages are on their way into others (merge.h).
CREATE VIEW my_merges WITH (security_invoker) AS
	SELECT subject AS gone, target AS keep
	FROM jobs WHERE workspace_id = (SELECT my_workspace()) AND kind = 'merge';

-- Nobody reads these: a contact whose conversations are to follow.
CREATE VIEW my_links WITH (security_invoker) AS
	SELECT subject AS contact_id
	FROM jobs WHERE workspace_id = (SELECT my_workspace())
	AND kind = 'contact_links';

-- Who may what.  Nobody else's session changes it (my_member_role_…).
CREATE VIEW my_member_roles WITH (security_invoker) AS
	SELECT user_id, role
	FROM workspace_members WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_settings WITH (security_invoker) AS
	SELECT id, second_factor, reactions_unread
	FROM workspaces WHERE id = (SELECT my_workspace());

CREATE VIEW my_hours WITH (security_invoker) AS
	SELECT time_zone, opening_hours, automatic_answer, changed_at
	FROM workspace_settings WHERE workspace_id = (SELECT my_workspace());

-- What lets programs, and browsers of this member, in; and whom a link waits
-- for.  A hash is written here and never read.
CREATE VIEW my_api_tokens WITH (security_invoker) AS
	SELECT id, user_id, name, created_at, expires_at, last_used_at,
		revoked_at, CAST(NULL AS bytea) AS hash
	FROM api_tokens WHERE workspace_id = (SELECT my_workspace()) AND kind = 'token';

CREATE VIEW my_sessions WITH (security_invoker) AS
	SELECT id, created_at, last_used_at, expires_at, address, second_factor
	FROM api_tokens WHERE workspace_id = (SELECT my_workspace())
	AND user_id = (SELECT my_user()) AND kind = 'session';

-- Where changes are posted to is a matter of admins: an address may hold a key.
-- The command line is nobody and may, too.  A secret is written and never read.
CREATE VIEW my_webhook_endpoints WITH (security_invoker) AS
	SELECT id, url, description, events, CAST(NULL AS bytea) AS secret,
		old_secret_until, state, reason, after_seq, failures,
		failing_since, due_at, tried_at, delivered_at, status, error,
		created_by, created_at, updated_at
	FROM webhook_endpoints WHERE workspace_id = (SELECT my_workspace())
	AND ((SELECT my_user()) IS NULL OR EXISTS (SELECT 1 FROM workspace_members AS m
		WHERE m.workspace_id = (SELECT my_workspace()) AND m.user_id = (SELECT my_user())
		AND m.role <> 'agent'));

CREATE VIEW my_webhook_deliveries WITH (security_invoker) AS
	SELECT id, endpoint_id, seq, last_seq, type, object_id, conversation_id,
		state, attempts, due_at, created_at, tried_at, status, error
	FROM webhook_deliveries WHERE workspace_id = (SELECT my_workspace())
	AND ((SELECT my_user()) IS NULL OR EXISTS (SELECT 1 FROM workspace_members AS m
		WHERE m.workspace_id = (SELECT my_workspace()) AND m.user_id = (SELECT my_user())
		AND m.role <> 'agent'));

CREATE VIEW my_invitations WITH (security_invoker) AS
	SELECT id, email, name, role, invited_by, created_at, expires_at,
		CAST(NULL AS bytea) AS hash
	FROM invitations WHERE workspace_id = (SELECT my_workspace());

-- Members do not read these: the hashes are for signing in.
CREATE VIEW my_tickets WITH (security_invoker) AS
	SELECT CAST(NULL AS bytea) AS hash, expires_at
	FROM tickets WHERE workspace_id = (SELECT my_workspace())
	AND token_id = (SELECT my_token());

-- How the nodes are: of no workspace, and nothing of any.
CREATE VIEW my_nodes WITH (security_invoker) AS
	SELECT node, seen_at, waiting, oldest_at, deferred, dead,
		spool_bytes, spool_wal, inbox_wal, outbox_open, media_pending,
		media_stopped, paused, awaited, clock_off, search_waiting
	FROM node_health;

CREATE VIEW my_idempotency_keys WITH (security_invoker) AS
	SELECT key, request_hash, status, location, body, created_at
	FROM idempotency_keys
	WHERE workspace_id = (SELECT my_workspace()) AND user_id = (SELECT my_user());

CREATE VIEW my_erasures WITH (security_invoker) AS
	SELECT id, conversation_id, state, messages, deliveries, asked_at,
		done_at
	FROM erasures WHERE workspace_id = (SELECT my_workspace());

-- Where the member's own messages are in the index, and whether all are.
CREATE VIEW my_search_partitions WITH (security_invoker) AS
	SELECT first_id, partition
	FROM search_partitions WHERE workspace_id = (SELECT my_workspace());

-- A member adds messages that are queued and no others, names nothing of
-- another workspace, and gives no file but an upload: its path is copied here,
-- so that nobody can name one.
CREATE VIEW my_outbox WITH (security_invoker) AS
	SELECT id, number_id, conversation_id, message_id, kind,
		upload_id, state, attempts, due_at, reason, created_at, behind,
		error_code, sending_at, typing
	FROM outbox WHERE workspace_id = (SELECT my_workspace());

-- Why a number waits; nothing of its key.
CREATE VIEW my_pauses WITH (security_barrier) AS
	SELECT p.number_id AS number_id, p.until AS until,
		CASE WHEN p.key_mark IS NULL THEN 'rate_limit'
			WHEN p.key_mark = 'none' THEN 'no_key'
			ELSE 'paused' END AS kind,
		p.reason AS reason, p.row_id AS row_id
	FROM number_pauses p WHERE EXISTS (SELECT 1 FROM numbers n
		WHERE n.id = p.number_id AND n.workspace_id = (SELECT my_workspace()));

-- How many wait: of a conversation now, of its number as last counted.
CREATE VIEW my_queues WITH (security_invoker) AS
	SELECT c.id AS conversation_id,
		(SELECT count(*) FROM outbox o
			WHERE o.workspace_id = c.workspace_id AND o.number_id = c.number_id
			AND o.conversation_id = c.id
			AND o.state IN ('queued', 'sending')) AS open,
		(SELECT q.open FROM number_queues q
			WHERE q.number_id = c.number_id) AS of_number
	FROM conversations c WHERE c.workspace_id = (SELECT my_workspace());

CREATE VIEW my_uploads WITH (security_invoker) AS
	SELECT id, user_id, mime_type, filename, size, path,
		created_at, flaw, width, height
	FROM uploads WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_files WITH (security_invoker) AS
	SELECT bytes FROM workspace_files WHERE workspace_id = (SELECT my_workspace());

CREATE VIEW my_identities WITH (security_invoker) AS
	SELECT number_id, kind, value, valid_from, conversation_id,
		created_at
	FROM identities WHERE workspace_id = (SELECT my_workspace());

-- Whom members blocked; what the provider still has to be asked is not theirs.
CREATE VIEW my_blocks WITH (security_invoker) AS
	SELECT id, conversation_id, who, state, asked_by, asked_at, error
	FROM blocks WHERE workspace_id = (SELECT my_workspace());

-- -------------------------------------------------------------- to search

-- Whether words of the member's rows are behind: they are stored and have none yet,
-- or are there and have changed.
CREATE VIEW my_search_state WITH (security_barrier) AS
	SELECT s.kind AS kind, s.from_id AS from_id
	FROM search_indexed AS s
	WHERE (SELECT my_workspace()) IS NOT NULL AND (s.from_id > 0 OR CASE s.kind
	WHEN 'message' THEN EXISTS (SELECT 1 FROM messages WHERE workspace_id = (SELECT my_workspace()) AND id > s.upto_id)
		OR EXISTS (SELECT 1 FROM (SELECT id FROM search_stale WHERE kind = 'message' ORDER BY id LIMIT 64) AS t
			WHERE EXISTS (SELECT 1 FROM messages AS r WHERE r.workspace_id = (SELECT my_workspace()) AND r.id = t.id))
	WHEN 'conversation' THEN EXISTS (SELECT 1 FROM conversations WHERE workspace_id = (SELECT my_workspace()) AND id > s.upto_id)
		OR EXISTS (SELECT 1 FROM (SELECT id FROM search_stale WHERE kind = 'conversation' ORDER BY id LIMIT 64) AS t
			WHERE EXISTS (SELECT 1 FROM conversations AS r WHERE r.workspace_id = (SELECT my_workspace()) AND r.id = t.id))
	ELSE EXISTS (SELECT 1 FROM contacts WHERE workspace_id = (SELECT my_workspace()) AND id > s.upto_id)
		OR EXISTS (SELECT 1 FROM (SELECT id FROM search_stale WHERE kind = 'contact' ORDER BY id LIMIT 64) AS t
			WHERE EXISTS (SELECT 1 FROM contacts AS r WHERE r.workspace_id = (SELECT my_workspace()) AND r.id = t.id)) END
	OR (SELECT COUNT(*) FROM (SELECT 1 FROM search_stale AS t WHERE t.kind = s.kind LIMIT 64) AS many) = 64);

-- The member's rows with these words, a tsquery, the newest first: WHAT is a table of
-- search.sql, and DIGITS have to be in the phone, too, unless they are NULL.  With each
-- a message's conversation, or the id once more.  No policy stands between the index
-- and what is looked for here, and no key is walked backwards for a word that is rare,
-- or read whole: it is no condition of an index.  Words of a row that has changed since
-- are not its own any more; nearly always there is none.
CREATE FUNCTION my_found(what text, wanted text, before bigint, most bigint, digits text)
RETURNS TABLE (id bigint, conversation_id bigint) STABLE ROWS 500 LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = on SET enable_sort = on SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
	of_kind	text := split_part(what, '_', 1);
	asked	text;
BEGIN
	IF what NOT IN ('message_words', 'conversation_words', 'contact_words', 'conversation_digits', 'contact_digits') THEN
		RETURN;
	END IF;
	asked := format('SELECT w.id FROM %I AS w WHERE w.workspace_id + 0 = $1 AND w.words @@ CAST($2 AS tsquery) AND w.id + 0 < $3', what);
	IF EXISTS (SELECT 1 FROM search_stale AS s WHERE s.kind = of_kind) THEN
		asked := asked || ' AND w.id NOT IN (SELECT s.id FROM search_stale AS s WHERE s.kind = $4)';
	END IF;
	IF digits IS NOT NULL THEN
		asked := asked || format(' AND EXISTS (SELECT 1 FROM %I AS r'
			' WHERE r.workspace_id = $1 AND r.id = w.id AND strpos(r.phone, $6) > 0)', of_kind || 's');
	END IF;
	asked := asked || ' ORDER BY w.id DESC LIMIT $5';
	IF what = 'message_words' THEN
		-- Of a conversation that is being merged it is the other one's already.
		asked := format('SELECT f.id, COALESCE((SELECT j.target FROM jobs AS j WHERE j.workspace_id = $1 AND j.kind = %L'
			' AND j.subject = m.conversation_id), m.conversation_id) FROM (%s) AS f'
			' JOIN messages AS m ON m.workspace_id = $1 AND m.id = f.id ORDER BY f.id DESC', 'merge', asked);
	ELSE
		asked := format('SELECT f.id, f.id FROM (%s) AS f', asked);
	END IF;
	RETURN QUERY EXECUTE asked USING my_workspace(), wanted, before, of_kind, most, digits;
END $$;
