-- What a member may change: the INSTEAD OF triggers of ../sqlite/session.sql, each on
-- its view.  They run as waspool_doors (rights.sql), whom row level security keeps
-- within the member's workspace as well, whatever is written here; which columns
-- an UPDATE may name is said with each.  A row that they do not write they do not
-- answer (NULL), and one that they made has its id, for RETURNING.

-- The list of its templates is read anew.
CREATE FUNCTION my_number_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE numbers SET templates_due_at = new.templates_due_at
	WHERE workspace_id = my_workspace() AND id = old.id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_number_changed INSTEAD OF UPDATE ON my_numbers FOR EACH ROW EXECUTE FUNCTION my_number_changed();
GRANT UPDATE (templates_due_at) ON my_numbers TO waspool_member;

-- A template that is wanted: of a number of the workspace that stays.
CREATE FUNCTION my_template_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO templates(workspace_id, number_id, name, language, status,
		components, category, read_at, asked, asked_due_at, request)
	SELECT my_workspace(), id, new.name, new.language, new.status,
		new.components, new.category, new.read_at, 'create',
		new.asked_due_at, new.request
	FROM numbers WHERE id = new.number_id
	AND workspace_id = my_workspace() AND moving_to IS NULL;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_template_new INSTEAD OF INSERT ON my_templates FOR EACH ROW EXECUTE FUNCTION my_template_new();
GRANT INSERT ON my_templates TO waspool_member;

-- A group that is wanted, of a number that stays.
CREATE FUNCTION my_own_group_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO own_groups(workspace_id, number_id, state, subject,
		description, approval, asked, asked_by, asked_at, due_at)
	SELECT my_workspace(), id, 'creating', new.subject, new.description,
		new.approval, 'create', my_user(), new.asked_at, new.asked_at
	FROM numbers WHERE id = new.number_id
	AND workspace_id = my_workspace() AND moving_to IS NULL
	RETURNING id INTO new.id;
	IF new.id IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_own_group_new INSTEAD OF INSERT ON my_own_groups FOR EACH ROW EXECUTE FUNCTION my_own_group_new();
GRANT INSERT ON my_own_groups TO waspool_member;

-- What is wanted of one that is there.
CREATE FUNCTION my_own_group_asked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT COALESCE(new.asked IN ('change', 'picture', 'link', 'requests', 'approve',
	'reject', 'remove', 'end'), false) THEN
		RETURN NULL;
	END IF;
	UPDATE own_groups SET asked = new.asked, request = new.request,
		asked_by = my_user(), asked_at = new.asked_at,
		asking = asking + 1, attempts = 0, due_at = new.asked_at,
		error = NULL
	WHERE workspace_id = my_workspace() AND id = old.id
	AND state = 'there';
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_own_group_asked INSTEAD OF UPDATE ON my_own_groups FOR EACH ROW EXECUTE FUNCTION my_own_group_asked();
GRANT UPDATE (asked, request, asked_at) ON my_own_groups TO waspool_member;

-- One that was never made is forgotten.
CREATE FUNCTION my_own_group_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM own_groups
	WHERE workspace_id = my_workspace() AND id = old.id
	AND state = 'refused';
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN old;
END $$;
CREATE TRIGGER my_own_group_gone INSTEAD OF DELETE ON my_own_groups FOR EACH ROW EXECUTE FUNCTION my_own_group_gone();
GRANT DELETE ON my_own_groups TO waspool_member;

CREATE FUNCTION my_template_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE templates SET status = new.status, components = new.components,
		category = new.category, asked = new.asked,
		asked_due_at = new.asked_due_at, request = new.request,
		error = new.error
	WHERE workspace_id = my_workspace() AND id = old.id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_template_changed INSTEAD OF UPDATE ON my_templates FOR EACH ROW EXECUTE FUNCTION my_template_changed();
GRANT UPDATE (status, components, category, asked, asked_due_at, request, error) ON my_templates TO waspool_member;

-- A contact or a member of another workspace is none: nothing is written.
CREATE FUNCTION my_conversation_changed() RETURNS trigger LANGUAGE plpgsql AS $$
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
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_conversation_changed INSTEAD OF UPDATE ON my_conversations FOR EACH ROW EXECUTE FUNCTION my_conversation_changed();
GRANT UPDATE (status, is_read, unread_count, contact_id, link, assigned_to, updated_at, unanswered_since) ON my_conversations TO waspool_member;

-- Of an archived one; that it is active again ends it.
CREATE FUNCTION my_set_aside_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO set_aside(conversation_id, workspace_id, state, at)
	SELECT id, my_workspace(), new.state, new.at FROM conversations
	WHERE workspace_id = my_workspace() AND id = new.conversation_id
	AND status = 'archived'
	ON CONFLICT (workspace_id, conversation_id) DO UPDATE SET state = excluded.state,
		at = excluded.at;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_set_aside_new INSTEAD OF INSERT ON my_set_aside FOR EACH ROW EXECUTE FUNCTION my_set_aside_new();
GRANT INSERT ON my_set_aside TO waspool_member;

CREATE FUNCTION my_set_aside_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM set_aside WHERE workspace_id = my_workspace()
	AND conversation_id = old.conversation_id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN old;
END $$;
CREATE TRIGGER my_set_aside_gone INSTEAD OF DELETE ON my_set_aside FOR EACH ROW EXECUTE FUNCTION my_set_aside_gone();
GRANT DELETE ON my_set_aside TO waspool_member;

-- By the member, whoever says it; what is too much goes, but no note.
CREATE FUNCTION my_activity_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO activities(workspace_id, conversation_id, user_id, kind,
		text, subject, at)
	SELECT my_workspace(), id, my_user(), new.kind, new.text, new.subject,
		new.at
	FROM conversations
	WHERE workspace_id = my_workspace() AND id = new.conversation_id
	RETURNING id INTO new.id;
	IF new.id IS NULL THEN
		RETURN NULL;
	END IF;
	DELETE FROM activities WHERE id IN (SELECT id FROM activities
		WHERE workspace_id = my_workspace()
		AND conversation_id = new.conversation_id AND kind <> 'note'
		ORDER BY id DESC LIMIT 10 OFFSET 1000);
	RETURN new;
END $$;
CREATE TRIGGER my_activity_new INSTEAD OF INSERT ON my_activities FOR EACH ROW EXECUTE FUNCTION my_activity_new();
GRANT INSERT ON my_activities TO waspool_member;

-- Of a note, and who wrote it.
CREATE FUNCTION my_activity_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE activities SET text = new.text, edited_at = new.edited_at
	WHERE workspace_id = my_workspace() AND id = old.id
	AND kind = 'note' AND user_id = my_user();
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_activity_changed INSTEAD OF UPDATE ON my_activities FOR EACH ROW EXECUTE FUNCTION my_activity_changed();
GRANT UPDATE (text, edited_at) ON my_activities TO waspool_member;

CREATE FUNCTION my_activity_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM activities WHERE workspace_id = my_workspace()
	AND id = old.id AND kind = 'note';
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN old;
END $$;
CREATE TRIGGER my_activity_gone INSTEAD OF DELETE ON my_activities FOR EACH ROW EXECUTE FUNCTION my_activity_gone();
GRANT DELETE ON my_activities TO waspool_member;

-- One of a conversation.  Its version is one more than that of the draft which
-- the member wrote before, whatever that was about.
CREATE FUNCTION my_draft_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT COALESCE(EXISTS (SELECT 1 FROM conversations
	WHERE workspace_id = my_workspace() AND id = new.conversation_id)
	AND my_user() IS NOT NULL, false) THEN
		RETURN NULL;
	END IF;
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
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_draft_new INSTEAD OF INSERT ON my_drafts FOR EACH ROW EXECUTE FUNCTION my_draft_new();
GRANT INSERT ON my_drafts TO waspool_member;

CREATE FUNCTION my_draft_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM drafts WHERE workspace_id = my_workspace()
	AND user_id = my_user() AND conversation_id = old.conversation_id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN old;
END $$;
CREATE TRIGGER my_draft_gone INSTEAD OF DELETE ON my_drafts FOR EACH ROW EXECUTE FUNCTION my_draft_gone();
GRANT DELETE ON my_drafts TO waspool_member;

-- Marks that are void go along, a few at a time.
CREATE FUNCTION my_seen_mark_new() RETURNS trigger LANGUAGE plpgsql AS $$
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
	RETURN new;
END $$;
CREATE TRIGGER my_seen_mark_new INSTEAD OF INSERT ON my_seen_marks FOR EACH ROW EXECUTE FUNCTION my_seen_mark_new();
GRANT INSERT ON my_seen_marks TO waspool_member;

-- All that there is.
CREATE FUNCTION my_member_mark_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE member_marks
	SET seen_id = newest_message()
	WHERE workspace_id = my_workspace() AND user_id = my_user();
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_member_mark_changed INSTEAD OF UPDATE ON my_member_marks FOR EACH ROW EXECUTE FUNCTION my_member_mark_changed();
GRANT UPDATE (seen_id) ON my_member_marks TO waspool_member;

CREATE FUNCTION my_contact_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO contacts(workspace_id, phone, user_id, name, email,
		created_at, updated_at)
	VALUES (my_workspace(), new.phone, new.user_id, new.name, new.email,
		new.created_at, new.updated_at);
	RETURN new;
END $$;
CREATE TRIGGER my_contact_new INSTEAD OF INSERT ON my_contacts FOR EACH ROW EXECUTE FUNCTION my_contact_new();
GRANT INSERT ON my_contacts TO waspool_member;

CREATE FUNCTION my_contact_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE contacts SET phone = new.phone, user_id = new.user_id,
		name = new.name, email = new.email, updated_at = new.updated_at
	WHERE workspace_id = my_workspace() AND id = old.id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_contact_changed INSTEAD OF UPDATE ON my_contacts FOR EACH ROW EXECUTE FUNCTION my_contact_changed();
GRANT UPDATE (phone, user_id, name, email, updated_at) ON my_contacts TO waspool_member;

CREATE FUNCTION my_contact_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM contacts
	WHERE workspace_id = my_workspace() AND id = old.id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN old;
END $$;
CREATE TRIGGER my_contact_gone INSTEAD OF DELETE ON my_contacts FOR EACH ROW EXECUTE FUNCTION my_contact_gone();
GRANT DELETE ON my_contacts TO waspool_member;

CREATE FUNCTION my_link_later() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO jobs(workspace_id, kind, subject)
	SELECT my_workspace(), 'contact_links', id FROM contacts
	WHERE workspace_id = my_workspace() AND id = new.contact_id
	ON CONFLICT (workspace_id, kind, subject, target, name)
	DO UPDATE SET place = 0;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_link_later INSTEAD OF INSERT ON my_links FOR EACH ROW EXECUTE FUNCTION my_link_later();
GRANT INSERT ON my_links TO waspool_member;

-- Made once, however many ask for it.
CREATE FUNCTION my_tag_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO tags(workspace_id, name, created_at)
	VALUES (my_workspace(), new.name, new.created_at)
	ON CONFLICT (workspace_id, name) DO NOTHING;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_tag_new INSTEAD OF INSERT ON my_tags FOR EACH ROW EXECUTE FUNCTION my_tag_new();
GRANT INSERT ON my_tags TO waspool_member;

CREATE FUNCTION my_tag_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE tags SET name = new.name
	WHERE workspace_id = my_workspace() AND id = old.id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_tag_changed INSTEAD OF UPDATE ON my_tags FOR EACH ROW EXECUTE FUNCTION my_tag_changed();
GRANT UPDATE (name) ON my_tags TO waspool_member;

CREATE FUNCTION my_tag_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM tags WHERE workspace_id = my_workspace() AND id = old.id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN old;
END $$;
CREATE TRIGGER my_tag_gone INSTEAD OF DELETE ON my_tags FOR EACH ROW EXECUTE FUNCTION my_tag_gone();
GRANT DELETE ON my_tags TO waspool_member;

CREATE FUNCTION my_contact_tag_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO contact_tags(workspace_id, contact_id, tag_id)
	SELECT my_workspace(), new.contact_id, new.tag_id
	WHERE EXISTS (SELECT 1 FROM contacts
		WHERE workspace_id = my_workspace() AND id = new.contact_id)
	AND EXISTS (SELECT 1 FROM tags
		WHERE workspace_id = my_workspace() AND id = new.tag_id)
	ON CONFLICT (workspace_id, contact_id, tag_id) DO NOTHING;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_contact_tag_new INSTEAD OF INSERT ON my_contact_tags FOR EACH ROW EXECUTE FUNCTION my_contact_tag_new();
GRANT INSERT ON my_contact_tags TO waspool_member;

CREATE FUNCTION my_contact_tag_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM contact_tags WHERE workspace_id = my_workspace()
	AND contact_id = old.contact_id AND tag_id = old.tag_id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN old;
END $$;
CREATE TRIGGER my_contact_tag_gone INSTEAD OF DELETE ON my_contact_tags FOR EACH ROW EXECUTE FUNCTION my_contact_tag_gone();
GRANT DELETE ON my_contact_tags TO waspool_member;

CREATE FUNCTION my_contact_field_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT COALESCE(my_workspace() IS NOT NULL, false) THEN
		RETURN NULL;
	END IF;
	INSERT INTO contact_fields(workspace_id, key, label, type, choices,
		created_at, updated_at)
	VALUES (my_workspace(), new.key, new.label, new.type, new.choices,
		new.created_at, new.updated_at)
	RETURNING id INTO new.id;
	IF new.id IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_contact_field_new INSTEAD OF INSERT ON my_contact_fields FOR EACH ROW EXECUTE FUNCTION my_contact_field_new();
GRANT INSERT ON my_contact_fields TO waspool_member;

CREATE FUNCTION my_contact_field_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE contact_fields SET label = new.label, choices = new.choices,
		updated_at = new.updated_at
	WHERE workspace_id = my_workspace() AND id = old.id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_contact_field_changed INSTEAD OF UPDATE ON my_contact_fields FOR EACH ROW EXECUTE FUNCTION my_contact_field_changed();
GRANT UPDATE (label, choices, updated_at) ON my_contact_fields TO waspool_member;

CREATE FUNCTION my_contact_field_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM contact_fields
	WHERE workspace_id = my_workspace() AND id = old.id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN old;
END $$;
CREATE TRIGGER my_contact_field_gone INSTEAD OF DELETE ON my_contact_fields FOR EACH ROW EXECUTE FUNCTION my_contact_field_gone();
GRANT DELETE ON my_contact_fields TO waspool_member;

-- A contact or a field of another workspace is none: nothing is written.
CREATE FUNCTION my_contact_value_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO contact_values(workspace_id, contact_id, field_id, value)
	SELECT my_workspace(), new.contact_id, new.field_id, new.value
	WHERE EXISTS (SELECT 1 FROM contacts
		WHERE workspace_id = my_workspace() AND id = new.contact_id)
	AND EXISTS (SELECT 1 FROM contact_fields
		WHERE workspace_id = my_workspace() AND id = new.field_id)
	ON CONFLICT (workspace_id, contact_id, field_id)
	DO UPDATE SET value = excluded.value;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_contact_value_new INSTEAD OF INSERT ON my_contact_values FOR EACH ROW EXECUTE FUNCTION my_contact_value_new();
GRANT INSERT ON my_contact_values TO waspool_member;

CREATE FUNCTION my_contact_value_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM contact_values WHERE workspace_id = my_workspace()
	AND contact_id = old.contact_id AND field_id = old.field_id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN old;
END $$;
CREATE TRIGGER my_contact_value_gone INSTEAD OF DELETE ON my_contact_values FOR EACH ROW EXECUTE FUNCTION my_contact_value_gone();
GRANT DELETE ON my_contact_values TO waspool_member;

CREATE FUNCTION my_canned_reply_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT COALESCE(my_workspace() IS NOT NULL, false) THEN
		RETURN NULL;
	END IF;
	INSERT INTO canned_replies(workspace_id, shortcut, shortcut_key, text,
		created_at, updated_at)
	VALUES (my_workspace(), new.shortcut, new.shortcut_key, new.text,
		new.created_at, new.updated_at)
	RETURNING id INTO new.id;
	IF new.id IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_canned_reply_new INSTEAD OF INSERT ON my_canned_replies FOR EACH ROW EXECUTE FUNCTION my_canned_reply_new();
GRANT INSERT ON my_canned_replies TO waspool_member;

CREATE FUNCTION my_canned_reply_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE canned_replies SET shortcut = new.shortcut,
		shortcut_key = new.shortcut_key, text = new.text,
		updated_at = new.updated_at
	WHERE workspace_id = my_workspace() AND id = old.id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_canned_reply_changed INSTEAD OF UPDATE ON my_canned_replies FOR EACH ROW EXECUTE FUNCTION my_canned_reply_changed();
GRANT UPDATE (shortcut, shortcut_key, text, updated_at) ON my_canned_replies TO waspool_member;

CREATE FUNCTION my_canned_reply_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM canned_replies
	WHERE workspace_id = my_workspace() AND id = old.id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN old;
END $$;
CREATE TRIGGER my_canned_reply_gone INSTEAD OF DELETE ON my_canned_replies FOR EACH ROW EXECUTE FUNCTION my_canned_reply_gone();
GRANT DELETE ON my_canned_replies TO waspool_member;

CREATE FUNCTION my_mark_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO marks(workspace_id, kind, name, color, created_at)
	VALUES (my_workspace(), new.kind, new.name, new.color, new.created_at)
	RETURNING id INTO new.id;
	IF new.id IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_mark_new INSTEAD OF INSERT ON my_marks FOR EACH ROW EXECUTE FUNCTION my_mark_new();
GRANT INSERT ON my_marks TO waspool_member;

CREATE FUNCTION my_mark_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE marks SET name = new.name, color = new.color
	WHERE workspace_id = my_workspace() AND id = old.id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_mark_changed INSTEAD OF UPDATE ON my_marks FOR EACH ROW EXECUTE FUNCTION my_mark_changed();
GRANT UPDATE (name, color) ON my_marks TO waspool_member;

CREATE FUNCTION my_mark_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM marks WHERE workspace_id = my_workspace() AND id = old.id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN old;
END $$;
CREATE TRIGGER my_mark_gone INSTEAD OF DELETE ON my_marks FOR EACH ROW EXECUTE FUNCTION my_mark_gone();
GRANT DELETE ON my_marks TO waspool_member;

CREATE FUNCTION my_team_member_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO team_members(workspace_id, team_id, user_id)
	SELECT my_workspace(), new.team_id, new.user_id
	WHERE EXISTS (SELECT 1 FROM marks WHERE workspace_id = my_workspace()
		AND id = new.team_id AND kind = 'team')
	AND EXISTS (SELECT 1 FROM workspace_members
		WHERE workspace_id = my_workspace() AND user_id = new.user_id)
	ON CONFLICT (workspace_id, team_id, user_id) DO NOTHING;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_team_member_new INSTEAD OF INSERT ON my_team_members FOR EACH ROW EXECUTE FUNCTION my_team_member_new();
GRANT INSERT ON my_team_members TO waspool_member;

CREATE FUNCTION my_team_member_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM team_members WHERE workspace_id = my_workspace()
	AND team_id = old.team_id AND user_id = old.user_id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN old;
END $$;
CREATE TRIGGER my_team_member_gone INSTEAD OF DELETE ON my_team_members FOR EACH ROW EXECUTE FUNCTION my_team_member_gone();
GRANT DELETE ON my_team_members TO waspool_member;

-- Of a conversation and a mark of the workspace; of teams it has one.
CREATE FUNCTION my_conversation_mark_new() RETURNS trigger LANGUAGE plpgsql AS $$
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
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_conversation_mark_new INSTEAD OF INSERT ON my_conversation_marks FOR EACH ROW EXECUTE FUNCTION my_conversation_mark_new();
GRANT INSERT ON my_conversation_marks TO waspool_member;

CREATE FUNCTION my_conversation_mark_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM conversation_marks WHERE workspace_id = my_workspace()
	AND conversation_id = old.conversation_id AND mark_id = old.mark_id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN old;
END $$;
CREATE TRIGGER my_conversation_mark_gone INSTEAD OF DELETE ON my_conversation_marks FOR EACH ROW EXECUTE FUNCTION my_conversation_mark_gone();
GRANT DELETE ON my_conversation_marks TO waspool_member;

CREATE FUNCTION my_ticket_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT COALESCE(my_token() IS NOT NULL, false) THEN
		RETURN NULL;
	END IF;
	INSERT INTO tickets(hash, workspace_id, token_id, expires_at)
	VALUES (new.hash, my_workspace(), my_token(), new.expires_at);
	RETURN new;
END $$;
CREATE TRIGGER my_ticket_new INSTEAD OF INSERT ON my_tickets FOR EACH ROW EXECUTE FUNCTION my_ticket_new();
GRANT INSERT ON my_tickets TO waspool_member;

-- An owner may all, an admin what concerns agents; and one owner stays.  The
-- table of routes says so first (api/resource/route_table.c).
CREATE FUNCTION my_member_role_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT COALESCE(EXISTS (SELECT 1 FROM workspace_members
	WHERE workspace_id = my_workspace() AND user_id = my_user()
	AND (role = 'owner'
		OR role = 'admin' AND old.role = 'agent' AND new.role = 'agent'))
	AND (old.role <> 'owner' OR EXISTS (SELECT 1 FROM workspace_members
	WHERE workspace_id = my_workspace() AND role = 'owner'
	AND user_id <> old.user_id)), false) THEN
		RETURN NULL;
	END IF;
	UPDATE workspace_members SET role = new.role
	WHERE workspace_id = my_workspace() AND user_id = old.user_id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_member_role_changed INSTEAD OF UPDATE ON my_member_roles FOR EACH ROW EXECUTE FUNCTION my_member_role_changed();
GRANT UPDATE (role) ON my_member_roles TO waspool_member;

CREATE FUNCTION my_setting_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT COALESCE(EXISTS (SELECT 1 FROM workspace_members
	WHERE workspace_id = my_workspace() AND user_id = my_user()
	AND role = 'owner'), false) THEN
		RETURN NULL;
	END IF;
	UPDATE workspaces SET second_factor = new.second_factor,
		reactions_unread = new.reactions_unread
	WHERE id = my_workspace();
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_setting_changed INSTEAD OF UPDATE ON my_settings FOR EACH ROW EXECUTE FUNCTION my_setting_changed();
GRANT UPDATE (second_factor, reactions_unread) ON my_settings TO waspool_member;

CREATE FUNCTION my_hours_set() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT COALESCE(EXISTS (SELECT 1 FROM workspace_members
	WHERE workspace_id = my_workspace() AND user_id = my_user()
	AND role = 'owner'), false) THEN
		RETURN NULL;
	END IF;
	INSERT INTO workspace_settings(workspace_id, time_zone, opening_hours,
		automatic_answer, changed_at)
	VALUES (my_workspace(), new.time_zone, new.opening_hours,
		new.automatic_answer, new.changed_at)
	ON CONFLICT (workspace_id) DO UPDATE SET
		time_zone = excluded.time_zone,
		opening_hours = excluded.opening_hours,
		automatic_answer = excluded.automatic_answer,
		changed_at = excluded.changed_at;
	RETURN new;
END $$;
CREATE TRIGGER my_hours_set INSTEAD OF INSERT ON my_hours FOR EACH ROW EXECUTE FUNCTION my_hours_set();
GRANT INSERT ON my_hours TO waspool_member;

-- What an owner changed, and an admin; what the provider says is not a member's to
-- say.
CREATE FUNCTION my_workspace_event_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT COALESCE(new.field IN ('workspace_settings', 'workspace_members',
	'workspace_invitations', 'workspace_tokens') AND EXISTS (SELECT 1
	FROM workspace_members
	WHERE workspace_id = my_workspace() AND user_id = my_user()
	AND (role = 'owner' OR role = 'admin' AND new.field IN
		('workspace_members', 'workspace_invitations'))), false) THEN
		RETURN NULL;
	END IF;
	INSERT INTO workspace_events(workspace_id, field, at, raw, hash,
		created_at)
	VALUES (my_workspace(), new.field, new.at, new.raw, new.hash,
		new.created_at)
	ON CONFLICT (workspace_id, hash) DO NOTHING;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_workspace_event_new INSTEAD OF INSERT ON my_workspace_events FOR EACH ROW EXECUTE FUNCTION my_workspace_event_new();
GRANT INSERT ON my_workspace_events TO waspool_member;

CREATE FUNCTION my_api_token_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT COALESCE(EXISTS (SELECT 1 FROM workspace_members
	WHERE workspace_id = my_workspace() AND user_id = my_user()
	AND role = 'owner'), false) THEN
		RETURN NULL;
	END IF;
	INSERT INTO api_tokens(workspace_id, user_id, hash, name, created_at,
		expires_at)
	VALUES (my_workspace(), new.user_id, new.hash, new.name,
		new.created_at, new.expires_at)
	RETURNING id INTO new.id;
	IF new.id IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_api_token_new INSTEAD OF INSERT ON my_api_tokens FOR EACH ROW EXECUTE FUNCTION my_api_token_new();
GRANT INSERT ON my_api_tokens TO waspool_member;

CREATE FUNCTION my_api_token_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT COALESCE(EXISTS (SELECT 1 FROM workspace_members
	WHERE workspace_id = my_workspace() AND user_id = my_user()
	AND role = 'owner'), false) THEN
		RETURN NULL;
	END IF;
	UPDATE api_tokens SET revoked_at = coalesce(revoked_at, new.revoked_at)
	WHERE workspace_id = my_workspace() AND id = old.id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_api_token_changed INSTEAD OF UPDATE ON my_api_tokens FOR EACH ROW EXECUTE FUNCTION my_api_token_changed();
GRANT UPDATE (revoked_at) ON my_api_tokens TO waspool_member;

CREATE FUNCTION my_session_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM api_tokens WHERE workspace_id = my_workspace()
	AND user_id = my_user() AND kind = 'session' AND id = old.id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN old;
END $$;
CREATE TRIGGER my_session_gone INSTEAD OF DELETE ON my_sessions FOR EACH ROW EXECUTE FUNCTION my_session_gone();
GRANT DELETE ON my_sessions TO waspool_member;

CREATE FUNCTION my_invitation_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT COALESCE(EXISTS (SELECT 1 FROM workspace_members
	WHERE workspace_id = my_workspace() AND user_id = my_user()
	AND (role = 'owner' OR role = 'admin' AND new.role = 'agent')), false) THEN
		RETURN NULL;
	END IF;
	DELETE FROM invitations
	WHERE workspace_id = my_workspace() AND email = new.email;
	INSERT INTO invitations(workspace_id, email, name, role, hash,
		invited_by, created_at, expires_at)
	VALUES (my_workspace(), new.email, new.name, new.role, new.hash,
		my_user(), new.created_at, new.expires_at)
	RETURNING id INTO new.id;
	IF new.id IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_invitation_new INSTEAD OF INSERT ON my_invitations FOR EACH ROW EXECUTE FUNCTION my_invitation_new();
GRANT INSERT ON my_invitations TO waspool_member;

CREATE FUNCTION my_invitation_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT COALESCE(EXISTS (SELECT 1 FROM workspace_members
	WHERE workspace_id = my_workspace() AND user_id = my_user()
	AND (role = 'owner' OR role = 'admin' AND old.role = 'agent')), false) THEN
		RETURN NULL;
	END IF;
	DELETE FROM invitations
	WHERE workspace_id = my_workspace() AND id = old.id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN old;
END $$;
CREATE TRIGGER my_invitation_gone INSTEAD OF DELETE ON my_invitations FOR EACH ROW EXECUTE FUNCTION my_invitation_gone();
GRANT DELETE ON my_invitations TO waspool_member;

-- It begins with what comes now.  The number of them is limited.
CREATE FUNCTION my_webhook_endpoint_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT COALESCE((my_user() IS NULL OR EXISTS (SELECT 1 FROM workspace_members
	WHERE workspace_id = my_workspace() AND user_id = my_user()
	AND role <> 'agent'))
	AND (SELECT COUNT(*) FROM webhook_endpoints
	WHERE workspace_id = my_workspace()) < 20, false) THEN
		RETURN NULL;
	END IF;
	INSERT INTO webhook_endpoints(workspace_id, url, description, events,
		secret, after_seq, created_by, created_at, updated_at)
	VALUES (my_workspace(), new.url, new.description, new.events,
		new.secret, COALESCE((SELECT MAX(seq) FROM changes
		WHERE workspace_id = my_workspace()), 0), my_user(),
		new.created_at, new.created_at)
	RETURNING id INTO new.id;
	IF new.id IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_webhook_endpoint_new INSTEAD OF INSERT ON my_webhook_endpoints FOR EACH ROW EXECUTE FUNCTION my_webhook_endpoint_new();
GRANT INSERT ON my_webhook_endpoints TO waspool_member;

-- Which it is, the columns say that change; a secret is there only when it is
-- given, since nobody reads one.  What changes nothing else resumes, or pauses.
CREATE FUNCTION my_webhook_endpoint_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF new.secret IS NOT NULL THEN
		-- The one before signs as well for a while.
		-- trigger my_webhook_endpoint_secret
		UPDATE webhook_endpoints SET old_secret = secret, secret = new.secret,
			old_secret_until = new.old_secret_until,
			updated_at = new.updated_at
		WHERE workspace_id = my_workspace() AND id = old.id;
		IF NOT FOUND THEN
			RETURN NULL;
		END IF;
	ELSIF new.after_seq <> old.after_seq THEN
		-- What is under way to it counts for nothing any more.
		-- trigger my_webhook_endpoint_replay
		UPDATE webhook_endpoints SET after_seq = new.after_seq,
			moved = moved + 1
		WHERE workspace_id = my_workspace() AND id = old.id;
		IF NOT FOUND THEN
			RETURN NULL;
		END IF;
		DELETE FROM webhook_deliveries
		WHERE workspace_id = my_workspace() AND endpoint_id = old.id
		AND state = 'waiting' AND seq > new.after_seq;
	ELSIF new.url <> old.url OR new.description IS DISTINCT FROM old.description OR new.events <> old.events THEN
		UPDATE webhook_endpoints SET url = new.url,
			description = new.description, events = new.events,
			updated_at = new.updated_at
		WHERE workspace_id = my_workspace() AND id = old.id;
		IF NOT FOUND THEN
			RETURN NULL;
		END IF;
	ELSE
		-- Whoever resumes it wants to see at once whether it works.
		-- trigger my_webhook_endpoint_state
		UPDATE webhook_endpoints SET state = new.state, reason = new.reason,
			failures = 0, failing_since = NULL, due_at = 0,
			updated_at = new.updated_at
		WHERE workspace_id = my_workspace() AND id = old.id;
		IF NOT FOUND THEN
			RETURN NULL;
		END IF;
		UPDATE webhook_deliveries SET due_at = 0
		WHERE workspace_id = my_workspace() AND endpoint_id = old.id
		AND state = 'waiting' AND new.state = 'active';
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_webhook_endpoint_changed INSTEAD OF UPDATE ON my_webhook_endpoints FOR EACH ROW EXECUTE FUNCTION my_webhook_endpoint_changed();
GRANT UPDATE (url, description, events, secret, old_secret_until, state, reason, after_seq, updated_at) ON my_webhook_endpoints TO waspool_member;

CREATE FUNCTION my_webhook_endpoint_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM webhook_deliveries
	WHERE workspace_id = my_workspace() AND endpoint_id = old.id;
	DELETE FROM webhook_endpoints
	WHERE workspace_id = my_workspace() AND id = old.id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN old;
END $$;
CREATE TRIGGER my_webhook_endpoint_gone INSTEAD OF DELETE ON my_webhook_endpoints FOR EACH ROW EXECUTE FUNCTION my_webhook_endpoint_gone();
GRANT DELETE ON my_webhook_endpoints TO waspool_member;

-- A test.
CREATE FUNCTION my_webhook_delivery_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT COALESCE(EXISTS (SELECT 1 FROM my_webhook_endpoints WHERE id = new.endpoint_id)
	AND (SELECT COUNT(*) FROM webhook_deliveries
	WHERE workspace_id = my_workspace() AND endpoint_id = new.endpoint_id
	AND state = 'waiting') < 200, false) THEN
		RETURN NULL;
	END IF;
	INSERT INTO webhook_deliveries(workspace_id, endpoint_id, type, state,
		due_at, created_at)
	VALUES (my_workspace(), new.endpoint_id, new.type, 'waiting', 0,
		new.created_at)
	RETURNING id INTO new.id;
	IF new.id IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_webhook_delivery_new INSTEAD OF INSERT ON my_webhook_deliveries FOR EACH ROW EXECUTE FUNCTION my_webhook_delivery_new();
GRANT INSERT ON my_webhook_deliveries TO waspool_member;

-- Again, from the beginning.
CREATE FUNCTION my_webhook_delivery_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE webhook_deliveries SET state = 'waiting', attempts = 0,
		due_at = 0, created_at = new.created_at
	WHERE workspace_id = my_workspace() AND id = old.id
	AND (state = 'waiting' OR (SELECT COUNT(*) FROM webhook_deliveries AS w
		WHERE w.workspace_id = my_workspace()
		AND w.endpoint_id = old.endpoint_id AND w.state = 'waiting')
		< 200);
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_webhook_delivery_again INSTEAD OF UPDATE ON my_webhook_deliveries FOR EACH ROW EXECUTE FUNCTION my_webhook_delivery_again();
GRANT UPDATE (due_at, created_at) ON my_webhook_deliveries TO waspool_member;

-- By what else the customer is known, should the conversation go.
CREATE FUNCTION my_erasure_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO erasures(workspace_id, user_id, conversation_id, who,
		asked_at)
	SELECT my_workspace(), coalesce(my_user(), 0), c.id,
		coalesce(c.phone, c.user_id), new.asked_at
	FROM conversations c
	WHERE c.workspace_id = my_workspace() AND c.id = new.conversation_id;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_erasure_new INSTEAD OF INSERT ON my_erasures FOR EACH ROW EXECUTE FUNCTION my_erasure_new();
GRANT INSERT ON my_erasures TO waspool_member;

CREATE FUNCTION my_idempotency_key_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO idempotency_keys(workspace_id, user_id, key,
		request_hash, status, location, body, created_at)
	VALUES (my_workspace(), my_user(), new.key, new.request_hash,
		new.status, new.location, new.body, new.created_at);
	RETURN new;
END $$;
CREATE TRIGGER my_idempotency_key_new INSTEAD OF INSERT ON my_idempotency_keys FOR EACH ROW EXECUTE FUNCTION my_idempotency_key_new();
GRANT INSERT ON my_idempotency_keys TO waspool_member;

-- By what the customer is known now.  Who is blocked already stays so.
CREATE FUNCTION my_block_new() RETURNS trigger LANGUAGE plpgsql AS $$
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
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_block_new INSTEAD OF INSERT ON my_blocks FOR EACH ROW EXECUTE FUNCTION my_block_new();
GRANT INSERT ON my_blocks TO waspool_member;

-- Who could not be blocked need not be unblocked.
CREATE FUNCTION my_block_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT COALESCE(new.state = 'unblocking', false) THEN
		RETURN NULL;
	END IF;
	UPDATE blocks SET state = CASE state WHEN 'refused' THEN 'unblocked'
			ELSE 'unblocking' END,
		asked_by = my_user(), asked_at = new.asked_at,
		asked = asked + 1, attempts = 0, due_at = new.asked_at,
		error = NULL
	WHERE workspace_id = my_workspace() AND id = old.id
	AND state IN ('blocking', 'blocked', 'refused');
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_block_ends INSTEAD OF UPDATE ON my_blocks FOR EACH ROW EXECUTE FUNCTION my_block_ends();
GRANT UPDATE (state, asked_at) ON my_blocks TO waspool_member;

CREATE FUNCTION my_conversation_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO conversations(workspace_id, number_id, phone, user_id,
		contact_id, created_at, updated_at)
	SELECT my_workspace(), n.id, new.phone, new.user_id,
		(SELECT id FROM contacts WHERE workspace_id = my_workspace()
			AND id = new.contact_id),
		new.created_at, new.created_at
	FROM numbers n
	WHERE n.workspace_id = my_workspace() AND n.id = new.number_id
	AND n.moving_to IS NULL
	RETURNING id INTO new.id;
	IF new.id IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_conversation_new INSTEAD OF INSERT ON my_conversations FOR EACH ROW EXECUTE FUNCTION my_conversation_new();
GRANT INSERT ON my_conversations TO waspool_member;

-- What the provider says of its accounts is not a member's to say.
CREATE FUNCTION my_identity_new() RETURNS trigger LANGUAGE plpgsql AS $$
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
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_identity_new INSTEAD OF INSERT ON my_identities FOR EACH ROW EXECUTE FUNCTION my_identity_new();
GRANT INSERT ON my_identities TO waspool_member;

CREATE FUNCTION my_message_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO messages(workspace_id, conversation_id, number_id,
		direction, source, type, content, context, preview, text,
		status, sent_by, sent_at, created_at)
	SELECT my_workspace(), c.id, c.number_id, 'outbound', 'api',
		new.type, new.content, new.context, new.preview, new.text,
		'queued', my_user(), new.sent_at, new.created_at
	FROM conversations c
	WHERE c.workspace_id = my_workspace() AND c.id = new.conversation_id
	RETURNING id INTO new.id;
	IF new.id IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_message_new INSTEAD OF INSERT ON my_messages FOR EACH ROW EXECUTE FUNCTION my_message_new();
GRANT INSERT ON my_messages TO waspool_member;

-- Under another wamid then: what comes late of the first counts no more.
CREATE FUNCTION my_message_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE messages SET status = 'queued', error = NULL, error_code = NULL,
		wamid = NULL
	WHERE workspace_id = my_workspace() AND id = old.id
	AND source = 'api' AND status = 'failed';
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_message_again INSTEAD OF UPDATE ON my_messages FOR EACH ROW EXECUTE FUNCTION my_message_again();
GRANT UPDATE (status) ON my_messages TO waspool_member;

-- Two of one second: the later stands.
CREATE FUNCTION my_reaction_new() RETURNS trigger LANGUAGE plpgsql AS $$
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
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_reaction_new INSTEAD OF INSERT ON my_reactions FOR EACH ROW EXECUTE FUNCTION my_reaction_new();
GRANT INSERT ON my_reactions TO waspool_member;

-- The path is that of a file which the program has just written.
CREATE FUNCTION my_upload_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO uploads(workspace_id, user_id, mime_type, filename,
		size, path, created_at, flaw, width, height)
	SELECT my_workspace(), coalesce(my_user(), 0), new.mime_type,
		new.filename, new.size, new.path, new.created_at, new.flaw,
		new.width, new.height
	WHERE my_workspace() IS NOT NULL
	RETURNING id INTO new.id;
	IF new.id IS NULL THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_upload_new INSTEAD OF INSERT ON my_uploads FOR EACH ROW EXECUTE FUNCTION my_upload_new();
GRANT INSERT ON my_uploads TO waspool_member;

-- The message that goes out with an upload has its file at once.  Who types on
-- is shown again, every five seconds at most.
CREATE FUNCTION my_outbox_new() RETURNS trigger LANGUAGE plpgsql AS $$
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
	ON CONFLICT (workspace_id, message_id) DO NOTHING;
	RETURN new;
END $$;
CREATE TRIGGER my_outbox_new INSTEAD OF INSERT ON my_outbox FOR EACH ROW EXECUTE FUNCTION my_outbox_new();
GRANT INSERT ON my_outbox TO waspool_member;

CREATE FUNCTION my_outbox_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE outbox SET state = 'queued', attempts = 0,
		due_at = new.due_at, sending_at = NULL, answer_by = NULL,
		reason = NULL, error_code = NULL, created_at = new.due_at
	WHERE workspace_id = my_workspace() AND id = old.id
	AND kind = 'message' AND state IN ('done', 'failed');
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_outbox_again INSTEAD OF UPDATE ON my_outbox FOR EACH ROW EXECUTE FUNCTION my_outbox_again();
GRANT UPDATE (due_at) ON my_outbox TO waspool_member;

CREATE FUNCTION my_broadcast_new() RETURNS trigger LANGUAGE plpgsql AS $$
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
	AND n.moving_to IS NULL
	RETURNING id INTO new.id;
	IF new.id IS NULL THEN
		RETURN NULL;
	END IF;
	INSERT INTO broadcast_counts(workspace_id, broadcast_id)
	SELECT workspace_id, id FROM broadcasts
	WHERE workspace_id = my_workspace() ORDER BY id DESC LIMIT 1
	ON CONFLICT (workspace_id, broadcast_id) DO NOTHING;
	RETURN new;
END $$;
CREATE TRIGGER my_broadcast_new INSTEAD OF INSERT ON my_broadcasts FOR EACH ROW EXECUTE FUNCTION my_broadcast_new();
GRANT INSERT ON my_broadcasts TO waspool_member;

-- Who begins one has its messages followed from here on.
CREATE FUNCTION my_broadcast_changed() RETURNS trigger LANGUAGE plpgsql AS $$
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
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	INSERT INTO broadcast_follows(workspace_id, seq, until)
	SELECT my_workspace(), (SELECT COALESCE(MAX(seq), 0) FROM changes
		WHERE workspace_id = my_workspace()), new.started_at
	WHERE old.started_at IS NULL AND new.started_at IS NOT NULL
	ON CONFLICT (workspace_id) DO NOTHING;
	RETURN new;
END $$;
CREATE TRIGGER my_broadcast_changed INSTEAD OF UPDATE ON my_broadcasts FOR EACH ROW EXECUTE FUNCTION my_broadcast_changed();
GRANT UPDATE (state, reason, tag_place, label_place, counted, started_at, ended_at, shown_at) ON my_broadcasts TO waspool_member;

-- Each once; nobody comes to one whose recipients are counted.
CREATE FUNCTION my_broadcast_recipient_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO broadcast_recipients(workspace_id, broadcast_id, who)
	SELECT my_workspace(), b.id, new.who FROM broadcasts b
	WHERE b.workspace_id = my_workspace() AND b.id = new.broadcast_id
	AND b.state IN ('draft', 'counting') AND b.counted = 0
	ON CONFLICT (workspace_id, broadcast_id, who) DO NOTHING;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	RETURN new;
END $$;
CREATE TRIGGER my_broadcast_recipient_new INSTEAD OF INSERT ON my_broadcast_recipients FOR EACH ROW EXECUTE FUNCTION my_broadcast_recipient_new();
GRANT INSERT ON my_broadcast_recipients TO waspool_member;

-- A message that goes to many answers nobody: who waited before it waits still.
CREATE FUNCTION my_broadcast_recipient_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT COALESCE(old.state = 'waiting', false) THEN
		RETURN NULL;
	END IF;
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
	RETURN new;
END $$;
CREATE TRIGGER my_broadcast_recipient_changed INSTEAD OF UPDATE ON my_broadcast_recipients FOR EACH ROW EXECUTE FUNCTION my_broadcast_recipient_changed();
GRANT UPDATE (state, reason, conversation_id, message_id) ON my_broadcast_recipients TO waspool_member;
