/*
 * What a member connection sees, as temporary views, and what it may change,
 * as their INSTEAD OF triggers.  my_workspace() and my_user() are whom it
 * serves; they answer NULL for nobody, and nothing equals NULL.
 *
 * A trigger's body may not write "main.", so views have names of their own;
 * all begin with my_, and session_authorizer.c knows them by that.
 */
#include "session/session_views.h"

const char session_views[] =

    /* ------------------------------------------------------------- to look at */

    "CREATE TEMP VIEW my_conversations AS\n"
    "	SELECT id, number_id, phone, user_id, group_id, profile_name,\n"
    "		contact_id, link, status, is_read, unread_count,\n"
    "		last_customer_message_at, last_message_at, last_message_id,\n"
    "		last_message_preview, assigned_to, created_at, updated_at,\n"
    "		window_ends\n"
    "	FROM conversations WHERE workspace_id = my_workspace();\n"

    "CREATE TEMP VIEW my_messages AS\n"
    "	SELECT id, conversation_id, number_id, wamid, direction, source,\n"
    "		type, content, context, referral, preview, text, status,\n"
    "		error, sender, sent_by, sent_at, edited_at, revoked_at,\n"
    "		created_at\n"
    "	FROM messages WHERE workspace_id = my_workspace();\n"

    "CREATE TEMP VIEW my_reactions AS\n"
    "	SELECT number_id, target_wamid, sender, emoji, at\n"
    "	FROM reactions WHERE workspace_id = my_workspace();\n"

    /* By message, which is its only index. */
    "CREATE TEMP VIEW my_media AS\n"
    "	SELECT message_id, state, reason, mime_type, filename, size, path\n"
    "	FROM media WHERE workspace_id = my_workspace();\n"

    "CREATE TEMP VIEW my_contacts AS\n"
    "	SELECT id, phone, name, email, created_at, updated_at, tag_ids\n"
    "	FROM contacts WHERE workspace_id = my_workspace();\n"

    "CREATE TEMP VIEW my_tags AS\n"
    "	SELECT id, name, created_at\n"
    "	FROM tags WHERE workspace_id = my_workspace();\n"

    "CREATE TEMP VIEW my_contact_tags AS\n"
    "	SELECT contact_id, tag_id\n"
    "	FROM contact_tags WHERE workspace_id = my_workspace()\n"
    "	AND contact_id NOT IN (SELECT subject FROM jobs\n"
    "		WHERE workspace_id = my_workspace()\n"
    "		AND kind = 'contact_gone');\n"

    "CREATE TEMP VIEW my_conversation_tags AS\n"
    "	SELECT tag_id, status, last_message_at, conversation_id, tag_ids\n"
    "	FROM conversation_tags WHERE workspace_id = my_workspace();\n"

    "CREATE TEMP VIEW my_members AS\n"
    "	SELECT m.user_id AS id, u.name AS name, u.email AS email,\n"
    "		m.role AS role\n"
    "	FROM workspace_members m CROSS JOIN users u ON u.id = m.user_id\n"
    "	WHERE m.workspace_id = my_workspace();\n"

    /* One that is being moved has conversations in both workspaces. */
    "CREATE TEMP VIEW my_numbers AS\n"
    "	SELECT id, phone_number_id, display_phone,\n"
    "		moving_to IS NOT NULL AS moving, provider\n"
    "	FROM numbers WHERE workspace_id = my_workspace()\n"
    "	OR moving_to = my_workspace();\n"

    /* Under what else a customer is known, for links. */
    "CREATE TEMP VIEW my_accounts AS\n"
    "	SELECT i.value AS wa_id, i.conversation_id AS conversation_id\n"
    "	FROM numbers n CROSS JOIN identities i\n"
    "		ON i.workspace_id = n.workspace_id AND i.number_id = n.id\n"
    "	WHERE n.workspace_id = my_workspace() AND i.kind = 'wa_id';\n"

    "CREATE TEMP VIEW my_counters AS\n"
    "	SELECT total, unread, archived\n"
    "	FROM counters WHERE workspace_id = my_workspace();\n"

    "CREATE TEMP VIEW my_window_hours AS\n"
    "	SELECT hour, conversations\n"
    "	FROM window_hours WHERE workspace_id = my_workspace();\n"

    "CREATE TEMP VIEW my_changes AS\n"
    "	SELECT seq, type, object_id, conversation_id\n"
    "	FROM changes WHERE workspace_id = my_workspace();\n"

    /* Conversations whose messages are on their way into others (merge.h). */
    "CREATE TEMP VIEW my_merges AS\n"
    "	SELECT subject AS gone, target AS keep\n"
    "	FROM jobs WHERE workspace_id = my_workspace() AND kind = 'merge';\n"

    /* Nobody reads these: a contact whose conversations are to follow. */
    "CREATE TEMP VIEW my_links AS\n"
    "	SELECT subject AS contact_id\n"
    "	FROM jobs WHERE workspace_id = my_workspace()\n"
    "	AND kind = 'contact_links';\n"

    /* Members do not read these: the hashes are for signing in. */
    "CREATE TEMP VIEW my_tickets AS\n"
    "	SELECT hash, expires_at\n"
    "	FROM tickets WHERE workspace_id = my_workspace()\n"
    "	AND token_id = my_token();\n"

    /* How the nodes are: of no workspace, and nothing of any. */
    "CREATE TEMP VIEW my_nodes AS\n"
    "	SELECT node, seen_at, waiting, oldest_at, deferred, dead,\n"
    "		spool_bytes, spool_wal, inbox_wal, outbox_open, "
    "media_pending,\n"
    "		media_stopped, paused, awaited, clock_off\n"
    "	FROM node_health;\n"

    "CREATE TEMP VIEW my_idempotency_keys AS\n"
    "	SELECT key, request_hash, status, location, body, created_at\n"
    "	FROM idempotency_keys\n"
    "	WHERE workspace_id = my_workspace() AND user_id = my_user();\n"

    "CREATE TEMP VIEW my_erasures AS\n"
    "	SELECT id, conversation_id, state, messages, deliveries, asked_at,\n"
    "		done_at\n"
    "	FROM erasures WHERE workspace_id = my_workspace();\n"

    /* -------------------------------------------------------------- to search */

    /* The highest ids there are; search.c walks down from them. */
    "CREATE TEMP VIEW my_bounds AS\n"
    "	SELECT (SELECT max(id) FROM messages) AS message,\n"
    "		(SELECT max(id) FROM conversations) AS conversation,\n"
    "		(SELECT max(id) FROM contacts) AS contact\n"
    "	WHERE my_workspace() IS NOT NULL;\n"

    /* The words come first, then whose they are: CROSS JOIN keeps that order. */
    "CREATE TEMP VIEW my_message_words AS\n"
    "	SELECT w.rowid AS id, COALESCE((SELECT j.target FROM jobs j\n"
    "		WHERE j.workspace_id = my_workspace() AND j.kind = 'merge'\n"
    "		AND j.subject = m.conversation_id), m.conversation_id)\n"
    "		AS conversation_id,\n"
    "		w.text AS words\n"
    "	FROM message_words w CROSS JOIN messages m ON m.id = w.rowid\n"
    "	WHERE m.workspace_id = my_workspace();\n"

    "CREATE TEMP VIEW my_conversation_words AS\n"
    "	SELECT w.rowid AS id, w.profile_name AS words\n"
    "	FROM conversation_words w CROSS JOIN conversations c ON c.id = "
    "w.rowid\n"
    "	WHERE c.workspace_id = my_workspace();\n"

    "CREATE TEMP VIEW my_conversation_digits AS\n"
    "	SELECT w.rowid AS id, w.conversation_digits AS words, c.phone AS "
    "phone\n"
    "	FROM conversation_digits w CROSS JOIN conversations c ON c.id = "
    "w.rowid\n"
    "	WHERE c.workspace_id = my_workspace();\n"

    "CREATE TEMP VIEW my_contact_words AS\n"
    "	SELECT w.rowid AS id, w.contact_words AS words\n"
    "	FROM contact_words w CROSS JOIN contacts c ON c.id = w.rowid\n"
    "	WHERE c.workspace_id = my_workspace();\n"

    "CREATE TEMP VIEW my_contact_digits AS\n"
    "	SELECT w.rowid AS id, w.contact_digits AS words, c.phone AS phone\n"
    "	FROM contact_digits w CROSS JOIN contacts c ON c.id = w.rowid\n"
    "	WHERE c.workspace_id = my_workspace();\n"

    /* -------------------------------------------------------------- to change */

    /* A contact or a member of another workspace is none: nothing is written. */
    "CREATE TEMP TRIGGER my_conversation_changed\n"
    "INSTEAD OF UPDATE OF status, is_read, unread_count, contact_id, link,\n"
    "	assigned_to, updated_at ON my_conversations\n"
    "BEGIN\n"
    "	UPDATE conversations SET status = new.status, is_read = new.is_read,\n"
    "		unread_count = new.unread_count, contact_id = new.contact_id,\n"
    "		link = new.link, assigned_to = new.assigned_to,\n"
    "		updated_at = new.updated_at\n"
    "	WHERE workspace_id = my_workspace() AND id = old.id\n"
    "	AND (new.contact_id IS NULL OR EXISTS (SELECT 1 FROM contacts\n"
    "		WHERE workspace_id = my_workspace() AND id = new.contact_id))\n"
    "	AND (new.assigned_to IS NULL OR EXISTS (SELECT 1\n"
    "		FROM workspace_members\n"
    "		WHERE workspace_id = my_workspace()\n"
    "		AND user_id = new.assigned_to));\n"
    "END;\n"

    "CREATE TEMP TRIGGER my_contact_new INSTEAD OF INSERT ON my_contacts\n"
    "BEGIN\n"
    "	INSERT INTO contacts(workspace_id, phone, name, email, created_at,\n"
    "		updated_at)\n"
    "	VALUES (my_workspace(), new.phone, new.name, new.email,\n"
    "		new.created_at, new.updated_at);\n"
    "END;\n"

    "CREATE TEMP TRIGGER my_contact_changed\n"
    "INSTEAD OF UPDATE OF phone, name, email, updated_at ON my_contacts\n"
    "BEGIN\n"
    "	UPDATE contacts SET phone = new.phone, name = new.name,\n"
    "		email = new.email, updated_at = new.updated_at\n"
    "	WHERE workspace_id = my_workspace() AND id = old.id;\n"
    "END;\n"

    "CREATE TEMP TRIGGER my_contact_gone INSTEAD OF DELETE ON my_contacts\n"
    "BEGIN\n"
    "	DELETE FROM contacts\n"
    "	WHERE workspace_id = my_workspace() AND id = old.id;\n"
    "END;\n"

    "CREATE TEMP TRIGGER my_link_later INSTEAD OF INSERT ON my_links\n"
    "BEGIN\n"
    "	INSERT INTO jobs(workspace_id, kind, subject)\n"
    "	SELECT my_workspace(), 'contact_links', id FROM contacts\n"
    "	WHERE workspace_id = my_workspace() AND id = new.contact_id\n"
    "	ON CONFLICT (workspace_id, kind, subject, target, name)\n"
    "	DO UPDATE SET place = 0;\n"
    "END;\n"

    /* Made once, however many ask for it. */
    "CREATE TEMP TRIGGER my_tag_new INSTEAD OF INSERT ON my_tags\n"
    "BEGIN\n"
    "	INSERT INTO tags(workspace_id, name, created_at)\n"
    "	VALUES (my_workspace(), new.name, new.created_at)\n"
    "	ON CONFLICT (workspace_id, name) DO NOTHING;\n"
    "END;\n"

    "CREATE TEMP TRIGGER my_tag_changed INSTEAD OF UPDATE OF name ON my_tags\n"
    "BEGIN\n"
    "	UPDATE tags SET name = new.name\n"
    "	WHERE workspace_id = my_workspace() AND id = old.id;\n"
    "END;\n"

    "CREATE TEMP TRIGGER my_tag_gone INSTEAD OF DELETE ON my_tags\n"
    "BEGIN\n"
    "	DELETE FROM tags WHERE workspace_id = my_workspace() AND id = old.id;\n"
    "END;\n"

    "CREATE TEMP TRIGGER my_contact_tag_new INSTEAD OF INSERT ON "
    "my_contact_tags\n"
    "BEGIN\n"
    "	INSERT INTO contact_tags(workspace_id, contact_id, tag_id)\n"
    "	SELECT my_workspace(), new.contact_id, new.tag_id\n"
    "	WHERE EXISTS (SELECT 1 FROM contacts\n"
    "		WHERE workspace_id = my_workspace() AND id = new.contact_id)\n"
    "	AND EXISTS (SELECT 1 FROM tags\n"
    "		WHERE workspace_id = my_workspace() AND id = new.tag_id)\n"
    "	ON CONFLICT (workspace_id, contact_id, tag_id) DO NOTHING;\n"
    "END;\n"

    "CREATE TEMP TRIGGER my_contact_tag_gone\n"
    "INSTEAD OF DELETE ON my_contact_tags\n"
    "BEGIN\n"
    "	DELETE FROM contact_tags WHERE workspace_id = my_workspace()\n"
    "	AND contact_id = old.contact_id AND tag_id = old.tag_id;\n"
    "END;\n"

    "CREATE TEMP TRIGGER my_ticket_new INSTEAD OF INSERT ON my_tickets\n"
    "WHEN my_token() IS NOT NULL\n"
    "BEGIN\n"
    "	INSERT INTO tickets(hash, workspace_id, token_id, expires_at)\n"
    "	VALUES (new.hash, my_workspace(), my_token(), new.expires_at);\n"
    "END;\n"

    /* By what else the customer is known, should the conversation go. */
    "CREATE TEMP TRIGGER my_erasure_new INSTEAD OF INSERT ON my_erasures\n"
    "BEGIN\n"
    "	INSERT INTO erasures(workspace_id, user_id, conversation_id, who,\n"
    "		asked_at)\n"
    "	SELECT my_workspace(), coalesce(my_user(), 0), c.id,\n"
    "		coalesce(c.phone, c.user_id), new.asked_at\n"
    "	FROM conversations c\n"
    "	WHERE c.workspace_id = my_workspace() AND c.id = new.conversation_id;\n"
    "END;\n"

    "CREATE TEMP TRIGGER my_idempotency_key_new\n"
    "INSTEAD OF INSERT ON my_idempotency_keys\n"
    "BEGIN\n"
    "	INSERT INTO idempotency_keys(workspace_id, user_id, key,\n"
    "		request_hash, status, location, body, created_at)\n"
    "	VALUES (my_workspace(), my_user(), new.key, new.request_hash,\n"
    "		new.status, new.location, new.body, new.created_at);\n"
    "END;\n";
