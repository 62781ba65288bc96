/*
 * What the API answers to (docs/openapi.yaml says the same for clients).
 */
#include "lib/sql/statements.h"

#include "inbox/account/access_list.h"
#include "inbox/account/invitation.h"
#include "inbox/account/member_role.h"
#include "inbox/audit/workspace_audit.h"
#include "inbox/contact/contact_list.h"
#include "inbox/contact/contact_merge.h"
#include "inbox/conversation/group_participant_list.h"
#include "inbox/conversation/list/conversation_count.h"
#include "inbox/conversation/list/conversation_unseen.h"
#include "inbox/erasure/erasure.h"
#include "inbox/hours/workspace_setting.h"
#include "inbox/mark/mark_on.h"
#include "inbox/media/upload.h"
#include "inbox/message/message_files.h"
#include "inbox/node/health.h"
#include "inbox/outbox/submit.h"
#include "inbox/own/draft.h"
#include "inbox/report/report.h"
#include "inbox/search/search.h"
#include "inbox/workspace/member_list.h"
#include "inbox/workspace/workspace_event_page.h"

#include "session/ticket.h"

#include "api/account/access.h"
#include "api/account/membership.h"
#include "api/account/workspace_settings.h"
#include "api/file/contacts_file.h"
#include "api/file/conversations_file.h"
#include "api/file/files.h"
#include "api/idempotency_key.h"
#include "api/resource/activities.h"
#include "api/resource/broadcast/broadcast_recipients.h"
#include "api/resource/broadcast/broadcasts.h"
#include "api/resource/contact/contact_conversations.h"
#include "api/resource/contact/contact_fields.h"
#include "api/resource/contact/contacts.h"
#include "api/resource/contact/tags.h"
#include "api/resource/conversations.h"
#include "api/resource/erasures.h"
#include "api/resource/group/groups.h"
#include "api/resource/group/join_requests.h"
#include "api/resource/health_show.h"
#include "api/resource/members.h"
#include "api/resource/message_send.h"
#include "api/resource/own/drafts.h"
#include "api/resource/own/seen_marks.h"
#include "api/resource/report/reports.h"
#include "api/resource/route_table.h"
#include "api/resource/search_results.h"
#include "api/resource/template/canned_replies.h"
#include "api/resource/template/templates.h"
#include "api/resource/triage/conversation_bulk.h"
#include "api/resource/triage/conversation_counts.h"
#include "api/resource/triage/mark_put.h"
#include "api/resource/triage/marks.h"
#include "api/resource/webhook/deliveries.h"
#include "api/resource/webhook/endpoints.h"

#define PAGE "limit cursor"
#define FILTERS                                                                \
	"status state unanswered unread assigned_to team label tag "           \
	"contact marketing window number "
#define CONTACT	 "phone user_id name email tags fields"
#define REPORT	 "from to number team format"
#define ENDPOINT "url description events"
#define SETTINGS                                                               \
	"second_factor reactions_unread time_zone opening_hours "              \
	"automatic_answer"
#define TEMPLATE                                                               \
	"phone_number_id name language category components "                   \
	"parameter_format allow_category_change message_send_ttl_seconds"

const struct route route_table[] = {
	{ "GET", "/conversations", conversations_list, ROUTE_AGENT,
	    FILTERS "q include " PAGE, "", ROUTE_SEARCHES | ROUTE_KEPT },
	{ "GET", "/conversations/stats", conversations_stats, ROUTE_AGENT, "",
	    "", ROUTE_KEPT },
	{ "GET", "/conversations/seen", seen_count, ROUTE_AGENT, "", "", 0 },
	{ "PUT", "/conversations/seen", seen_mark_all, ROUTE_AGENT, "", "", 0 },
	{ "GET", "/conversations/{id}", conversations_get, ROUTE_AGENT,
	    "include", "", 0 },
	{ "GET", "/conversations/counts", conversation_counts_get, ROUTE_AGENT,
	    "", "", 0 },
	{ "GET", "/conversations/export", conversations_file_export,
	    ROUTE_AGENT, FILTERS "cursor", "", 0 },
	{ "POST", "/conversations/bulk", conversation_bulk, ROUTE_AGENT,
	    FILTERS PAGE,
	    "ids state until user_id team_id add_labels remove_labels read",
	    ROUTE_STEPS },
	{ "DELETE", "/conversations/{id}", erasures_ask, ROUTE_OWNER, "erase",
	    "", 0 },
	{ "GET", "/erasures/{id}", erasures_get, ROUTE_OWNER, "", "", 0 },
	{ "GET", "/conversations/{id}/messages", messages_list, ROUTE_AGENT,
	    "limit before after around files", "", 0 },
	{ "POST", "/conversations/{id}/messages", message_send_to_conversation,
	    ROUTE_AGENT, "", "draft_version", ROUTE_CREATES | ROUTE_COMPOSES },
	{ "GET", "/conversations/{id}/participants", conversations_participants,
	    ROUTE_AGENT, PAGE, "", 0 },
	{ "POST", "/messages", message_send_to_customer, ROUTE_AGENT, "",
	    "to user_id phone_number_id", ROUTE_CREATES | ROUTE_COMPOSES },
	{ "GET", "/messages/{id}", messages_get, ROUTE_AGENT, "", "", 0 },
	{ "GET", "/messages/{id}/media", files_get, ROUTE_AGENT, "access", "",
	    ROUTE_ADDRESS },
	{ "GET", "/messages/{id}/media-address", files_address, ROUTE_AGENT, "",
	    "", 0 },
	{ "POST", "/messages/{id}/retry", message_send_again, ROUTE_AGENT, "",
	    "", 0 },
	{ "POST", "/conversations/{id}/read", conversations_read, ROUTE_AGENT,
	    "", "", 0 },
	{ "POST", "/conversations/{id}/typing", conversations_typing,
	    ROUTE_AGENT, "", "", 0 },
	{ "POST", "/conversations/{id}/unread", conversations_unread,
	    ROUTE_AGENT, "", "", 0 },
	{ "POST", "/conversations/{id}/archive", conversations_archive,
	    ROUTE_AGENT, "", "", 0 },
	{ "POST", "/conversations/{id}/unarchive", conversations_unarchive,
	    ROUTE_AGENT, "", "", 0 },
	{ "POST", "/conversations/{id}/block", conversations_block, ROUTE_AGENT,
	    "", "", 0 },
	{ "POST", "/conversations/{id}/unblock", conversations_unblock,
	    ROUTE_AGENT, "", "", 0 },
	{ "GET", "/conversations/{id}/activities", activities_list, ROUTE_AGENT,
	    PAGE, "", 0 },
	{ "POST", "/conversations/{id}/notes", activities_note, ROUTE_AGENT, "",
	    "text", ROUTE_CREATES },
	{ "GET", "/activities/{id}", activities_get, ROUTE_AGENT, "", "", 0 },
	{ "PATCH", "/activities/{id}", activities_change, ROUTE_AGENT, "",
	    "text", 0 },
	{ "DELETE", "/activities/{id}", activities_delete, ROUTE_AGENT, "", "",
	    0 },
	{ "GET", "/conversations/{id}/draft", drafts_get, ROUTE_AGENT, "", "",
	    0 },
	{ "PUT", "/conversations/{id}/draft", drafts_put, ROUTE_AGENT, "",
	    "text reply_to version", 0 },
	{ "DELETE", "/conversations/{id}/draft", drafts_delete, ROUTE_AGENT,
	    "version", "", 0 },
	{ "GET", "/conversations/{id}/seen", seen_show, ROUTE_AGENT, "", "",
	    0 },
	{ "PUT", "/conversations/{id}/seen", seen_mark, ROUTE_AGENT, "",
	    "message_id", 0 },
	{ "DELETE", "/conversations/{id}/seen", seen_unmark, ROUTE_AGENT, "",
	    "", 0 },
	{ "GET", "/drafts", drafts_list, ROUTE_AGENT, PAGE, "", 0 },
	{ "PUT", "/conversations/{id}/state", conversations_state, ROUTE_AGENT,
	    "", "state until", 0 },
	{ "PUT", "/conversations/{id}/contact", conversations_link, ROUTE_AGENT,
	    "", "contact_id", 0 },
	{ "DELETE", "/conversations/{id}/contact", conversations_unlink,
	    ROUTE_AGENT, "", "", 0 },
	{ "PUT", "/conversations/{id}/assignee", conversations_assign,
	    ROUTE_AGENT, "", "user_id team_id", 0 },
	{ "PUT", "/conversations/{id}/labels/{label_id}", mark_put_label,
	    ROUTE_AGENT, "", "", 0 },
	{ "DELETE", "/conversations/{id}/labels/{label_id}", mark_put_off_label,
	    ROUTE_AGENT, "", "", 0 },
	{ "GET", "/teams", marks_list_teams, ROUTE_AGENT, PAGE, "", 0 },
	{ "POST", "/teams", marks_create_team, ROUTE_ADMIN, "", "name",
	    ROUTE_CREATES },
	{ "GET", "/teams/{id}", marks_get_team, ROUTE_AGENT, "", "", 0 },
	{ "PATCH", "/teams/{id}", marks_change_team, ROUTE_ADMIN, "", "name",
	    0 },
	{ "DELETE", "/teams/{id}", marks_delete_team, ROUTE_ADMIN, "", "", 0 },
	{ "PUT", "/teams/{id}/members/{user_id}", mark_put_member, ROUTE_ADMIN,
	    "", "", 0 },
	{ "DELETE", "/teams/{id}/members/{user_id}", mark_put_out_member,
	    ROUTE_ADMIN, "", "", 0 },
	{ "GET", "/labels", marks_list_labels, ROUTE_AGENT, PAGE, "", 0 },
	{ "POST", "/labels", marks_create_label, ROUTE_ADMIN, "", "name color",
	    ROUTE_CREATES },
	{ "GET", "/labels/{id}", marks_get_label, ROUTE_AGENT, "", "", 0 },
	{ "PATCH", "/labels/{id}", marks_change_label, ROUTE_ADMIN, "",
	    "name color", 0 },
	{ "DELETE", "/labels/{id}", marks_delete_label, ROUTE_ADMIN, "", "",
	    0 },

	{ "POST", "/media", files_upload, ROUTE_AGENT, "", "", ROUTE_RAW },

	{ "GET", "/contacts", contacts_list, ROUTE_AGENT, "q tag " PAGE, "",
	    ROUTE_SEARCHES },
	{ "POST", "/contacts", contacts_create, ROUTE_AGENT, "", CONTACT,
	    ROUTE_CREATES },
	{ "GET", "/contacts/export", contacts_file_export, ROUTE_AGENT,
	    "tag cursor", "", 0 },
	{ "POST", "/contacts/import", contacts_file_import, ROUTE_AGENT,
	    "skip_bad", "", ROUTE_RAW },
	{ "GET", "/contacts/{id}", contacts_get, ROUTE_AGENT, "", "", 0 },
	{ "PATCH", "/contacts/{id}", contacts_change, ROUTE_AGENT, "", CONTACT,
	    0 },
	{ "DELETE", "/contacts/{id}", contacts_delete, ROUTE_AGENT, "", "", 0 },
	{ "GET", "/contacts/{id}/conversations", contact_conversations_list,
	    ROUTE_AGENT, PAGE, "", 0 },
	{ "POST", "/contacts/{id}/merge", contacts_merge, ROUTE_AGENT, "",
	    "contact_id phone user_id", 0 },
	{ "PUT", "/contacts/{id}/tags/{name}", tags_put, ROUTE_AGENT, "", "",
	    0 },
	{ "DELETE", "/contacts/{id}/tags/{name}", tags_delete, ROUTE_AGENT, "",
	    "", 0 },
	{ "GET", "/contact-fields", contact_fields_list, ROUTE_AGENT, PAGE, "",
	    0 },
	{ "POST", "/contact-fields", contact_fields_create, ROUTE_ADMIN, "",
	    "key label type choices", ROUTE_CREATES },
	{ "GET", "/contact-fields/{id}", contact_fields_get, ROUTE_AGENT, "",
	    "", 0 },
	{ "PATCH", "/contact-fields/{id}", contact_fields_change, ROUTE_ADMIN,
	    "", "label choices", 0 },
	{ "DELETE", "/contact-fields/{id}", contact_fields_delete, ROUTE_ADMIN,
	    "", "", 0 },
	{ "GET", "/tags", tags_list, ROUTE_AGENT, PAGE, "", 0 },
	{ "GET", "/tags/{id}", tags_get, ROUTE_AGENT, "", "", 0 },
	{ "PATCH", "/tags/{id}", tags_rename, ROUTE_ADMIN, "", "name", 0 },
	{ "DELETE", "/tags/{id}", tags_remove, ROUTE_ADMIN, "", "", 0 },

	{ "GET", "/search", search_results_list, ROUTE_AGENT, "q " PAGE, "",
	    ROUTE_SEARCHES },

	{ "GET", "/templates", templates_list, ROUTE_AGENT, PAGE, "", 0 },
	{ "POST", "/templates", templates_create, ROUTE_ADMIN, "", TEMPLATE,
	    ROUTE_CREATES },
	{ "POST", "/templates/sync", templates_sync, ROUTE_ADMIN, "", "", 0 },
	{ "GET", "/templates/{id}", templates_get, ROUTE_AGENT, "", "", 0 },
	{ "DELETE", "/templates/{id}", templates_delete, ROUTE_ADMIN,
	    "languages", "", 0 },

	{ "GET", "/broadcasts", broadcasts_list, ROUTE_AGENT, PAGE, "", 0 },
	{ "POST", "/broadcasts", broadcasts_create, ROUTE_ADMIN, "",
	    "name phone_number_id template tag label to contact_ids"
	    " per_minute start_at",
	    ROUTE_CREATES },
	{ "GET", "/broadcasts/{id}", broadcasts_get, ROUTE_AGENT, "", "", 0 },
	{ "POST", "/broadcasts/{id}/start", broadcasts_start, ROUTE_ADMIN, "",
	    "", 0 },
	{ "POST", "/broadcasts/{id}/pause", broadcasts_pause, ROUTE_ADMIN, "",
	    "", 0 },
	{ "POST", "/broadcasts/{id}/stop", broadcasts_stop, ROUTE_ADMIN, "", "",
	    0 },
	{ "GET", "/broadcasts/{id}/recipients", broadcast_recipients_list,
	    ROUTE_ADMIN, "state " PAGE, "", 0 },
	{ "POST", "/broadcasts/{id}/recipients", broadcast_recipients_add,
	    ROUTE_ADMIN, "", "to contact_ids", 0 },

	{ "GET", "/groups", groups_list, ROUTE_AGENT, "group_id " PAGE, "", 0 },
	{ "POST", "/groups", groups_create, ROUTE_AGENT, "",
	    "phone_number_id subject description join_approval_mode",
	    ROUTE_CREATES },
	{ "GET", "/groups/{id}", groups_get, ROUTE_AGENT, "", "", 0 },
	{ "PATCH", "/groups/{id}", groups_change, ROUTE_AGENT, "",
	    "subject description", 0 },
	{ "DELETE", "/groups/{id}", groups_end, ROUTE_ADMIN, "", "", 0 },
	{ "POST", "/groups/{id}/picture", groups_picture, ROUTE_AGENT, "",
	    "upload", 0 },
	{ "POST", "/groups/{id}/invite-link", groups_link, ROUTE_AGENT, "", "",
	    0 },
	{ "POST", "/groups/{id}/remove", groups_remove, ROUTE_AGENT, "",
	    "participants", 0 },
	{ "GET", "/groups/{id}/join-requests", join_requests_list, ROUTE_AGENT,
	    PAGE, "", 0 },
	{ "POST", "/groups/{id}/join-requests/sync", join_requests_sync,
	    ROUTE_AGENT, "", "", 0 },
	{ "POST", "/groups/{id}/join-requests/approve", join_requests_approve,
	    ROUTE_AGENT, "", "join_requests", 0 },
	{ "POST", "/groups/{id}/join-requests/reject", join_requests_reject,
	    ROUTE_AGENT, "", "join_requests", 0 },

	{ "GET", "/canned-replies", canned_replies_list, ROUTE_AGENT,
	    "shortcut " PAGE, "", 0 },
	{ "POST", "/canned-replies", canned_replies_create, ROUTE_ADMIN, "",
	    "shortcut text", ROUTE_CREATES },
	{ "GET", "/canned-replies/{id}", canned_replies_get, ROUTE_AGENT, "",
	    "", 0 },
	{ "PATCH", "/canned-replies/{id}", canned_replies_change, ROUTE_ADMIN,
	    "", "shortcut text", 0 },
	{ "DELETE", "/canned-replies/{id}", canned_replies_delete, ROUTE_ADMIN,
	    "", "", 0 },

	{ "GET", "/me", members_me, ROUTE_AGENT, "", "", 0 },
	{ "GET", "/members", members_list, ROUTE_AGENT, PAGE, "", 0 },
	{ "PATCH", "/members/{id}", membership_change_role, ROUTE_ADMIN, "",
	    "role", 0 },
	{ "DELETE", "/members/{id}", membership_remove, ROUTE_ADMIN, "", "",
	    0 },
	{ "GET", "/invitations", membership_list_invitations, ROUTE_ADMIN, PAGE,
	    "", 0 },
	{ "POST", "/invitations", membership_invite, ROUTE_ADMIN, "",
	    "email name role", 0 },
	{ "DELETE", "/invitations/{id}", membership_withdraw, ROUTE_ADMIN, "",
	    "", 0 },
	{ "GET", "/workspace", workspace_settings_get, ROUTE_AGENT, "", "", 0 },
	{ "PATCH", "/workspace", workspace_settings_change, ROUTE_OWNER, "",
	    SETTINGS, 0 },
	{ "GET", "/tokens", access_list_tokens, ROUTE_OWNER, PAGE, "", 0 },
	{ "POST", "/tokens", access_create_token, ROUTE_OWNER, "",
	    "user_id name expires_in", 0 },
	{ "DELETE", "/tokens/{id}", access_revoke_token, ROUTE_OWNER, "", "",
	    0 },
	{ "GET", "/sessions", access_list_sessions, ROUTE_AGENT, PAGE, "", 0 },
	{ "DELETE", "/sessions/{id}", access_end_session, ROUTE_AGENT, "", "",
	    0 },
	{ "GET", "/numbers", numbers_list, ROUTE_AGENT, PAGE, "", 0 },
	{ "GET", "/numbers/{id}", numbers_get, ROUTE_AGENT, "", "", 0 },
	{ "GET", "/workspace-events", numbers_events, ROUTE_AGENT, PAGE, "",
	    0 },
	{ "GET", "/events", numbers_events, ROUTE_AGENT, PAGE, "", 0 },
	{ "GET", "/workspace-events/{id}", numbers_event, ROUTE_AGENT, "", "",
	    0 },

	{ "GET", "/health", health_show, ROUTE_ADMIN, "", "", 0 },

	{ "GET", "/reports/days", reports_days, ROUTE_ADMIN, REPORT, "", 0 },
	{ "GET", "/reports/members", reports_members, ROUTE_ADMIN, REPORT, "",
	    0 },
	{ "GET", "/reports/numbers", reports_numbers, ROUTE_ADMIN, REPORT, "",
	    0 },

	{ "GET", "/webhook-endpoints", endpoints_list, ROUTE_ADMIN, PAGE, "",
	    0 },
	{ "POST", "/webhook-endpoints", endpoints_create, ROUTE_ADMIN, "",
	    ENDPOINT, 0 },
	{ "GET", "/webhook-endpoints/{id}", endpoints_get, ROUTE_ADMIN, "", "",
	    0 },
	{ "PATCH", "/webhook-endpoints/{id}", endpoints_change, ROUTE_ADMIN, "",
	    ENDPOINT, 0 },
	{ "DELETE", "/webhook-endpoints/{id}", endpoints_delete, ROUTE_ADMIN,
	    "", "", 0 },
	{ "POST", "/webhook-endpoints/{id}/secret", endpoints_secret,
	    ROUTE_ADMIN, "overlap", "", 0 },
	{ "POST", "/webhook-endpoints/{id}/pause", endpoints_pause, ROUTE_ADMIN,
	    "", "", 0 },
	{ "POST", "/webhook-endpoints/{id}/resume", endpoints_resume,
	    ROUTE_ADMIN, "", "", 0 },
	{ "POST", "/webhook-endpoints/{id}/replay", endpoints_replay,
	    ROUTE_ADMIN, "", "after", 0 },
	{ "POST", "/webhook-endpoints/{id}/test", deliveries_test, ROUTE_ADMIN,
	    "", "", 0 },
	{ "GET", "/webhook-endpoints/{id}/deliveries", deliveries_list,
	    ROUTE_ADMIN, PAGE, "", 0 },
	{ "GET", "/webhook-deliveries/{id}", deliveries_get, ROUTE_ADMIN, "",
	    "", 0 },
	{ "POST", "/webhook-deliveries/{id}/retry", deliveries_retry,
	    ROUTE_ADMIN, "", "", 0 },

	{ "POST", "/realtime/tickets", members_ticket, ROUTE_AGENT, "", "", 0 },
	{ NULL, NULL, NULL, ROUTE_AGENT, NULL, NULL, 0 }
};

const struct statements route_statements = {
	.also = STATEMENTS(&activity_statements, &access_list_statements,
	    &broadcasts_statements, &canned_reply_statements,
	    &invitation_list_statements, &member_role_statements,
	    &contact_field_statements, &contact_statements,
	    &contact_list_statements, &contact_merge_statements,
	    &contact_tag_statements, &conversation_statements,
	    &draft_statements, &endpoints_statements, &erasure_ask_statements,
	    &conversation_count_statements, &mark_on_statements,
	    &mark_statements, &team_member_statements,
	    &group_participant_list_statements, &groups_statements,
	    &join_requests_statements, &health_statements,
	    &idempotency_key_statements, &conversation_unseen_statements,
	    &submit_statements, &submit_read_statements, &submit_to_statements,
	    &search_statements, &member_list_statements,
	    &message_files_statements, &message_list_statements,
	    &templates_statements, &ticket_statements, &upload_statements,
	    &wait_reason_statements, &workspace_audit_member_statements,
	    &workspace_event_page_statements,
	    &workspace_setting_member_statements, &report_statements)
};
