#ifndef API_RESOURCE_ROUTE_TABLE_H
#define API_RESOURCE_ROUTE_TABLE_H

#include "inbox/broadcast/broadcast.h"
#include "inbox/canned_reply/canned_reply.h"
#include "inbox/contact/contact.h"
#include "inbox/contact/contact_field.h"
#include "inbox/contact/contact_tag.h"
#include "inbox/conversation/activity.h"
#include "inbox/conversation/conversation.h"
#include "inbox/mark/mark.h"
#include "inbox/mark/team_member.h"
#include "inbox/message/message_files.h"
#include "inbox/message/message_list.h"
#include "inbox/message/wait_reason.h"
#include "inbox/own/draft.h"
#include "inbox/own/seen.h"
#include "inbox/own_group/own_group.h"
#include "inbox/template/template_list.h"
#include "inbox/workspace/workspace_event_page.h"

#include "api/action.h"
#include "api/object/activity_object.h"
#include "api/object/broadcast_object.h"
#include "api/object/canned_reply_object.h"
#include "api/object/contact_field_object.h"
#include "api/object/contact_object.h"
#include "api/object/conversation_object.h"
#include "api/object/draft_object.h"
#include "api/object/group_object.h"
#include "api/object/mark_object.h"
#include "api/object/seen_object.h"
#include "api/object/template_object.h"
#include "api/object/workspace_event_object.h"
#include "api/resource/messages.h"
#include "api/resource/numbers.h"

/* All that the API answers to, ended by one without a method (api/route.h). */
extern const struct route route_table[];

/*
 * What changes are about (docs/openapi.yaml, Change): how their type begins,
 * who writes the object as its own address shows it, and whose statements that
 * takes.  For api/realtime, which is linked with these and with no handler.
 */
#define ROUTE_OBJECTS(X)                                                       \
	X("message.", messages_object, &message_list_statements,               \
	    &message_files_statements, &wait_reason_statements)                \
	X("conversation.", conversation_object_json, &conversation_statements) \
	X("activity.", activity_object_json, &activity_statements)             \
	X("draft.", draft_object_json, &draft_statements)                      \
	X("seen.", seen_object_json, &seen_statements)                         \
	X("contact.", contact_object_json, &contact_statements,                \
	    &contact_tag_statements)                                           \
	X("contact_field.", contact_field_object_json,                         \
	    &contact_field_statements)                                         \
	X("tag.", contact_object_tag, &contact_tag_statements)                 \
	X("team.", mark_object_team, &mark_statements,                         \
	    &team_member_statements)                                           \
	X("label.", mark_object_label, &mark_statements)                       \
	X("number.", numbers_object, &wait_reason_statements)                  \
	X("template.", template_object_json, &template_list_statements)        \
	X("broadcast.", broadcast_object_json, &broadcast_statements)          \
	X("group.", group_object_json, &own_group_statements)                  \
	X("canned_reply.", canned_reply_object_json, &canned_reply_statements) \
	X("workspace_event.", workspace_event_object_json,                     \
	    &workspace_event_page_statements)

/* All statements that its handlers run, for session_seal. */
extern const struct statements route_statements;

#endif
