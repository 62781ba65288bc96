-- What goes with what: rows that follow others.  Each trigger does what is little at
-- once; what is much becomes a job, whose steps do the same, and that there is one
-- tells the trigger to leave it alone.

-- Whether one of a row's jobs is there.
CREATE FUNCTION has_job(workspace bigint, what text, whose bigint) RETURNS boolean STABLE LANGUAGE sql AS $$
	SELECT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = workspace AND kind = what AND subject = whose)
$$;

-- --------------------------------------------------------------- contacts

CREATE FUNCTION contact_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF (SELECT COUNT(*) FROM (SELECT 1 FROM conversations WHERE workspace_id = old.workspace_id AND contact_id = old.id LIMIT 251) AS few)
		* (2 + (SELECT COUNT(*) FROM contact_tags WHERE workspace_id = old.workspace_id AND contact_id = old.id)) > 500 THEN
		INSERT INTO jobs(workspace_id, kind, subject) VALUES (old.workspace_id, 'contact_gone', old.id);
	END IF;
	IF NOT has_job(old.workspace_id, 'contact_gone', old.id) THEN
		UPDATE conversations SET contact_id = NULL, link = 'auto' WHERE workspace_id = old.workspace_id AND contact_id = old.id;
		DELETE FROM contact_tags WHERE workspace_id = old.workspace_id AND contact_id = old.id;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER contact_gone AFTER DELETE ON contacts FOR EACH ROW EXECUTE FUNCTION contact_gone();

CREATE FUNCTION contact_values_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM contact_values WHERE workspace_id = old.workspace_id AND contact_id = old.id;
	RETURN NULL;
END $$;
CREATE TRIGGER contact_values_gone AFTER DELETE ON contacts FOR EACH ROW EXECUTE FUNCTION contact_values_gone();

-- Of many contacts a job takes them, 100 at a time.
CREATE FUNCTION contact_field_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF (SELECT COUNT(*) FROM (SELECT 1 FROM contact_values WHERE workspace_id = old.workspace_id AND field_id = old.id LIMIT 41) AS few) > 40 THEN
		INSERT INTO jobs(workspace_id, kind, subject) VALUES (old.workspace_id, 'contact_field_gone', old.id);
	END IF;
	IF NOT has_job(old.workspace_id, 'contact_field_gone', old.id) THEN
		DELETE FROM contact_values WHERE workspace_id = old.workspace_id AND field_id = old.id;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER contact_field_gone AFTER DELETE ON contact_fields FOR EACH ROW EXECUTE FUNCTION contact_field_gone();

CREATE FUNCTION tag_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF (SELECT COUNT(*) FROM (SELECT 1 FROM contact_tags WHERE workspace_id = old.workspace_id AND tag_id = old.id LIMIT 41) AS few) > 40 THEN
		INSERT INTO jobs(workspace_id, kind, subject) VALUES (old.workspace_id, 'tag_gone', old.id);
	END IF;
	IF NOT has_job(old.workspace_id, 'tag_gone', old.id) THEN
		DELETE FROM contact_tags WHERE workspace_id = old.workspace_id AND tag_id = old.id;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER tag_gone AFTER DELETE ON tags FOR EACH ROW EXECUTE FUNCTION tag_gone();

-- A job, where the conversations of a contact times its tags are many.
CREATE FUNCTION tag_later(workspace bigint, contact bigint, tag bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF (SELECT COUNT(*) FROM (SELECT 1 FROM conversations WHERE workspace_id = workspace AND contact_id = contact LIMIT 17) AS few)
		* (1 + (SELECT COUNT(*) FROM contact_tags WHERE workspace_id = workspace AND contact_id = contact)) > 17
		OR has_job(workspace, 'contact_tags', contact) THEN
		INSERT INTO jobs(workspace_id, kind, subject, target) VALUES (workspace, 'contact_tags', contact, tag)
		ON CONFLICT (workspace_id, kind, subject, target, name) DO UPDATE SET place = 0;
	END IF;
END $$;
CREATE FUNCTION note_tags(workspace bigint, contact bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE contacts SET tag_ids = (SELECT string_agg(' ' || tag_id || ' ', '' ORDER BY tag_id)
		FROM contact_tags WHERE workspace_id = workspace AND contact_id = contact)
	WHERE workspace_id = workspace AND id = contact;
END $$;

CREATE FUNCTION contact_tag_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM tag_later(new.workspace_id, new.contact_id, new.tag_id);
	PERFORM note_tags(new.workspace_id, new.contact_id);
	IF NOT has_job(new.workspace_id, 'contact_tags', new.contact_id) THEN
		INSERT INTO conversation_tags(workspace_id, tag_id, status, last_message_at, conversation_id, tag_ids)
		SELECT c.workspace_id, new.tag_id, c.status, c.last_message_at, c.id, p.tag_ids
		FROM conversations AS c JOIN contacts AS p ON p.workspace_id = c.workspace_id AND p.id = c.contact_id
		WHERE c.workspace_id = new.workspace_id AND c.contact_id = new.contact_id;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER contact_tag_new AFTER INSERT ON contact_tags FOR EACH ROW EXECUTE FUNCTION contact_tag_new();

CREATE FUNCTION contact_tag_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM tag_later(old.workspace_id, old.contact_id, old.tag_id);
	IF NOT has_job(old.workspace_id, 'contact_tags', old.contact_id) THEN
		DELETE FROM conversation_tags AS t USING conversations AS c
		WHERE c.workspace_id = old.workspace_id AND c.contact_id = old.contact_id
		AND t.workspace_id = old.workspace_id AND t.tag_id = old.tag_id AND t.status IN ('active', 'archived')
		AND t.last_message_at = c.last_message_at AND t.conversation_id = c.id;
	END IF;
	PERFORM note_tags(old.workspace_id, old.contact_id);
	RETURN NULL;
END $$;
CREATE TRIGGER contact_tag_gone AFTER DELETE ON contact_tags FOR EACH ROW EXECUTE FUNCTION contact_tag_gone();

CREATE FUNCTION contact_tags_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT has_job(new.workspace_id, 'contact_tags', new.id) THEN
		UPDATE conversation_tags AS t SET tag_ids = new.tag_ids FROM conversations AS c
		WHERE c.workspace_id = new.workspace_id AND c.contact_id = new.id
		AND t.workspace_id = new.workspace_id AND t.status IN ('active', 'archived')
		AND t.tag_id IN (SELECT k.tag_id FROM contact_tags AS k WHERE k.workspace_id = new.workspace_id AND k.contact_id = new.id)
		AND t.last_message_at = c.last_message_at AND t.conversation_id = c.id;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER contact_tags_changed AFTER UPDATE OF tag_ids ON contacts FOR EACH ROW
WHEN (new.tag_ids IS NOT NULL)
EXECUTE FUNCTION contact_tags_changed();

-- ---------------------------------------------------- the phone's address book

CREATE FUNCTION phone_book_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' THEN
		PERFORM phone_book_move(old.workspace_id, old.number_id, old.phone);
	ELSE
		PERFORM phone_book_move(new.workspace_id, new.number_id, new.phone);
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER phone_book_new AFTER INSERT ON phone_book FOR EACH ROW
WHEN (new.name IS NOT NULL)
EXECUTE FUNCTION phone_book_moved();
CREATE TRIGGER phone_book_changed AFTER UPDATE OF name ON phone_book FOR EACH ROW
WHEN (old.name IS DISTINCT FROM new.name)
EXECUTE FUNCTION phone_book_moved();
CREATE TRIGGER phone_book_gone AFTER DELETE ON phone_book FOR EACH ROW
WHEN (old.name IS NOT NULL)
EXECUTE FUNCTION phone_book_moved();

-- -------------------------------------------------------- members and marks

-- Whoever comes back keeps what is still assigned, and has seen what there was.
CREATE FUNCTION member_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	-- trigger member_back
	DELETE FROM jobs WHERE workspace_id = new.workspace_id AND kind = 'member_gone' AND subject = new.user_id;
	DELETE FROM former_members WHERE workspace_id = new.workspace_id AND user_id = new.user_id;
	-- trigger member_seen_new
	INSERT INTO member_marks(workspace_id, user_id, seen_id)
	VALUES (new.workspace_id, new.user_id, (SELECT COALESCE(MAX(id), 0) FROM messages))
	ON CONFLICT (workspace_id, user_id) DO UPDATE SET seen_id = excluded.seen_id;
	RETURN NULL;
END $$;
CREATE TRIGGER member_came AFTER INSERT ON workspace_members FOR EACH ROW EXECUTE FUNCTION member_came();

CREATE FUNCTION member_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	-- trigger inviter_gone
	DELETE FROM invitations WHERE workspace_id = old.workspace_id AND invited_by = old.user_id;
	DELETE FROM invitations WHERE workspace_id = old.workspace_id AND email = (SELECT email FROM users WHERE id = old.user_id);
	-- trigger member_gone
	IF 2 * (SELECT COUNT(*) FROM (SELECT 1 FROM conversations
			WHERE workspace_id = old.workspace_id AND assigned_to = old.user_id LIMIT 126) AS few)
		+ (SELECT COUNT(*) FROM (SELECT 1 FROM seen_marks
			WHERE workspace_id = old.workspace_id AND user_id = old.user_id LIMIT 251) AS few) > 250 THEN
		INSERT INTO jobs(workspace_id, kind, subject) VALUES (old.workspace_id, 'member_gone', old.user_id)
		ON CONFLICT (workspace_id, kind, subject, target, name) DO NOTHING;
	END IF;
	IF NOT has_job(old.workspace_id, 'member_gone', old.user_id) THEN
		INSERT INTO activities(workspace_id, conversation_id, user_id, kind, at)
		SELECT c.workspace_id, c.id, f.user_id, 'left', f.left_at
		FROM former_members AS f JOIN conversations AS c ON c.workspace_id = f.workspace_id AND c.assigned_to = f.user_id
		WHERE f.workspace_id = old.workspace_id AND f.user_id = old.user_id
		ORDER BY c.status, c.last_message_at, c.id;
		UPDATE conversations SET assigned_to = NULL WHERE workspace_id = old.workspace_id AND assigned_to = old.user_id;
		DELETE FROM seen_marks WHERE workspace_id = old.workspace_id AND user_id = old.user_id;
	END IF;
	-- trigger team_member_left
	DELETE FROM team_members WHERE workspace_id = old.workspace_id AND user_id = old.user_id;
	-- trigger member_drafts_gone
	DELETE FROM drafts WHERE workspace_id = old.workspace_id AND user_id = old.user_id;
	RETURN NULL;
END $$;
CREATE TRIGGER member_left AFTER DELETE ON workspace_members FOR EACH ROW EXECUTE FUNCTION member_left();

-- What somebody invited for who may less is void.
CREATE FUNCTION inviter_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM invitations WHERE workspace_id = old.workspace_id AND invited_by = old.user_id;
	RETURN NULL;
END $$;
CREATE TRIGGER inviter_changed AFTER UPDATE OF role ON workspace_members FOR EACH ROW
WHEN (old.role <> new.role)
EXECUTE FUNCTION inviter_changed();

CREATE FUNCTION user_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM former_members WHERE user_id = old.id;
	RETURN NULL;
END $$;
CREATE TRIGGER user_gone AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION user_gone();

-- What is deleted leaves the conversations that have it.
CREATE FUNCTION mark_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM team_members WHERE workspace_id = old.workspace_id AND team_id = old.id;
	IF (SELECT COUNT(*) FROM (SELECT 1 FROM conversation_marks WHERE workspace_id = old.workspace_id AND mark_id = old.id LIMIT 251) AS few) > 250 THEN
		INSERT INTO jobs(workspace_id, kind, subject) VALUES (old.workspace_id, 'mark_gone', old.id);
	END IF;
	IF NOT has_job(old.workspace_id, 'mark_gone', old.id) THEN
		DELETE FROM conversation_marks WHERE workspace_id = old.workspace_id AND mark_id = old.id;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER mark_gone AFTER DELETE ON marks FOR EACH ROW EXECUTE FUNCTION mark_gone();

CREATE FUNCTION count_workspace() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO counters(workspace_id) VALUES (new.id);
	RETURN NULL;
END $$;
CREATE TRIGGER count_workspace AFTER INSERT ON workspaces FOR EACH ROW EXECUTE FUNCTION count_workspace();

-- ------------------------------------------------------- customers who change

-- A block goes along with the account, or the user id, that it is of.
CREATE FUNCTION block_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE blocks SET conversation_id = new.conversation_id
	WHERE workspace_id = new.workspace_id AND number_id = new.number_id
	AND who = CASE new.kind WHEN 'wa_id' THEN '+' || new.value ELSE new.value END
	AND conversation_id = old.conversation_id;
	RETURN NULL;
END $$;
CREATE TRIGGER block_follows AFTER UPDATE OF conversation_id ON identities FOR EACH ROW
WHEN (old.conversation_id <> new.conversation_id AND new.conversation_id <> 0
	AND (new.kind = 'wa_id' OR new.kind = 'user_id'))
EXECUTE FUNCTION block_follows();

-- A conversation shows who blocked its customer, and whether that worked.
-- trigger block_shown
CREATE FUNCTION block_show(workspace bigint, conversation bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE conversations SET blocked = COALESCE((SELECT MAX(CASE WHEN b.state IN ('unblocked', 'refused') THEN 1 ELSE 2 END)
		FROM blocks AS b WHERE b.workspace_id = workspace AND b.conversation_id = conversation), 0)
	WHERE workspace_id = workspace AND id = conversation;
END $$;
CREATE FUNCTION block_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM block_show(new.workspace_id, new.conversation_id);
	IF TG_OP = 'UPDATE' THEN
		IF old.conversation_id <> new.conversation_id THEN
			PERFORM block_show(old.workspace_id, old.conversation_id);
		END IF;
	END IF;
	PERFORM note_change(c.workspace_id, 'conversation.updated', c.id, c.id)
	FROM conversations AS c WHERE c.workspace_id = new.workspace_id AND c.id = new.conversation_id;
	RETURN NULL;
END $$;
CREATE TRIGGER block_new AFTER INSERT ON blocks FOR EACH ROW EXECUTE FUNCTION block_changed();
CREATE TRIGGER block_changed AFTER UPDATE OF state, asked_by, asked_at, error, conversation_id ON blocks FOR EACH ROW
WHEN (old.state <> new.state OR old.asked_by IS DISTINCT FROM new.asked_by OR old.asked_at <> new.asked_at
	OR old.error IS DISTINCT FROM new.error OR old.conversation_id <> new.conversation_id)
EXECUTE FUNCTION block_changed();

-- The newest choice counts, of two of one second the stop.  It is so since the first
-- that says the same with none between that says the other.
-- trigger marketing_moved
CREATE FUNCTION marketing_move(workspace bigint, conversation bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	stopped	bigint;
	allowed	bigint;
	wanted	text;
	since	bigint;
BEGIN
	SELECT MAX(m.at) FILTER (WHERE m.state = 'stopped'), MAX(m.at) FILTER (WHERE m.state = 'allowed') INTO stopped, allowed
	FROM marketing_choices AS m WHERE m.workspace_id = workspace AND m.conversation_id = conversation;
	IF stopped >= COALESCE(allowed, stopped) THEN
		wanted := 'stopped';
		since := COALESCE(allowed, 0);
	ELSIF allowed IS NOT NULL THEN
		wanted := 'allowed';
		since := COALESCE(stopped + 1, 0);
	END IF;
	SELECT MIN(m.at) INTO since FROM marketing_choices AS m
	WHERE m.workspace_id = workspace AND m.conversation_id = conversation AND m.state = wanted AND m.at >= since;
	UPDATE conversations SET marketing = wanted, marketing_at = since,
		marketing_source = CASE WHEN wanted IS NULL THEN NULL
			WHEN EXISTS (SELECT 1 FROM marketing_choices AS m
				WHERE m.workspace_id = workspace AND m.conversation_id = conversation
				AND m.state = wanted AND m.at = since AND m.message_id = 0) THEN 'user_preferences'
			ELSE 'refused' END
	WHERE workspace_id = workspace AND id = conversation;
END $$;

CREATE FUNCTION marketing_choice_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' THEN
		PERFORM marketing_move(old.workspace_id, old.conversation_id);
	ELSE
		PERFORM marketing_move(new.workspace_id, new.conversation_id);
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER marketing_choice_new AFTER INSERT ON marketing_choices FOR EACH ROW EXECUTE FUNCTION marketing_choice_moved();
CREATE TRIGGER marketing_choice_retimed AFTER UPDATE OF at ON marketing_choices FOR EACH ROW EXECUTE FUNCTION marketing_choice_moved();
CREATE TRIGGER marketing_choice_gone AFTER DELETE ON marketing_choices FOR EACH ROW EXECUTE FUNCTION marketing_choice_moved();

-- -------------------------------------------------------------------- sending

-- Of each conversation the first queued message is not behind another; whoever
-- moves a row need not think of it.
CREATE FUNCTION is_behind(m outbox) RETURNS bigint STABLE LANGUAGE sql AS $$
	SELECT CAST(EXISTS (SELECT 1 FROM outbox WHERE number_id = m.number_id AND conversation_id = m.conversation_id
		AND state IN ('queued', 'sending') AND state = 'queued' AND kind = 'message' AND id < m.id) AS int)
$$;
-- The first that is queued behind the id AFTER is (1), or is not (0), behind
-- another.
CREATE FUNCTION outbox_put(m outbox, after bigint, is_so bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE outbox SET behind = is_so WHERE behind <> is_so AND id = (SELECT id FROM outbox
		WHERE number_id = m.number_id AND conversation_id = m.conversation_id
		AND state IN ('queued', 'sending') AND state = 'queued' AND kind = 'message' AND id > after
		ORDER BY id LIMIT 1);
END $$;
CREATE FUNCTION outbox_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE outbox SET behind = 1 WHERE id = new.id AND is_behind(new) = 1;
	RETURN NULL;
END $$;
CREATE TRIGGER outbox_new AFTER INSERT ON outbox FOR EACH ROW
WHEN (new.state = 'queued' AND new.kind = 'message')
EXECUTE FUNCTION outbox_new();

CREATE FUNCTION outbox_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM outbox_put(new, 0, 0);
	RETURN NULL;
END $$;
CREATE TRIGGER outbox_left AFTER UPDATE OF state ON outbox FOR EACH ROW
WHEN (old.state = 'queued' AND new.state <> 'queued' AND new.kind = 'message')
EXECUTE FUNCTION outbox_left();

CREATE FUNCTION outbox_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE outbox SET behind = 1 - behind WHERE id = new.id AND behind <> is_behind(new);
	PERFORM outbox_put(new, new.id, 1);
	RETURN NULL;
END $$;
CREATE TRIGGER outbox_back AFTER UPDATE OF state ON outbox FOR EACH ROW
WHEN (old.state <> 'queued' AND new.state = 'queued' AND new.kind = 'message')
EXECUTE FUNCTION outbox_back();

CREATE FUNCTION outbox_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM outbox_put(old, 0, 0);
	UPDATE outbox SET behind = 1 - behind WHERE id = new.id AND behind <> is_behind(new);
	PERFORM outbox_put(new, new.id, 1);
	RETURN NULL;
END $$;
CREATE TRIGGER outbox_moved AFTER UPDATE OF number_id, conversation_id ON outbox FOR EACH ROW
WHEN (new.state = 'queued' AND new.kind = 'message'
	AND (old.number_id <> new.number_id OR old.conversation_id <> new.conversation_id))
EXECUTE FUNCTION outbox_moved();

CREATE FUNCTION outbox_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM outbox_put(old, 0, 0);
	RETURN NULL;
END $$;
CREATE TRIGGER outbox_gone AFTER DELETE ON outbox FOR EACH ROW
WHEN (old.state = 'queued' AND old.kind = 'message')
EXECUTE FUNCTION outbox_gone();

-- ----------------------------------------------------------------- broadcasts

-- N recipients more are in STATE.
CREATE FUNCTION count_recipient(workspace bigint, broadcast bigint, state text, n bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE broadcast_counts AS c SET
		waiting = c.waiting + n * (state = 'waiting')::int,
		queued = c.queued + n * (state = 'queued')::int,
		sent = c.sent + n * (state = 'sent')::int,
		delivered = c.delivered + n * (state = 'delivered')::int,
		read = c.read + n * (state = 'read')::int,
		failed = c.failed + n * (state = 'failed')::int,
		skipped = c.skipped + n * (state = 'skipped')::int
	WHERE c.workspace_id = workspace AND c.broadcast_id = broadcast;
END $$;
CREATE FUNCTION broadcast_recipient_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'INSERT' THEN
		PERFORM count_recipient(old.workspace_id, old.broadcast_id, old.state, -1);
	END IF;
	IF TG_OP <> 'DELETE' THEN
		PERFORM count_recipient(new.workspace_id, new.broadcast_id, new.state, 1);
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER broadcast_recipient_new AFTER INSERT ON broadcast_recipients FOR EACH ROW EXECUTE FUNCTION broadcast_recipient_counted();
CREATE TRIGGER broadcast_recipient_changed AFTER UPDATE OF state ON broadcast_recipients FOR EACH ROW
WHEN (old.state <> new.state)
EXECUTE FUNCTION broadcast_recipient_counted();
CREATE TRIGGER broadcast_recipient_gone AFTER DELETE ON broadcast_recipients FOR EACH ROW EXECUTE FUNCTION broadcast_recipient_counted();

-- ---------------------------------------------------------------------- files

CREATE FUNCTION count_bytes(workspace bigint, n bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO workspace_files AS f (workspace_id, bytes) VALUES (workspace, n)
	ON CONFLICT (workspace_id) DO UPDATE SET bytes = f.bytes + excluded.bytes;
END $$;
CREATE FUNCTION uncount_bytes(workspace bigint, n bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE workspace_files SET bytes = bytes - n WHERE workspace_id = workspace;
END $$;
CREATE FUNCTION files_upload() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'INSERT' THEN
		PERFORM uncount_bytes(old.workspace_id, old.size);
	END IF;
	IF TG_OP <> 'DELETE' THEN
		PERFORM count_bytes(new.workspace_id, new.size);
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER files_upload_new AFTER INSERT ON uploads FOR EACH ROW EXECUTE FUNCTION files_upload();
CREATE TRIGGER files_upload_gone AFTER DELETE ON uploads FOR EACH ROW EXECUTE FUNCTION files_upload();
CREATE TRIGGER files_upload_moved AFTER UPDATE OF workspace_id, size ON uploads FOR EACH ROW EXECUTE FUNCTION files_upload();

CREATE FUNCTION files_media() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'INSERT' THEN
		IF old.media_id IS NOT NULL THEN
			PERFORM uncount_bytes(old.workspace_id, COALESCE(old.size, 0));
		END IF;
	END IF;
	IF TG_OP <> 'DELETE' THEN
		PERFORM count_bytes(new.workspace_id, CASE WHEN new.media_id IS NULL THEN 0 ELSE COALESCE(new.size, 0) END);
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER files_media_new AFTER INSERT ON media FOR EACH ROW
WHEN (new.media_id IS NOT NULL AND new.size > 0)
EXECUTE FUNCTION files_media();
CREATE TRIGGER files_media AFTER UPDATE OF workspace_id, media_id, size ON media FOR EACH ROW
WHEN ((old.media_id IS NOT NULL AND old.size > 0) OR (new.media_id IS NOT NULL AND new.size > 0))
EXECUTE FUNCTION files_media();
CREATE TRIGGER files_media_gone AFTER DELETE ON media FOR EACH ROW
WHEN (old.media_id IS NOT NULL AND old.size > 0)
EXECUTE FUNCTION files_media();
