/*
 * What a member connection sees and writes in order to send, as
 * session_views.c has it for the rest.  A member adds messages that are queued
 * and no others, names nothing of another workspace, and gives no file but an
 * upload: its path is copied here, so that nobody can name one.
 */
#include "session/session_views.h"

const char session_sending[] =

    "CREATE TEMP VIEW my_outbox AS\n"
    "  SELECT id, number_id, conversation_id, message_id, kind, request,\n"
    "    upload_id, state, attempts, due_at, reason, created_at, behind,\n"
    "    error_code\n"
    "  FROM outbox WHERE workspace_id = my_workspace();\n"

    /* Why a number waits; nothing of its key. */
    "CREATE TEMP VIEW my_pauses AS\n"
    "  SELECT p.number_id AS number_id, p.until AS until,\n"
    "    CASE WHEN p.key_mark IS NULL THEN 'rate_limit'\n"
    "      WHEN p.key_mark = 'none' THEN 'no_key' ELSE 'paused' END AS kind,\n"
    "    p.reason AS reason, p.row_id AS row_id\n"
    "  FROM number_pauses p WHERE EXISTS (SELECT 1 FROM numbers n\n"
    "    WHERE n.id = p.number_id AND n.workspace_id = my_workspace());\n"

    /* How many wait: of a conversation now, of its number as last counted. */
    "CREATE TEMP VIEW my_queues AS\n"
    "  SELECT c.id AS conversation_id,\n"
    "    (SELECT count(*) FROM outbox o WHERE o.number_id = c.number_id\n"
    "      AND o.conversation_id = c.id\n"
    "      AND o.state IN ('queued', 'sending')) AS open,\n"
    "    (SELECT q.open FROM number_queues q\n"
    "      WHERE q.number_id = c.number_id) AS of_number\n"
    "  FROM conversations c WHERE c.workspace_id = my_workspace();\n"

    "CREATE TEMP VIEW my_uploads AS\n"
    "  SELECT id, user_id, mime_type, filename, size, path,\n"
    "    created_at\n"
    "  FROM uploads WHERE workspace_id = my_workspace();\n"

    "CREATE TEMP VIEW my_files AS\n"
    "  SELECT bytes FROM workspace_files WHERE workspace_id = my_workspace();\n"

    "CREATE TEMP VIEW my_identities AS\n"
    "  SELECT number_id, kind, value, valid_from, conversation_id,\n"
    "    created_at\n"
    "  FROM identities WHERE workspace_id = my_workspace();\n"

    /* ------------------------------------------------------- who it goes to */

    "CREATE TEMP TRIGGER my_conversation_new\n"
    "INSTEAD OF INSERT ON my_conversations\n"
    "BEGIN\n"
    "  INSERT INTO conversations(workspace_id, number_id, phone, user_id,\n"
    "    contact_id, created_at, updated_at)\n"
    "  SELECT my_workspace(), n.id, new.phone, new.user_id,\n"
    "    (SELECT id FROM contacts WHERE workspace_id = my_workspace()\n"
    "      AND id = new.contact_id),\n"
    "    new.created_at, new.created_at\n"
    "  FROM numbers n\n"
    "  WHERE n.workspace_id = my_workspace() AND n.id = new.number_id\n"
    "  AND n.moving_to IS NULL;\n"
    "  SELECT my_made();\n"
    "END;\n"

    /* What the provider says of its accounts is not a member's to say. */
    "CREATE TEMP TRIGGER my_identity_new INSTEAD OF INSERT ON my_identities\n"
    "BEGIN\n"
    "  INSERT INTO identities(workspace_id, number_id, kind, value,\n"
    "    conversation_id, created_at)\n"
    "  SELECT my_workspace(), c.number_id, new.kind, new.value, c.id,\n"
    "    new.created_at\n"
    "  FROM conversations c\n"
    "  WHERE c.workspace_id = my_workspace() AND c.id = new.conversation_id\n"
    "  AND new.kind IN ('alias', 'user_id')\n"
    "  ON CONFLICT (workspace_id, number_id, kind, value, valid_from)\n"
    "  DO NOTHING;\n"
    "END;\n"

    /* ----------------------------------------------------------- what it is */

    "CREATE TEMP TRIGGER my_message_new INSTEAD OF INSERT ON my_messages\n"
    "BEGIN\n"
    "  INSERT INTO messages(workspace_id, conversation_id, number_id,\n"
    "    direction, source, type, content, context, preview, text,\n"
    "    status, sent_by, sent_at, created_at)\n"
    "  SELECT my_workspace(), c.id, c.number_id, 'outbound', 'api',\n"
    "    new.type, new.content, new.context, new.preview, new.text,\n"
    "    'queued', my_user(), new.sent_at, new.created_at\n"
    "  FROM conversations c\n"
    "  WHERE c.workspace_id = my_workspace() AND c.id = new.conversation_id;\n"
    "  SELECT my_made();\n"
    "END;\n"

    /* Under another wamid then: what comes late of the first counts no more. */
    "CREATE TEMP TRIGGER my_message_again\n"
    "INSTEAD OF UPDATE OF status ON my_messages\n"
    "BEGIN\n"
    "  UPDATE messages SET status = 'queued', error = NULL, error_code = "
    "NULL,\n"
    "    wamid = NULL\n"
    "  WHERE workspace_id = my_workspace() AND id = old.id\n"
    "  AND source = 'api' AND status = 'failed';\n"
    "END;\n"

    /* Two of one second: the later stands. */
    "CREATE TEMP TRIGGER my_reaction_new INSTEAD OF INSERT ON my_reactions\n"
    "BEGIN\n"
    "  INSERT INTO reactions(workspace_id, number_id, target_wamid, sender,\n"
    "    emoji, at, wamid)\n"
    "  SELECT my_workspace(), m.number_id, m.wamid, 'business', new.emoji,\n"
    "    new.at, ''\n"
    "  FROM messages m WHERE m.workspace_id = my_workspace()\n"
    "  AND m.number_id = new.number_id AND m.wamid = new.target_wamid\n"
    "  ON CONFLICT (workspace_id, number_id, target_wamid, sender)\n"
    "  DO UPDATE SET emoji = excluded.emoji, at = excluded.at,\n"
    "    wamid = excluded.wamid WHERE excluded.at >= reactions.at;\n"
    "END;\n"

    /* The path is that of a file which the program has just written. */
    "CREATE TEMP TRIGGER my_upload_new INSTEAD OF INSERT ON my_uploads\n"
    "BEGIN\n"
    "  INSERT INTO uploads(workspace_id, user_id, mime_type, filename,\n"
    "    size, path, created_at)\n"
    "  SELECT my_workspace(), coalesce(my_user(), 0), new.mime_type,\n"
    "    new.filename, new.size, new.path, new.created_at\n"
    "  WHERE my_workspace() IS NOT NULL;\n"
    "  SELECT my_made();\n"
    "END;\n"

    /* The message that goes out with an upload has its file at once. */
    "CREATE TEMP TRIGGER my_outbox_new INSTEAD OF INSERT ON my_outbox\n"
    "BEGIN\n"
    "  INSERT INTO outbox(workspace_id, number_id, conversation_id,\n"
    "    message_id, kind, request, upload_id, state, due_at,\n"
    "    created_at)\n"
    "  SELECT my_workspace(), m.number_id, m.conversation_id, m.id,\n"
    "    new.kind, new.request, (SELECT id FROM uploads\n"
    "      WHERE workspace_id = my_workspace()\n"
    "      AND id = new.upload_id),\n"
    "    'queued', new.due_at, new.created_at\n"
    "  FROM messages m\n"
    "  WHERE m.workspace_id = my_workspace() AND m.id = new.message_id\n"
    "  ON CONFLICT (workspace_id, kind, message_id) DO NOTHING;\n"
    "  INSERT INTO media(workspace_id, message_id, number_id, state,\n"
    "    mime_type, filename, size, path, due_at, created_at)\n"
    "  SELECT my_workspace(), m.id, m.number_id, 'stored', u.mime_type,\n"
    "    u.filename, u.size, u.path, new.created_at, new.created_at\n"
    "  FROM uploads u CROSS JOIN messages m\n"
    "  WHERE u.workspace_id = my_workspace() AND u.id = new.upload_id\n"
    "  AND m.workspace_id = my_workspace() AND m.id = new.message_id\n"
    "  AND m.source = 'api' AND new.kind = 'message'\n"
    "  ON CONFLICT (message_id) DO NOTHING;\n"
    "END;\n"

    "CREATE TEMP TRIGGER my_outbox_again INSTEAD OF UPDATE OF due_at ON "
    "my_outbox\n"
    "BEGIN\n"
    "  UPDATE outbox SET state = 'queued', attempts = 0,\n"
    "    due_at = new.due_at, sending_at = NULL, answer_by = NULL,\n"
    "    reason = NULL, error_code = NULL, created_at = new.due_at\n"
    "  WHERE workspace_id = my_workspace() AND id = old.id\n"
    "  AND kind = 'message' AND state IN ('done', 'failed');\n"
    "END;\n";
