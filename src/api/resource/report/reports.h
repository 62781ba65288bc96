#ifndef API_RESOURCE_REPORT_REPORTS_H
#define API_RESOURCE_REPORT_REPORTS_H

#include "api/action.h"

/* /reports/…: of a span of days, in the workspace's time zone. */
action_handler reports_days;
action_handler reports_members;
action_handler reports_numbers;

#endif
