#ifndef API_RESOURCE_TRIAGE_MARKS_H
#define API_RESOURCE_TRIAGE_MARKS_H

#include "api/action.h"

action_handler marks_list_teams, marks_get_team, marks_create_team;
action_handler marks_change_team, marks_delete_team;
action_handler marks_list_labels, marks_get_label, marks_create_label;
action_handler marks_change_label, marks_delete_label;

#endif
