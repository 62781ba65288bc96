#ifndef API_RESOURCE_TRIAGE_MARK_PUT_H
#define API_RESOURCE_TRIAGE_MARK_PUT_H

#include "api/action.h"

action_handler mark_put_member, mark_put_out_member;
action_handler mark_put_label, mark_put_off_label;

#endif
