#ifndef API_ACCOUNT_WORKSPACE_SETTINGS_H
#define API_ACCOUNT_WORKSPACE_SETTINGS_H

#include "api/action.h"

/* /workspace: its settings.  What an owner changes becomes an event of the
 * workspace. */
action_handler workspace_settings_get;
action_handler workspace_settings_change;

#endif
