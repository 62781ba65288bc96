-- Rows for test_upgrade: something in every table of the inbox of version 1, as
-- that takes it and every later one must; tests/unit/made_rows.c makes up the rest.  Triggers write counters, changes and
-- the words for the search.
-- before the number: a change for it is noted by new ones only
INSERT INTO number_pauses(number_id, until, reason, attempts) VALUES (2, 2000, 'key', 1);
INSERT INTO workspaces(name, created_at) VALUES ('One', 1), ('Two', 2);
INSERT INTO users(email, name, created_at) VALUES ('ann@example.com', 'Ann', 3);
INSERT INTO workspace_members(workspace_id, user_id, role, created_at)
VALUES (1, 1, 'owner', 4), (2, 1, 'agent', 4);
INSERT INTO api_tokens(workspace_id, user_id, hash, name, created_at)
VALUES (1, 1, x'01', 'laptop', 5);
INSERT INTO numbers(workspace_id, phone_number_id, waba_id, created_at)
VALUES (1, '100', '900', 6), (2, '200', NULL, 6);
INSERT INTO contacts(workspace_id, phone, name, email, created_at, updated_at)
VALUES (1, '+16505551234', 'Sheena Nelson', 'sheena@example.com', 7, 8),
	(2, '+16505551234', 'Sheena', NULL, 7, 7);
INSERT INTO tags(workspace_id, name, created_at) VALUES (1, 'vip', 9);
INSERT INTO contact_tags(workspace_id, contact_id, tag_id) VALUES (1, 1, 1);
INSERT INTO conversations(workspace_id, number_id, phone, profile_name, contact_id, created_at, updated_at)
VALUES (1, 1, '+16505551234', 'Sheena', 1, 10, 10),
	(1, 1, '+16505550001', 'Zoë', NULL, 11, 11),
	(2, 2, '+16505551234', NULL, NULL, 12, 12);
INSERT INTO identities(workspace_id, number_id, kind, value, conversation_id, created_at)
VALUES (1, 1, 'wa_id', '16505551234', 1, 10), (1, 1, 'user_id', 'US.1', 2, 11);
INSERT INTO messages(workspace_id, conversation_id, number_id, wamid, direction, source, type, content, preview, text, status, counts_unread, opens_window, sent_at, created_at)
VALUES (1, 1, 1, 'wamid.A', 'inbound', 'live', 'text', '{"body":"Does it come in blue?"}', 'Does it come in blue?', 'Does it come in blue?', 'received', 1, 1, 1000, 1001),
	(1, 1, 1, 'wamid.B', 'outbound', 'api', 'text', '{"body":"It does."}', 'It does.', 'It does.', 'sent', 0, 0, 1100, 1100),
	(1, 2, 1, 'wamid.C', 'inbound', 'history', 'image', '{}', 'Photo', NULL, 'received', 0, 0, 900, 1200),
	(2, 3, 2, 'wamid.A', 'inbound', 'live', 'text', '{"body":"Hello"}', 'Hello', 'Hello', 'received', 1, 1, 1300, 1300);
UPDATE messages SET status = 'failed', error = '{"code":131047,"title":"closed"}' WHERE id = 2;
UPDATE conversations SET is_read = 1, unread_count = 0, assigned_to = 1 WHERE id = 1;
UPDATE conversations SET status = 'archived', profile_name = 'Zoe' WHERE id = 2;
INSERT INTO message_statuses(workspace_id, number_id, wamid, status, at) VALUES (1, 1, 'wamid.B', 'sent', 1101);
INSERT INTO message_patches(workspace_id, number_id, target_wamid, wamid, kind, at) VALUES (1, 1, 'wamid.Z', 'wamid.Y', 'revoke', 1102);
INSERT INTO reactions(workspace_id, number_id, target_wamid, sender, emoji, at, wamid) VALUES (1, 1, 'wamid.A', 'customer', '👍', 1103, 'wamid.R');
INSERT INTO media(workspace_id, message_id, number_id, media_id, state, due_at, created_at) VALUES (1, 3, 1, '700', 'pending', 1200, 1200);
UPDATE media SET state = 'stored', path = 'ab/cd', size = 3;
INSERT INTO media_errors(number_id, at) VALUES (1, 1201);
INSERT INTO uploads(workspace_id, user_id, mime_type, size, path, created_at) VALUES (1, 1, 'image/png', 3, 'ab/cd', 1202);
INSERT INTO upload_media(workspace_id, upload_id, number_id, media_id, expires_at) VALUES (1, 1, 1, '701', 9000);
INSERT INTO outbox(workspace_id, number_id, conversation_id, message_id, kind, state, due_at, created_at) VALUES (1, 1, 1, 2, 'message', 'failed', 1100, 1100);
INSERT INTO outbox(workspace_id, number_id, conversation_id, message_id, kind, state, due_at, created_at) VALUES (1, 1, 2, 901, 'message', 'sending', 1100, 1100), (1, 1, 2, 902, 'message', 'queued', 1100, 1100), (1, 1, 2, 903, 'message', 'queued', 1100, 1100), (1, 1, 2, 904, 'read', 'queued', 1100, 1100), (1, 1, 2, 905, 'message', 'queued', 1100, 1100);
INSERT INTO workspace_events(workspace_id, field, at, raw, hash, created_at) VALUES (1, 'account_update', 1203, '{}', x'02', 1203);
INSERT INTO change_marks(workspace_id, at, seq) VALUES (1, 1204, 2);
INSERT INTO tickets(hash, workspace_id, token_id, expires_at) VALUES (x'03', 1, 1, 1300);
INSERT INTO spool_cursors(node, delivery_id, seen_at) VALUES ('n', 41, 1205);
INSERT INTO node_health(node, seen_at, waiting, oldest_at, deferred, dead, spool_bytes, spool_wal, inbox_wal, outbox_open, media_pending, media_stopped, paused) VALUES ('n', 1206, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0);
INSERT INTO held(node, delivery_id, state, reason, attempts, due_at, updated_at) VALUES ('n', 40, 'dead', 'not JSON', 1, 0, 1207);
INSERT INTO idempotency_keys(workspace_id, user_id, key, request_hash, status, body, created_at) VALUES (1, 1, 'k', x'04', 201, '{}', 1208);
DELETE FROM contacts WHERE id = 2;
