-- What a conversation takes along when it is made, changes or goes.  Triggers of a
-- statement, over all its rows at once: the processor writes a hundred
-- conversations in one.  One function for each event, since triggers would run in
-- the order of their names, and its parts have to run in this one; "-- trigger"
-- says which of ../sqlite/inbox.sql a part is.

-- Which name the phone's address book has for a conversation: that of the entry
-- with just this phone, else the only one that its accounts may mean.
-- trigger phone_book_moved
CREATE FUNCTION phone_book_move(workspace bigint, number bigint, called text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE conversations SET phone_book_name = COALESCE(
		(SELECT b.name FROM phone_book AS b
			WHERE b.workspace_id = workspace AND b.number_id = number AND b.entry = called AND b.phone = called),
		(SELECT CASE WHEN MIN(b.name) = MAX(b.name) THEN MIN(b.name) END FROM phone_book AS b
			WHERE b.workspace_id = workspace AND b.number_id = number AND b.phone = called))
	WHERE workspace_id = workspace AND phone = called AND number_id = number;
END $$;

-- A contact shows the username that its conversations say: of the newest that
-- says one.
CREATE FUNCTION username_of(workspace bigint, contact bigint) RETURNS text STABLE LANGUAGE sql AS $$
	SELECT c.username FROM conversations AS c
	WHERE c.workspace_id = workspace AND c.contact_id = contact AND c.username IS NOT NULL ORDER BY c.id DESC LIMIT 1
$$;

-- A customer waits since the first message behind our last one that did not
-- fail, and was no automatic answer and no broadcast's; a reaction waits for
-- nothing, and what was closed waits for nobody.  Found anew where -1 was written.
CREATE FUNCTION answers(m messages) RETURNS boolean STABLE LANGUAGE sql AS $$
	SELECT m.direction = 'outbound' AND m.status <> 'failed' AND COALESCE(m.sent_by, 1) <> 0
	AND NOT EXISTS (SELECT 1 FROM broadcast_recipients AS b WHERE b.workspace_id = m.workspace_id AND b.message_id = m.id)
$$;
-- trigger unanswered_found
CREATE FUNCTION unanswered_find(workspace bigint, conversation bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE conversations AS c SET unanswered_since = (SELECT m.sent_at FROM messages AS m
		WHERE m.workspace_id = workspace AND m.conversation_id = conversation
		AND m.counts_unread = 1 AND m.type <> 'reaction'
		AND m.sent_at >= COALESCE((SELECT o.sent_at FROM messages AS o
			WHERE o.workspace_id = workspace AND o.conversation_id = conversation AND answers(o)
			ORDER BY o.sent_at DESC, o.id DESC LIMIT 1), 0)
		AND NOT EXISTS (SELECT 1 FROM messages AS o
			WHERE o.workspace_id = workspace AND o.conversation_id = conversation
			AND o.sent_at = m.sent_at AND o.id > m.id AND answers(o))
		AND (c.status = 'active' OR EXISTS (SELECT 1 FROM set_aside AS s
			WHERE s.workspace_id = workspace AND s.conversation_id = conversation))
		ORDER BY m.sent_at, m.id LIMIT 1)
	WHERE c.workspace_id = workspace AND c.id = conversation;
	UPDATE unanswered AS u SET since = c.unanswered_since
	FROM conversations AS c
	WHERE u.workspace_id = workspace AND u.conversation_id = conversation
	AND c.workspace_id = workspace AND c.id = conversation AND c.unanswered_since IS NOT NULL;
	DELETE FROM unanswered WHERE workspace_id = workspace AND conversation_id = conversation AND since = -1;
END $$;
CREATE FUNCTION unanswered_lost() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM unanswered_find(new.workspace_id, new.conversation_id);
	RETURN NULL;
END $$;
CREATE TRIGGER unanswered_lost AFTER INSERT ON unanswered FOR EACH ROW WHEN (new.since = -1) EXECUTE FUNCTION unanswered_lost();
CREATE TRIGGER unanswered_lost_again AFTER UPDATE OF since ON unanswered FOR EACH ROW WHEN (new.since = -1) EXECUTE FUNCTION unanswered_lost();

-- ------------------------------------------------------------------- made

CREATE FUNCTION conversations_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM lock_workspace(w) FROM (SELECT DISTINCT workspace_id AS w FROM new_rows ORDER BY 1) AS those;

	-- trigger change_conversation_new
	WITH last AS MATERIALIZED (SELECT w.workspace_id,
			(SELECT COALESCE(MAX(c.seq), 0) FROM changes AS c WHERE c.workspace_id = w.workspace_id) AS seq
		FROM (SELECT DISTINCT workspace_id FROM new_rows) AS w)
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT n.workspace_id, l.seq + row_number() OVER (PARTITION BY n.workspace_id ORDER BY n.id), 'conversation.updated', n.id, n.id
	FROM new_rows AS n JOIN last AS l ON l.workspace_id = n.workspace_id;

	-- trigger count_window
	INSERT INTO window_hours AS h (workspace_id, hour, conversations)
	SELECT n.workspace_id, n.window_ends / 3600, COUNT(*) FROM new_rows AS n
	WHERE n.window_ends IS NOT NULL GROUP BY 1, 2
	ON CONFLICT (workspace_id, hour) DO UPDATE SET conversations = h.conversations + excluded.conversations;

	-- trigger count_conversation
	UPDATE counters AS c SET total = c.total + s.total, unread = c.unread + s.unread, archived = c.archived + s.archived
	FROM (SELECT n.workspace_id, COUNT(*) AS total, COUNT(*) FILTER (WHERE n.is_read = 0) AS unread,
			COUNT(*) FILTER (WHERE n.status = 'archived') AS archived
		FROM new_rows AS n GROUP BY 1) AS s
	WHERE c.workspace_id = s.workspace_id;

	-- trigger unanswered_new
	INSERT INTO unanswered(conversation_id, workspace_id, since)
	SELECT n.id, n.workspace_id, n.unanswered_since FROM new_rows AS n WHERE n.unanswered_since IS NOT NULL;

	-- trigger conversation_tags_new
	INSERT INTO conversation_tags(workspace_id, tag_id, status, last_message_at, conversation_id, tag_ids)
	SELECT k.workspace_id, k.tag_id, n.status, n.last_message_at, n.id, p.tag_ids
	FROM new_rows AS n
	JOIN contact_tags AS k ON k.workspace_id = n.workspace_id AND k.contact_id = n.contact_id
	JOIN contacts AS p ON p.workspace_id = n.workspace_id AND p.id = n.contact_id;

	-- trigger phone_book_met
	PERFORM phone_book_move(s.workspace_id, s.number_id, s.phone)
	FROM (SELECT n.workspace_id, n.number_id, n.phone FROM new_rows AS n
		WHERE EXISTS (SELECT 1 FROM phone_book AS b
			WHERE b.workspace_id = n.workspace_id AND b.number_id = n.number_id AND b.phone = n.phone)
		ORDER BY n.id) AS s;

	-- trigger contact_username_new
	UPDATE contacts AS p SET username = s.username
	FROM (SELECT DISTINCT ON (n.workspace_id, n.contact_id) n.workspace_id, n.contact_id, n.username FROM new_rows AS n
		WHERE n.username IS NOT NULL AND n.contact_id IS NOT NULL
		ORDER BY n.workspace_id, n.contact_id, n.id DESC) AS s
	WHERE p.workspace_id = s.workspace_id AND p.id = s.contact_id AND p.username IS DISTINCT FROM s.username;

	-- trigger conversation_stale_again
	INSERT INTO search_stale(kind, id, workspace_id)
	SELECT 'conversation', n.id, n.workspace_id FROM new_rows AS n JOIN search_indexed AS i ON n.id BETWEEN i.from_id AND i.upto_id
	WHERE i.kind = 'conversation'
	ON CONFLICT DO NOTHING;
	RETURN NULL;
END $$;
CREATE TRIGGER conversations_made AFTER INSERT ON conversations REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION conversations_made();

-- ---------------------------------------------------------------- changed

-- What a message seldom does is asked once, for all rows.
CREATE FUNCTION conversations_changed() RETURNS trigger LANGUAGE plpgsql SET enable_hashjoin = on AS $$
DECLARE
	is_window	boolean;
	is_waiting	boolean;
	is_status	boolean;
	is_counted	boolean;
	has_tags	boolean;
	is_called	boolean;
	is_named	boolean;
BEGIN
	PERFORM lock_workspace(w) FROM (SELECT DISTINCT workspace_id AS w FROM new_rows ORDER BY 1) AS those;
	SELECT bool_or(o.window_ends / 3600 IS DISTINCT FROM n.window_ends / 3600),
		bool_or(o.unanswered_since IS DISTINCT FROM n.unanswered_since),
		bool_or(o.status <> n.status),
		bool_or(o.is_read <> n.is_read OR o.status <> n.status),
		bool_or((o.contact_id IS NOT NULL OR n.contact_id IS NOT NULL)
			AND (o.contact_id IS DISTINCT FROM n.contact_id OR o.status <> n.status OR o.last_message_at <> n.last_message_at)),
		bool_or(o.phone IS DISTINCT FROM n.phone),
		bool_or(o.profile_name IS DISTINCT FROM n.profile_name OR o.username IS DISTINCT FROM n.username
			OR o.phone_book_name IS DISTINCT FROM n.phone_book_name OR o.phone IS DISTINCT FROM n.phone
			OR o.contact_id IS DISTINCT FROM n.contact_id OR o.workspace_id <> n.workspace_id)
	INTO is_window, is_waiting, is_status, is_counted, has_tags, is_called, is_named
	FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id;

	-- A message that is stored is told of here, with what it changed.
	-- trigger change_conversation_phone_book
	-- trigger change_conversation_marketing
	-- trigger change_conversation_username
	-- trigger change_conversation
	WITH last AS MATERIALIZED (SELECT w.workspace_id,
			(SELECT COALESCE(MAX(c.seq), 0) FROM changes AS c WHERE c.workspace_id = w.workspace_id) AS seq
		FROM (SELECT DISTINCT workspace_id FROM new_rows) AS w)
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT s.workspace_id, l.seq + SUM(s.step) OVER (PARTITION BY s.workspace_id ORDER BY s.id, s.place), s.type, s.object_id, s.id
	FROM (SELECT n.workspace_id, n.id, k.place,
			CASE WHEN k.place = 4 AND c.stored AND c.stats THEN 2 ELSE 1 END AS step,
			CASE WHEN k.place < 4 OR NOT c.stored THEN 'conversation.updated' WHEN c.stats THEN 'message' ELSE 'message.created' END AS type,
			CASE WHEN k.place < 4 OR NOT c.stored THEN n.id ELSE n.stored_message_id END AS object_id
		FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id
		CROSS JOIN LATERAL (SELECT o.stored_message_id IS DISTINCT FROM n.stored_message_id AS stored,
			o.last_message_at IS DISTINCT FROM n.last_message_at OR o.unread_count IS DISTINCT FROM n.unread_count
			OR o.last_message_preview IS DISTINCT FROM n.last_message_preview
			OR o.last_customer_message_at IS DISTINCT FROM n.last_customer_message_at
			OR o.updated_at IS DISTINCT FROM n.updated_at OR o.is_read IS DISTINCT FROM n.is_read
			OR o.status IS DISTINCT FROM n.status OR o.unanswered_since IS DISTINCT FROM n.unanswered_since AS stats) AS c
		CROSS JOIN LATERAL (VALUES
			(1, o.phone_book_name IS DISTINCT FROM n.phone_book_name),
			(2, o.marketing IS DISTINCT FROM n.marketing OR o.marketing_at IS DISTINCT FROM n.marketing_at
				OR o.marketing_source IS DISTINCT FROM n.marketing_source),
			(3, o.username IS DISTINCT FROM n.username),
			(4, c.stored OR c.stats OR o.phone IS DISTINCT FROM n.phone OR o.user_id IS DISTINCT FROM n.user_id
				OR o.profile_name IS DISTINCT FROM n.profile_name OR o.contact_id IS DISTINCT FROM n.contact_id
				OR o.window_refused_at IS DISTINCT FROM n.window_refused_at
				OR o.assigned_to IS DISTINCT FROM n.assigned_to OR o.created_at IS DISTINCT FROM n.created_at)) AS k(place, happened)
		WHERE k.happened) AS s
	JOIN last AS l ON l.workspace_id = s.workspace_id;

	-- trigger conversation_moved
	IF is_window THEN
		-- trigger count_window_moved
		UPDATE window_hours AS h SET conversations = h.conversations - s.n
		FROM (SELECT o.workspace_id, o.window_ends / 3600 AS hour, COUNT(*) AS n FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id
			WHERE o.window_ends / 3600 IS DISTINCT FROM n.window_ends / 3600 GROUP BY 1, 2) AS s
		WHERE h.workspace_id = s.workspace_id AND h.hour = s.hour;
		INSERT INTO window_hours AS h (workspace_id, hour, conversations)
		SELECT n.workspace_id, n.window_ends / 3600, COUNT(*) FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id
		WHERE o.window_ends / 3600 IS DISTINCT FROM n.window_ends / 3600 AND n.window_ends IS NOT NULL GROUP BY 1, 2
		ON CONFLICT (workspace_id, hour) DO UPDATE SET conversations = h.conversations + excluded.conversations;
		DELETE FROM window_hours AS h USING old_rows AS o
		WHERE h.workspace_id = o.workspace_id AND h.hour = o.window_ends / 3600 AND h.conversations = 0;
	END IF;
	IF is_waiting THEN
		-- trigger unanswered_ended
		DELETE FROM unanswered AS u USING old_rows AS o, new_rows AS n
		WHERE n.id = o.id AND o.unanswered_since IS NOT NULL AND n.unanswered_since IS NULL
		AND u.workspace_id = n.workspace_id AND u.conversation_id = n.id;
		-- trigger unanswered_moved
		UPDATE unanswered AS u SET since = n.unanswered_since FROM old_rows AS o, new_rows AS n
		WHERE n.id = o.id AND o.unanswered_since <> n.unanswered_since
		AND u.workspace_id = n.workspace_id AND u.conversation_id = n.id;
		-- trigger unanswered_begun
		INSERT INTO unanswered(conversation_id, workspace_id, since)
		SELECT n.id, n.workspace_id, n.unanswered_since FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id
		WHERE o.unanswered_since IS NULL AND n.unanswered_since IS NOT NULL;
	END IF;
	IF is_status THEN
		-- trigger conversation_status_moved
		-- trigger conversation_marks_moved
		DELETE FROM set_aside AS s USING old_rows AS o, new_rows AS n
		WHERE n.id = o.id AND n.status <> o.status AND n.status = 'active'
		AND s.workspace_id = n.workspace_id AND s.conversation_id = n.id;
		UPDATE conversation_marks AS k SET status = n.status FROM old_rows AS o, new_rows AS n
		WHERE n.id = o.id AND n.status <> o.status AND k.workspace_id = n.workspace_id AND k.conversation_id = n.id;
	END IF;
	IF is_counted THEN
		-- trigger count_conversation_changed
		UPDATE counters AS c SET unread = c.unread + s.unread, archived = c.archived + s.archived
		FROM (SELECT n.workspace_id, SUM((n.is_read = 0)::int - (o.is_read = 0)::int) AS unread,
				SUM((n.status = 'archived')::int - (o.status = 'archived')::int) AS archived
			FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id
			WHERE n.is_read <> o.is_read OR n.status <> o.status GROUP BY 1) AS s
		WHERE c.workspace_id = s.workspace_id;
	END IF;

	-- trigger conversation_tags_changed
	-- trigger conversation_tags_moved
	IF has_tags THEN
		DELETE FROM conversation_tags AS t USING old_rows AS o, new_rows AS n
		WHERE n.id = o.id AND (o.contact_id IS DISTINCT FROM n.contact_id OR o.status <> n.status OR o.last_message_at <> n.last_message_at)
		AND t.workspace_id = n.workspace_id AND t.status = o.status
		AND t.last_message_at = o.last_message_at AND t.conversation_id = n.id
		AND t.tag_id IN (SELECT k.tag_id FROM contact_tags AS k
			WHERE k.workspace_id = n.workspace_id AND k.contact_id = o.contact_id
			UNION ALL SELECT j.target FROM jobs AS j
			WHERE j.workspace_id = n.workspace_id AND j.kind = 'contact_tags' AND j.subject = o.contact_id);
		INSERT INTO conversation_tags(workspace_id, tag_id, status, last_message_at, conversation_id, tag_ids)
		SELECT k.workspace_id, k.tag_id, n.status, n.last_message_at, n.id, p.tag_ids
		FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id
		JOIN contact_tags AS k ON k.workspace_id = n.workspace_id AND k.contact_id = n.contact_id
		JOIN contacts AS p ON p.workspace_id = n.workspace_id AND p.id = n.contact_id
		WHERE o.contact_id IS DISTINCT FROM n.contact_id OR o.status <> n.status OR o.last_message_at <> n.last_message_at;
	END IF;

	-- What the words were made of is noted before the next part changes it.
	-- trigger conversation_stale
	IF is_named THEN
		INSERT INTO search_stale(kind, id, workspace_id, text, phone)
		SELECT 'conversation', o.id, o.workspace_id, words_of_conversation(o.profile_name, o.username, o.phone_book_name), o.phone
		FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id
		WHERE (o.profile_name IS DISTINCT FROM n.profile_name OR o.username IS DISTINCT FROM n.username
			OR o.phone_book_name IS DISTINCT FROM n.phone_book_name OR o.phone IS DISTINCT FROM n.phone
			OR o.workspace_id <> n.workspace_id) AND has_words('conversation', o.id)
		ON CONFLICT DO NOTHING;
	END IF;

	-- trigger phone_book_met_later
	IF is_called THEN
		UPDATE conversations AS c SET phone_book_name = NULL FROM old_rows AS o, new_rows AS n
		WHERE n.id = o.id AND o.phone IS DISTINCT FROM n.phone AND c.workspace_id = n.workspace_id AND c.id = n.id
		AND o.phone_book_name IS NOT NULL;
		PERFORM phone_book_move(s.workspace_id, s.number_id, s.phone)
		FROM (SELECT n.workspace_id, n.number_id, n.phone FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id
			WHERE o.phone IS DISTINCT FROM n.phone AND (o.phone_book_name IS NOT NULL OR EXISTS (SELECT 1 FROM phone_book AS b
				WHERE b.workspace_id = n.workspace_id AND b.number_id = n.number_id AND b.phone = n.phone))
			ORDER BY n.id) AS s;
	END IF;

	-- trigger contact_username_changed
	IF is_named THEN
		UPDATE contacts AS p SET username = username_of(o.workspace_id, o.contact_id)
		FROM old_rows AS o, new_rows AS n
		WHERE n.id = o.id AND (o.username IS NOT NULL OR n.username IS NOT NULL)
		AND (o.contact_id IS DISTINCT FROM n.contact_id OR (o.username IS NOT NULL AND n.username IS NULL))
		AND p.workspace_id = o.workspace_id AND p.id = o.contact_id;
		UPDATE contacts AS p SET username = s.username
		FROM (SELECT DISTINCT ON (n.workspace_id, n.contact_id) n.workspace_id, n.contact_id, n.username
			FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id
			WHERE n.username IS NOT NULL AND (o.contact_id IS DISTINCT FROM n.contact_id OR o.username IS DISTINCT FROM n.username)
			ORDER BY n.workspace_id, n.contact_id, n.id DESC) AS s
		WHERE p.workspace_id = s.workspace_id AND p.id = s.contact_id AND p.username IS DISTINCT FROM s.username;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER conversations_changed AFTER UPDATE ON conversations REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION conversations_changed();

-- ------------------------------------------------------------------- gone

-- One that is being moved to another workspace comes back, and keeps what is not
-- this workspace's own.
CREATE FUNCTION conversations_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM lock_workspace(w) FROM (SELECT DISTINCT workspace_id AS w FROM old_rows ORDER BY 1) AS those;

	-- trigger conversation_recipients_gone
	DELETE FROM broadcast_recipients AS b USING old_rows AS o WHERE b.workspace_id = o.workspace_id AND b.conversation_id = o.id;

	-- trigger change_conversation_gone
	WITH last AS MATERIALIZED (SELECT w.workspace_id,
			(SELECT COALESCE(MAX(c.seq), 0) FROM changes AS c WHERE c.workspace_id = w.workspace_id) AS seq
		FROM (SELECT DISTINCT workspace_id FROM old_rows) AS w)
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT o.workspace_id, l.seq + row_number() OVER (PARTITION BY o.workspace_id ORDER BY o.id), 'conversation.updated', o.id, o.id
	FROM old_rows AS o JOIN last AS l ON l.workspace_id = o.workspace_id;

	-- trigger count_window_gone
	UPDATE window_hours AS h SET conversations = h.conversations - s.n
	FROM (SELECT o.workspace_id, o.window_ends / 3600 AS hour, COUNT(*) AS n FROM old_rows AS o GROUP BY 1, 2) AS s
	WHERE h.workspace_id = s.workspace_id AND h.hour = s.hour;
	DELETE FROM window_hours AS h USING old_rows AS o
	WHERE h.workspace_id = o.workspace_id AND h.hour = o.window_ends / 3600 AND h.conversations = 0;

	-- trigger count_conversation_gone
	UPDATE counters AS c SET total = c.total - s.total, unread = c.unread - s.unread, archived = c.archived - s.archived
	FROM (SELECT o.workspace_id, COUNT(*) AS total, COUNT(*) FILTER (WHERE o.is_read = 0) AS unread,
			COUNT(*) FILTER (WHERE o.status = 'archived') AS archived
		FROM old_rows AS o GROUP BY 1) AS s
	WHERE c.workspace_id = s.workspace_id;

	-- trigger marketing_gone
	DELETE FROM marketing_choices AS m USING old_rows AS o
	WHERE o.marketing IS NOT NULL AND m.workspace_id = o.workspace_id AND m.conversation_id = o.id;
	-- trigger conversation_marks_gone
	DELETE FROM conversation_marks AS k USING old_rows AS o WHERE k.workspace_id = o.workspace_id AND k.conversation_id = o.id;
	-- trigger conversation_seen_gone
	DELETE FROM seen_marks AS k USING old_rows AS o WHERE k.workspace_id = o.workspace_id AND k.conversation_id = o.id;
	-- trigger conversation_drafts_gone
	DELETE FROM drafts AS d USING old_rows AS o WHERE d.workspace_id = o.workspace_id AND d.conversation_id = o.id;
	-- trigger conversation_activities_gone
	DELETE FROM activities AS a USING old_rows AS o
	WHERE a.workspace_id = o.workspace_id AND a.conversation_id = o.id
	AND NOT EXISTS (SELECT 1 FROM moving_conversations AS m WHERE m.id = o.id);
	-- trigger conversation_blocks_gone
	DELETE FROM blocks AS b USING old_rows AS o
	WHERE o.blocked <> 0 AND b.workspace_id = o.workspace_id AND b.conversation_id = o.id
	AND NOT EXISTS (SELECT 1 FROM moving_conversations AS m WHERE m.id = o.id);
	-- trigger conversation_group_gone
	DELETE FROM own_groups AS g USING old_rows AS o
	WHERE g.workspace_id = o.workspace_id AND g.number_id = o.number_id AND g.group_id = o.group_id
	AND NOT EXISTS (SELECT 1 FROM moving_conversations AS m WHERE m.id = o.id);
	-- trigger conversation_tags_gone
	DELETE FROM conversation_tags AS t USING old_rows AS o
	WHERE o.contact_id IS NOT NULL AND t.workspace_id = o.workspace_id AND t.status = o.status
	AND t.last_message_at = o.last_message_at AND t.conversation_id = o.id
	AND t.tag_id IN (SELECT k.tag_id FROM contact_tags AS k
		WHERE k.workspace_id = o.workspace_id AND k.contact_id = o.contact_id
		UNION ALL SELECT j.target FROM jobs AS j
		WHERE j.workspace_id = o.workspace_id AND j.kind = 'contact_tags' AND j.subject = o.contact_id);
	-- trigger unanswered_gone
	DELETE FROM unanswered AS u USING old_rows AS o WHERE u.workspace_id = o.workspace_id AND u.conversation_id = o.id;
	DELETE FROM set_aside AS s USING old_rows AS o
	WHERE s.workspace_id = o.workspace_id AND s.conversation_id = o.id
	AND NOT EXISTS (SELECT 1 FROM moving_conversations AS m WHERE m.id = o.id);
	-- trigger contact_username_gone
	UPDATE contacts AS p SET username = username_of(o.workspace_id, o.contact_id) FROM old_rows AS o
	WHERE o.username IS NOT NULL AND p.workspace_id = o.workspace_id AND p.id = o.contact_id;
	-- trigger conversation_stale_gone
	INSERT INTO search_stale(kind, id, workspace_id, text, phone)
	SELECT 'conversation', o.id, o.workspace_id, words_of_conversation(o.profile_name, o.username, o.phone_book_name), o.phone
	FROM old_rows AS o WHERE has_words('conversation', o.id)
	ON CONFLICT DO NOTHING;
	RETURN NULL;
END $$;
CREATE TRIGGER conversations_gone AFTER DELETE ON conversations REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION conversations_gone();
