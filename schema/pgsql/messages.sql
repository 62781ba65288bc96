-- What a message does when it is stored, changed or deleted: triggers of a
-- statement, as those of conversations.sql.
--
-- Who writes many changes reads the last seq before the first of them (last): read
-- for each, it would pass by all that the statement has written, which it cannot
-- see, and a hundred rows would be a hundred times as dear as one.  Old and new
-- rows are joined by hash: there is no index of them.

-- Since when nobody has answered, behind the messages of a conversation in their
-- order; -1 where it has to be found.  So far it is so since SO_FAR[1], and the last
-- message is of SO_FAR[2]; before the first of them since SINCE and of LAST_AT.
CREATE FUNCTION unanswered_next(so_far bigint[], since bigint, last_at bigint,
	direction text, type text, counts_unread bigint, sent_at bigint) RETURNS bigint[] IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
	IF so_far IS NOT NULL THEN
		since := so_far[1];
		last_at := so_far[2];
	END IF;
	IF counts_unread <> 0 THEN
		IF since <= sent_at OR type = 'reaction' THEN
			NULL;
		ELSIF sent_at >= last_at THEN
			since := sent_at;
		ELSE
			since := -1;
		END IF;
	ELSIF direction = 'inbound' OR since > sent_at THEN
		NULL;
	ELSIF sent_at >= last_at THEN
		since := NULL;
	ELSIF since IS NOT NULL THEN
		since := -1;
	END IF;
	RETURN ARRAY[since, GREATEST(last_at, sent_at)];
END $$;
CREATE FUNCTION unanswered_then(so_far bigint[]) RETURNS bigint IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
	RETURN so_far[1];
END $$;
CREATE AGGREGATE unanswered_after(since bigint, last_at bigint, direction text, type text, counts_unread bigint, sent_at bigint)
	(SFUNC = unanswered_next, STYPE = bigint[], FINALFUNC = unanswered_then);

-- The stats of conversations, whoever stores messages.  They never go backwards
-- when an older message comes late; two messages of one second stand in the order
-- of their ids.  Several of one conversation count as if one came after the other,
-- and its last one is told of with it (change_conversation), the others here.
--
-- The processor also says when it has seen their customers, in waspool.seen, since a
-- second UPDATE of the same rows is as dear as the first: rows of JSON, of workspace,
-- conversation, phone_at, user_id_at, profile_name_at.  They are taken once, and from
-- nobody who may not write conversations anyway.
CREATE FUNCTION messages_stored() RETURNS trigger LANGUAGE plpgsql SET enable_hashjoin = on AS $$
DECLARE
	seen	text := COALESCE(current_setting('waspool.seen', true), '');
BEGIN
	IF seen <> '' THEN
		PERFORM set_config('waspool.seen', '', true);
	END IF;
	IF seen = '' OR NOT has_table_privilege(session_user, 'public.conversations', 'UPDATE') THEN
		seen := '[]';
	END IF;
	PERFORM lock_workspace(w) FROM (SELECT DISTINCT workspace_id AS w FROM new_rows ORDER BY 1) AS those;

	-- trigger update_conversation_on_message
	WITH last AS MATERIALIZED (SELECT w.workspace_id,
			(SELECT COALESCE(MAX(c.seq), 0) FROM changes AS c WHERE c.workspace_id = w.workspace_id) AS seq
		FROM (SELECT DISTINCT workspace_id FROM new_rows) AS w)
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT n.workspace_id, l.seq + row_number() OVER (PARTITION BY n.workspace_id ORDER BY n.id), 'message.created', n.id, n.conversation_id
	FROM (SELECT m.workspace_id, m.id, m.conversation_id,
			LEAD(m.id) OVER (PARTITION BY m.workspace_id, m.conversation_id ORDER BY m.id) AS next
		FROM new_rows AS m) AS n
	JOIN last AS l ON l.workspace_id = n.workspace_id
	WHERE n.next IS NOT NULL;

	UPDATE conversations AS k SET
		last_message_id = CASE WHEN s.sent_at >= k.last_message_at THEN s.id ELSE k.last_message_id END,
		last_message_preview = CASE WHEN s.sent_at >= k.last_message_at THEN s.preview ELSE k.last_message_preview END,
		last_message_at = GREATEST(k.last_message_at, s.sent_at),
		unread_count = k.unread_count + s.unread,
		is_read = CASE WHEN s.unread <> 0 THEN 0 ELSE k.is_read END,
		status = CASE WHEN s.unread <> 0 THEN 'active' ELSE k.status END,
		unanswered_since = s.unanswered_since,
		last_customer_message_at = GREATEST(k.last_customer_message_at, s.opened_at),
		updated_at = GREATEST(k.updated_at, s.created_at),
		stored_message_id = s.newest,
		phone_at = COALESCE(t.c, k.phone_at),
		user_id_at = COALESCE(t.d, k.user_id_at),
		profile_name_at = COALESCE(t.e, k.profile_name_at)
	FROM (SELECT DISTINCT ON (n.workspace_id, n.conversation_id) n.workspace_id, n.conversation_id, n.id, n.sent_at,
			CASE n.preview WHEN '' THEN COALESCE(n.text, '') ELSE n.preview END AS preview,
			CAST(SUM(n.counts_unread) OVER together AS bigint) AS unread,
			unanswered_after(c.unanswered_since, c.last_message_at, n.direction, n.type, n.counts_unread, n.sent_at)
				OVER together AS unanswered_since,
			MAX(n.sent_at) FILTER (WHERE n.opens_window <> 0) OVER together AS opened_at,
			MAX(n.created_at) OVER together AS created_at,
			MAX(n.id) OVER together AS newest
		FROM new_rows AS n
		CROSS JOIN LATERAL (SELECT k.unanswered_since, k.last_message_at FROM conversations AS k
			WHERE k.workspace_id = n.workspace_id AND k.id = n.conversation_id LIMIT 1) AS c
		WINDOW together AS (PARTITION BY n.workspace_id, n.conversation_id ORDER BY n.id
			ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
		ORDER BY n.workspace_id, n.conversation_id, n.sent_at DESC, n.id DESC) AS s
	LEFT JOIN json_to_recordset(CAST(seen AS json)) AS t(a bigint, b bigint, c bigint, d bigint, e bigint)
		ON t.b = s.conversation_id AND t.a = s.workspace_id
	WHERE k.workspace_id = s.workspace_id AND k.id = s.conversation_id;

	-- trigger message_stale_again
	INSERT INTO search_stale(kind, id, workspace_id)
	SELECT 'message', n.id, n.workspace_id FROM new_rows AS n JOIN search_indexed AS i ON n.id BETWEEN i.from_id AND i.upto_id
	WHERE i.kind = 'message'
	ON CONFLICT DO NOTHING;
	RETURN NULL;
END $$;
CREATE TRIGGER messages_stored AFTER INSERT ON messages REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION messages_stored();

CREATE FUNCTION messages_changed() RETURNS trigger LANGUAGE plpgsql SET enable_hashjoin = on AS $$
BEGIN
	PERFORM lock_workspace(w) FROM (SELECT DISTINCT workspace_id AS w FROM new_rows ORDER BY 1) AS those;

	-- trigger change_message
	WITH last AS MATERIALIZED (SELECT w.workspace_id,
			(SELECT COALESCE(MAX(c.seq), 0) FROM changes AS c WHERE c.workspace_id = w.workspace_id) AS seq
		FROM (SELECT DISTINCT workspace_id FROM new_rows) AS w)
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT n.workspace_id, l.seq + row_number() OVER (PARTITION BY n.workspace_id ORDER BY n.id), 'message.updated', n.id, n.conversation_id
	FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id JOIN last AS l ON l.workspace_id = n.workspace_id
	WHERE o.wamid IS DISTINCT FROM n.wamid OR o.direction <> n.direction OR o.type <> n.type
	OR o.content <> n.content OR (n.content = '' AND o.text IS DISTINCT FROM n.text) OR o.status <> n.status
	OR o.context IS DISTINCT FROM n.context OR o.referral IS DISTINCT FROM n.referral
	OR o.error IS DISTINCT FROM n.error OR o.sender IS DISTINCT FROM n.sender
	OR o.sent_by IS DISTINCT FROM n.sent_by OR o.sent_at <> n.sent_at
	OR o.edited_at IS DISTINCT FROM n.edited_at OR o.revoked_at IS DISTINCT FROM n.revoked_at
	OR o.conversation_id <> n.conversation_id;

	-- An edited or deleted message shows so in the list, when it is the last.
	-- trigger update_preview_on_message
	UPDATE conversations AS c SET
		last_message_preview = CASE n.preview WHEN '' THEN COALESCE(SUBSTR(n.text, 1, 100), '') ELSE n.preview END
	FROM old_rows AS o, new_rows AS n
	WHERE n.id = o.id AND (o.preview <> n.preview OR (n.preview = '' AND o.text IS DISTINCT FROM n.text))
	AND c.workspace_id = n.workspace_id AND c.id = n.conversation_id AND c.last_message_id = n.id;

	-- A message that is sent again was not refused, until it is: so it does not
	-- matter which of its statuses came first.
	-- trigger marketing_refused
	IF EXISTS (SELECT 1 FROM new_rows WHERE error_code = 131050 UNION ALL SELECT 1 FROM old_rows WHERE error_code = 131050) THEN
		DELETE FROM marketing_choices AS m USING old_rows AS o, new_rows AS n
		WHERE n.id = o.id AND (n.status <> 'failed' OR COALESCE(n.error_code, 0) <> 131050)
		AND (n.status <> o.status OR n.error_code IS DISTINCT FROM o.error_code)
		AND m.workspace_id = o.workspace_id AND m.conversation_id = o.conversation_id
		AND m.state = 'stopped' AND m.message_id = o.id;
		INSERT INTO marketing_choices(workspace_id, conversation_id, state, at, message_id, sighting_id)
		SELECT n.workspace_id, n.conversation_id, 'stopped',
			COALESCE((SELECT b.sending_at FROM outbox AS b
				WHERE b.workspace_id = n.workspace_id AND b.kind = 'message' AND b.message_id = n.id), n.sent_at),
			n.id, n.sighting_id
		FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id
		WHERE n.status = 'failed' AND n.error_code = 131050
		AND (n.status <> o.status OR n.error_code IS DISTINCT FROM o.error_code)
		ON CONFLICT DO NOTHING;
	END IF;

	-- The provider knows better than our clock whether the window is open.  A
	-- message that turns out to be delivered after all was not refused.  An
	-- answer that failed is none.
	-- trigger close_window_on_refusal
	UPDATE conversations AS c SET unanswered_since = -1,
		window_refused_at = COALESCE((SELECT MAX(m.sent_at) FROM messages AS m
			WHERE m.workspace_id = c.workspace_id AND m.conversation_id = c.id
			AND m.status = 'failed' AND m.error_code = 131047), 0)
	FROM old_rows AS o, new_rows AS n
	WHERE n.id = o.id AND (n.status = 'failed' OR o.status = 'failed')
	AND (n.status <> o.status OR COALESCE(n.error_code, 0) <> COALESCE(o.error_code, 0))
	AND c.workspace_id = n.workspace_id AND c.id = n.conversation_id;

	-- trigger unanswered_counted
	UPDATE conversations AS c SET unanswered_since = -1 FROM old_rows AS o, new_rows AS n
	WHERE n.id = o.id AND o.counts_unread <> n.counts_unread AND c.workspace_id = n.workspace_id AND c.id = n.conversation_id;

	-- trigger message_stale
	INSERT INTO search_stale(kind, id, workspace_id, text)
	SELECT 'message', o.id, o.workspace_id, o.text FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id
	WHERE (o.text IS DISTINCT FROM n.text OR o.workspace_id <> n.workspace_id) AND has_words('message', o.id)
	ON CONFLICT DO NOTHING;
	RETURN NULL;
END $$;
CREATE TRIGGER messages_changed AFTER UPDATE ON messages REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION messages_changed();

CREATE FUNCTION messages_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM lock_workspace(w) FROM (SELECT DISTINCT workspace_id AS w FROM old_rows ORDER BY 1) AS those;

	-- trigger change_message_gone
	WITH last AS MATERIALIZED (SELECT w.workspace_id,
			(SELECT COALESCE(MAX(c.seq), 0) FROM changes AS c WHERE c.workspace_id = w.workspace_id) AS seq
		FROM (SELECT DISTINCT workspace_id FROM old_rows) AS w)
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT o.workspace_id, l.seq + row_number() OVER (PARTITION BY o.workspace_id ORDER BY o.id), 'message.updated', o.id, o.conversation_id
	FROM old_rows AS o JOIN last AS l ON l.workspace_id = o.workspace_id;

	-- trigger message_stale_gone
	INSERT INTO search_stale(kind, id, workspace_id, text)
	SELECT 'message', o.id, o.workspace_id, o.text FROM old_rows AS o WHERE has_words('message', o.id)
	ON CONFLICT DO NOTHING;
	RETURN NULL;
END $$;
CREATE TRIGGER messages_gone AFTER DELETE ON messages REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION messages_gone();

-- A plan that was made while tables were empty reads all of a workspace for each
-- row.  So they are analyzed whenever messages have grown tenfold, which also has
-- plans made anew: the processor asks behind each batch.  1 when it was due.
CREATE FUNCTION analyze_grown() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	IF pg_relation_size('public.messages') / current_setting('block_size')::int
		< (SELECT 10 * GREATEST(relpages, 1) FROM pg_class WHERE oid = 'public.messages'::regclass) THEN
		RETURN 0;
	END IF;
	ANALYZE changes, conversations, counters, held, identities, identity_changes, media, message_patches, message_statuses, messages,
		outbox, reactions, sightings, unanswered, unmatched, window_hours;
	RETURN 1;
END $$;
