-- Each change that a client would want to hear of is noted by whoever makes it,
-- in the same transaction, so that none is missed and none is made up; those of
-- messages and conversations in files of their own.  What does not show outside is
-- no change.  Something that was deleted is noted as updated: who looks for it
-- finds nothing, and knows.
--
-- What is noted is the first argument of a function below; with a second one,
-- 'there', nothing is noted of a row that goes with what it belongs to.

-- The row itself.
CREATE FUNCTION note_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' THEN
		PERFORM note_change(old.workspace_id, TG_ARGV[0], old.id, NULL);
	ELSE
		PERFORM note_change(new.workspace_id, TG_ARGV[0], new.id, NULL);
	END IF;
	RETURN NULL;
END $$;

-- To those whom it left for another workspace.
CREATE FUNCTION note_row_that_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM note_change(old.workspace_id, TG_ARGV[0], old.id, NULL);
	RETURN NULL;
END $$;

-- The conversation that it belongs to.
CREATE FUNCTION note_conversation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'DELETE' THEN
		PERFORM note_change(new.workspace_id, TG_ARGV[0], new.conversation_id, new.conversation_id);
	ELSIF TG_NARGS = 1 OR EXISTS (SELECT 1 FROM conversations WHERE workspace_id = old.workspace_id AND id = old.conversation_id) THEN
		PERFORM note_change(old.workspace_id, TG_ARGV[0], old.conversation_id, old.conversation_id);
	END IF;
	RETURN NULL;
END $$;

-- The row itself, in its conversation.
CREATE FUNCTION note_row_of_conversation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'DELETE' THEN
		PERFORM note_change(new.workspace_id, TG_ARGV[0], new.id, new.conversation_id);
	ELSIF TG_NARGS = 1 OR EXISTS (SELECT 1 FROM conversations WHERE workspace_id = old.workspace_id AND id = old.conversation_id) THEN
		PERFORM note_change(old.workspace_id, TG_ARGV[0], old.id, old.conversation_id);
	END IF;
	RETURN NULL;
END $$;

-- A member's own: the object is the member, and nobody else is told (my_changes).
CREATE FUNCTION note_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'DELETE' THEN
		PERFORM note_change(new.workspace_id, TG_ARGV[0], new.user_id, new.conversation_id);
	ELSIF TG_NARGS = 1 OR EXISTS (SELECT 1 FROM conversations WHERE workspace_id = old.workspace_id AND id = old.conversation_id) THEN
		PERFORM note_change(old.workspace_id, TG_ARGV[0], old.user_id, old.conversation_id);
	END IF;
	RETURN NULL;
END $$;

-- … of no conversation.
CREATE FUNCTION note_member_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM note_change(new.workspace_id, TG_ARGV[0], new.user_id, NULL);
	RETURN NULL;
END $$;

-- The contact, or the team, that it belongs to.
CREATE FUNCTION note_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'DELETE' THEN
		PERFORM note_change(new.workspace_id, TG_ARGV[0], new.contact_id, NULL);
	ELSIF EXISTS (SELECT 1 FROM contacts WHERE workspace_id = old.workspace_id AND id = old.contact_id) THEN
		PERFORM note_change(old.workspace_id, TG_ARGV[0], old.contact_id, NULL);
	END IF;
	RETURN NULL;
END $$;
CREATE FUNCTION note_team() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'DELETE' THEN
		PERFORM note_change(new.workspace_id, TG_ARGV[0], new.team_id, NULL);
	ELSIF EXISTS (SELECT 1 FROM marks WHERE workspace_id = old.workspace_id AND id = old.team_id) THEN
		PERFORM note_change(old.workspace_id, TG_ARGV[0], old.team_id, NULL);
	END IF;
	RETURN NULL;
END $$;

-- A team, or a label.
CREATE FUNCTION note_mark() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	m	marks;
BEGIN
	IF TG_OP = 'DELETE' THEN
		m := old;
	ELSE
		m := new;
	END IF;
	PERFORM note_change(m.workspace_id, CASE m.kind WHEN 'team' THEN 'team.updated' ELSE 'label.updated' END, m.id, NULL);
	RETURN NULL;
END $$;

-- The message, when it is there.
CREATE FUNCTION note_message_of_media() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM note_change(m.workspace_id, 'message.updated', m.id, m.conversation_id)
	FROM messages AS m WHERE m.workspace_id = new.workspace_id AND m.id = new.message_id;
	RETURN NULL;
END $$;
CREATE FUNCTION note_message_of_reaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM note_change(m.workspace_id, 'message.updated', m.id, m.conversation_id)
	FROM messages AS m WHERE m.workspace_id = new.workspace_id AND m.number_id = new.number_id AND m.wamid = new.target_wamid;
	RETURN NULL;
END $$;

-- A number that stops to send, or sends again: when messages wait there.
CREATE FUNCTION note_pause() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' THEN
		PERFORM note_change(n.workspace_id, 'number.updated', n.id, NULL) FROM numbers AS n WHERE n.id = old.number_id;
	ELSE
		PERFORM note_change(n.workspace_id, 'number.updated', n.id, NULL) FROM numbers AS n
		WHERE n.id = new.number_id AND EXISTS (SELECT 1 FROM outbox AS o
			WHERE o.number_id = new.number_id AND o.state = 'queued' AND o.behind = 0 AND o.kind = 'message');
	END IF;
	RETURN NULL;
END $$;

-- Deliveries of a number are held: the first of a state, and the last no more.
CREATE FUNCTION note_held() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	h	held;
BEGIN
	IF TG_OP = 'DELETE' THEN
		h := old;
	ELSE
		h := new;
	END IF;
	IF NOT EXISTS (SELECT 1 FROM held AS o WHERE o.phone_number_id = h.phone_number_id AND o.state = h.state
			AND (o.node <> h.node OR o.delivery_id <> h.delivery_id))
		OR TG_OP = 'UPDATE' AND NOT EXISTS (SELECT 1 FROM held AS o WHERE o.phone_number_id = h.phone_number_id AND o.state = old.state
			AND (o.node <> h.node OR o.delivery_id <> h.delivery_id)) THEN
		PERFORM note_change(n.workspace_id, 'number.updated', n.id, NULL) FROM numbers AS n WHERE n.phone_number_id = h.phone_number_id;
	END IF;
	RETURN NULL;
END $$;

-- A tag that is called otherwise, and each contact with it; of many a job does it.
CREATE FUNCTION change_tag() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM note_change(new.workspace_id, 'tag.updated', new.id, NULL);
	IF (SELECT COUNT(*) FROM (SELECT 1 FROM contact_tags WHERE workspace_id = new.workspace_id AND tag_id = new.id LIMIT 501) AS few) > 500 THEN
		INSERT INTO jobs(workspace_id, kind, subject) VALUES (new.workspace_id, 'tag_renamed', new.id)
		ON CONFLICT (workspace_id, kind, subject, target, name) DO UPDATE SET place = 0;
	END IF;
	IF NOT has_job(new.workspace_id, 'tag_renamed', new.id) THEN
		PERFORM lock_workspace(new.workspace_id);
		INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
		SELECT k.workspace_id, (SELECT COALESCE(MAX(c.seq), 0) FROM changes AS c WHERE c.workspace_id = new.workspace_id)
			+ row_number() OVER (ORDER BY k.contact_id), 'contact.updated', k.contact_id, NULL
		FROM contact_tags AS k WHERE k.workspace_id = new.workspace_id AND k.tag_id = new.id;
	END IF;
	RETURN NULL;
END $$;

-- A file of a message: that there is one, and whether it can be had.
CREATE TRIGGER change_media_new AFTER INSERT ON media FOR EACH ROW EXECUTE FUNCTION note_message_of_media();
CREATE TRIGGER change_media AFTER UPDATE OF state ON media FOR EACH ROW
WHEN (old.state <> new.state)
EXECUTE FUNCTION note_message_of_media();

-- Reactions, when their message is there; one that was never seen and is
-- taken back is none.
CREATE TRIGGER change_reaction_new AFTER INSERT ON reactions FOR EACH ROW
WHEN (new.emoji <> '')
EXECUTE FUNCTION note_message_of_reaction();
CREATE TRIGGER change_reaction AFTER UPDATE OF emoji, at ON reactions FOR EACH ROW
WHEN (old.emoji <> new.emoji OR (old.at <> new.at AND new.emoji <> ''))
EXECUTE FUNCTION note_message_of_reaction();

-- Participants of a group: who came, left, or is called otherwise; not each
-- message.
CREATE TRIGGER change_group_participant_new AFTER INSERT ON group_participants FOR EACH ROW
EXECUTE FUNCTION note_conversation('conversation.updated');
CREATE TRIGGER change_group_participant AFTER UPDATE OF seen_at, left_at, name, pair ON group_participants FOR EACH ROW
WHEN ((old.seen_at > old.left_at) <> (new.seen_at > new.left_at) OR old.name IS DISTINCT FROM new.name
	OR old.pair IS DISTINCT FROM new.pair)
EXECUTE FUNCTION note_conversation('conversation.updated');
-- Who asks to join a group, or asks no more.
CREATE TRIGGER change_group_participant_asking AFTER UPDATE OF asks_at, answered_at ON group_participants FOR EACH ROW
WHEN ((old.asks_at > old.answered_at) <> (new.asks_at > new.answered_at)
	OR (new.asks_at > new.answered_at AND old.asks_at <> new.asks_at))
EXECUTE FUNCTION note_conversation('conversation.updated');
CREATE TRIGGER change_group_participant_gone AFTER DELETE ON group_participants FOR EACH ROW
EXECUTE FUNCTION note_conversation('conversation.updated', 'there');

-- The state shows in the conversation.
CREATE TRIGGER change_set_aside_new AFTER INSERT ON set_aside FOR EACH ROW
EXECUTE FUNCTION note_conversation('conversation.updated');
CREATE TRIGGER change_set_aside AFTER UPDATE OF state, at ON set_aside FOR EACH ROW
WHEN (old.state <> new.state OR old.at <> new.at)
EXECUTE FUNCTION note_conversation('conversation.updated');
CREATE TRIGGER change_set_aside_gone AFTER DELETE ON set_aside FOR EACH ROW
EXECUTE FUNCTION note_conversation('conversation.updated');

-- What members did, and wrote for each other; of a conversation that is gone
-- nothing is told.
CREATE TRIGGER change_activity_new AFTER INSERT ON activities FOR EACH ROW
EXECUTE FUNCTION note_row_of_conversation('activity.created');
CREATE TRIGGER change_activity AFTER UPDATE OF text ON activities FOR EACH ROW
WHEN (old.text IS DISTINCT FROM new.text)
EXECUTE FUNCTION note_row_of_conversation('activity.updated');
CREATE TRIGGER change_activity_gone AFTER DELETE ON activities FOR EACH ROW
EXECUTE FUNCTION note_row_of_conversation('activity.updated', 'there');

-- A member's own: object_id is the member, and nobody else is told
-- (my_changes of session.sql).
CREATE TRIGGER change_draft_new AFTER INSERT ON drafts FOR EACH ROW EXECUTE FUNCTION note_member('draft.updated');
CREATE TRIGGER change_draft AFTER UPDATE OF version ON drafts FOR EACH ROW
WHEN (old.version <> new.version)
EXECUTE FUNCTION note_member('draft.updated');
CREATE TRIGGER change_seen_new AFTER INSERT ON seen_marks FOR EACH ROW EXECUTE FUNCTION note_member('seen.updated');
CREATE TRIGGER change_seen AFTER UPDATE OF message_id, base_id ON seen_marks FOR EACH ROW
WHEN (old.message_id <> new.message_id OR old.base_id <> new.base_id)
EXECUTE FUNCTION note_member('seen.updated');

-- All at once: of no conversation.
CREATE TRIGGER change_seen_all AFTER UPDATE OF seen_id ON member_marks FOR EACH ROW
WHEN (old.seen_id <> new.seen_id)
EXECUTE FUNCTION note_member_alone('seen.updated');
CREATE TRIGGER change_draft_gone AFTER DELETE ON drafts FOR EACH ROW
EXECUTE FUNCTION note_member('draft.updated', 'there');

-- A team with its members, a label.  Conversations show their names, too, and
-- are not noted for them: who shows one knows it by its id.
CREATE TRIGGER change_mark_new AFTER INSERT ON marks FOR EACH ROW EXECUTE FUNCTION note_mark();
CREATE TRIGGER change_mark AFTER UPDATE OF name, color ON marks FOR EACH ROW
WHEN (old.name COLLATE "C" <> new.name COLLATE "C" OR old.color IS DISTINCT FROM new.color)
EXECUTE FUNCTION note_mark();
CREATE TRIGGER change_mark_gone AFTER DELETE ON marks FOR EACH ROW EXECUTE FUNCTION note_mark();
CREATE TRIGGER change_team_member_new AFTER INSERT ON team_members FOR EACH ROW
EXECUTE FUNCTION note_team('team.updated');
CREATE TRIGGER change_team_member_gone AFTER DELETE ON team_members FOR EACH ROW
EXECUTE FUNCTION note_team('team.updated', 'there');

-- A conversation shows which it has.
CREATE TRIGGER change_conversation_mark_new AFTER INSERT ON conversation_marks FOR EACH ROW
EXECUTE FUNCTION note_conversation('conversation.updated');
CREATE TRIGGER change_conversation_mark_gone AFTER DELETE ON conversation_marks FOR EACH ROW
EXECUTE FUNCTION note_conversation('conversation.updated', 'there');

-- A contact, with its tags.  Conversations show its name, phone and tags too,
-- and are not noted for it.
CREATE TRIGGER change_contact_new AFTER INSERT ON contacts FOR EACH ROW EXECUTE FUNCTION note_row('contact.updated');
CREATE TRIGGER change_contact AFTER UPDATE OF phone, user_id, name, email, username, updated_at ON contacts FOR EACH ROW
WHEN (old.phone IS DISTINCT FROM new.phone OR old.user_id IS DISTINCT FROM new.user_id
	OR old.name IS DISTINCT FROM new.name OR old.email IS DISTINCT FROM new.email
	OR old.username IS DISTINCT FROM new.username OR old.updated_at IS DISTINCT FROM new.updated_at)
EXECUTE FUNCTION note_row('contact.updated');
CREATE TRIGGER change_contact_gone AFTER DELETE ON contacts FOR EACH ROW EXECUTE FUNCTION note_row('contact.updated');
CREATE TRIGGER change_contact_tag_new AFTER INSERT ON contact_tags FOR EACH ROW
EXECUTE FUNCTION note_contact('contact.updated');
CREATE TRIGGER change_contact_tag_gone AFTER DELETE ON contact_tags FOR EACH ROW
EXECUTE FUNCTION note_contact('contact.updated', 'there');
CREATE TRIGGER change_contact_field_new AFTER INSERT ON contact_fields FOR EACH ROW
EXECUTE FUNCTION note_row('contact_field.updated');
CREATE TRIGGER change_contact_field AFTER UPDATE OF label, choices ON contact_fields FOR EACH ROW
WHEN (old.label <> new.label OR old.choices IS DISTINCT FROM new.choices)
EXECUTE FUNCTION note_row('contact_field.updated');
CREATE TRIGGER change_contact_field_gone AFTER DELETE ON contact_fields FOR EACH ROW
EXECUTE FUNCTION note_row('contact_field.updated');
CREATE TRIGGER change_contact_value_new AFTER INSERT ON contact_values FOR EACH ROW
EXECUTE FUNCTION note_contact('contact.updated');
CREATE TRIGGER change_contact_value AFTER UPDATE OF value ON contact_values FOR EACH ROW
WHEN (old.value <> new.value)
EXECUTE FUNCTION note_contact('contact.updated');
CREATE TRIGGER change_contact_value_gone AFTER DELETE ON contact_values FOR EACH ROW
EXECUTE FUNCTION note_contact('contact.updated', 'there');
CREATE TRIGGER change_tag AFTER UPDATE OF name ON tags FOR EACH ROW
WHEN (old.name COLLATE "C" <> new.name COLLATE "C")
EXECUTE FUNCTION change_tag();
CREATE TRIGGER change_tag_gone AFTER DELETE ON tags FOR EACH ROW EXECUTE FUNCTION note_row('tag.updated');

-- A number that stops to send, for another reason or time, or sends again:
-- one change for all messages that wait there.  Pauses of seconds (too fast: no
-- key_mark) are told when they begin and end.
CREATE TRIGGER change_pause_new AFTER INSERT ON number_pauses FOR EACH ROW EXECUTE FUNCTION note_pause();
CREATE TRIGGER change_pause AFTER UPDATE ON number_pauses FOR EACH ROW
WHEN (old.reason <> new.reason
	OR old.row_id IS DISTINCT FROM new.row_id OR (old.until <> new.until AND new.key_mark IS NOT NULL))
EXECUTE FUNCTION note_pause();
CREATE TRIGGER change_pause_gone AFTER DELETE ON number_pauses FOR EACH ROW EXECUTE FUNCTION note_pause();

-- A number is another way than it was, or that cannot be found out.
CREATE TRIGGER change_number_health AFTER UPDATE OF health, health_error ON numbers FOR EACH ROW
WHEN (old.health IS DISTINCT FROM new.health OR old.health_error IS DISTINCT FROM new.health_error)
EXECUTE FUNCTION note_row('number.updated');

-- Deliveries of a number are held: one change when the first of a state is, and
-- when the last is no more.
CREATE TRIGGER change_held_new AFTER INSERT ON held FOR EACH ROW
WHEN (new.phone_number_id IS NOT NULL)
EXECUTE FUNCTION note_held();
CREATE TRIGGER change_held AFTER UPDATE OF state, phone_number_id ON held FOR EACH ROW
WHEN (new.phone_number_id IS NOT NULL
	AND (old.state <> new.state OR old.phone_number_id IS DISTINCT FROM new.phone_number_id))
EXECUTE FUNCTION note_held();
CREATE TRIGGER change_held_gone AFTER DELETE ON held FOR EACH ROW
WHEN (old.phone_number_id IS NOT NULL)
EXECUTE FUNCTION note_held();

-- What the provider says of templates, numbers and the account, when it is new.
CREATE TRIGGER change_workspace_event AFTER INSERT ON workspace_events FOR EACH ROW
EXECUTE FUNCTION note_row('workspace_event.created');

-- A group that is wanted, made or ended, or what is asked of it.
CREATE TRIGGER change_group_new AFTER INSERT ON own_groups FOR EACH ROW EXECUTE FUNCTION note_row('group.updated');
CREATE TRIGGER change_group AFTER UPDATE OF workspace_id, state, subject, description, group_id, invite_link, asked, asked_at, error ON own_groups FOR EACH ROW
WHEN (old.workspace_id <> new.workspace_id OR old.state <> new.state
	OR old.subject IS DISTINCT FROM new.subject OR old.description IS DISTINCT FROM new.description
	OR old.group_id IS DISTINCT FROM new.group_id OR old.invite_link IS DISTINCT FROM new.invite_link
	OR old.asked IS DISTINCT FROM new.asked OR old.asked_at IS DISTINCT FROM new.asked_at
	OR old.error IS DISTINCT FROM new.error)
EXECUTE FUNCTION note_row('group.updated');
CREATE TRIGGER change_group_left AFTER UPDATE OF workspace_id ON own_groups FOR EACH ROW
WHEN (old.workspace_id <> new.workspace_id)
EXECUTE FUNCTION note_row_that_left('group.updated');
CREATE TRIGGER change_group_gone AFTER DELETE ON own_groups FOR EACH ROW EXECUTE FUNCTION note_row('group.updated');

-- A template that is there, has another state, or is gone.
CREATE TRIGGER change_template_new AFTER INSERT ON templates FOR EACH ROW EXECUTE FUNCTION note_row('template.updated');
CREATE TRIGGER change_template AFTER UPDATE OF workspace_id, status, components, category, reason, asked, error ON templates FOR EACH ROW
WHEN (old.workspace_id <> new.workspace_id OR old.status <> new.status OR old.components <> new.components
	OR old.category IS DISTINCT FROM new.category OR old.reason IS DISTINCT FROM new.reason
	OR old.asked IS DISTINCT FROM new.asked OR old.error IS DISTINCT FROM new.error)
EXECUTE FUNCTION note_row('template.updated');
CREATE TRIGGER change_template_left AFTER UPDATE OF workspace_id ON templates FOR EACH ROW
WHEN (old.workspace_id <> new.workspace_id)
EXECUTE FUNCTION note_row_that_left('template.updated');
CREATE TRIGGER change_template_gone AFTER DELETE ON templates FOR EACH ROW
EXECUTE FUNCTION note_row('template.updated');

-- A canned reply that is there, was changed, or is gone.
CREATE TRIGGER change_canned_reply_new AFTER INSERT ON canned_replies FOR EACH ROW
EXECUTE FUNCTION note_row('canned_reply.updated');
CREATE TRIGGER change_canned_reply AFTER UPDATE OF shortcut, text ON canned_replies FOR EACH ROW
WHEN (old.shortcut <> new.shortcut OR old.text <> new.text)
EXECUTE FUNCTION note_row('canned_reply.updated');
CREATE TRIGGER change_canned_reply_gone AFTER DELETE ON canned_replies FOR EACH ROW
EXECUTE FUNCTION note_row('canned_reply.updated');

-- A broadcast that is there, changed its state, or whose counts are worth a look:
-- that is the processor's to say (shown_at), once a second.
CREATE TRIGGER change_broadcast_new AFTER INSERT ON broadcasts FOR EACH ROW
EXECUTE FUNCTION note_row('broadcast.updated');
CREATE TRIGGER change_broadcast AFTER UPDATE OF state, reason, shown_at ON broadcasts FOR EACH ROW
WHEN (old.state <> new.state OR old.reason IS DISTINCT FROM new.reason OR old.shown_at <> new.shown_at)
EXECUTE FUNCTION note_row('broadcast.updated');
