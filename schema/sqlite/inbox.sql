-- The inbox: workspaces, contacts, conversations, messages.  This is version 8,
-- the newest; inbox_2.sql and its followers bring older ones to it.
--
-- Times are unix seconds in UTC.  Every unique key of a workspace's rows
-- begins with workspace_id and every query carries it, so that the store can
-- be spread by workspace.  Words are those of the API: a customer is who
-- writes to us, a contact is who stands in our address book, a number is one
-- of ours.
--
-- Ids are AUTOINCREMENT: an id that a client, a log or a person still holds
-- must never come to mean somebody else, also when its row is gone (a merged
-- conversation, a deleted contact, a revoked token).
--
-- Foreign keys are declared only where the child has an index that begins
-- with the key; for the others there are triggers below ("what goes with
-- what"), since a check without an index reads the whole table.

-- ---------------------------------------------------------------- people

CREATE TABLE workspaces (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	name		TEXT NOT NULL,
	created_at	INTEGER NOT NULL,
	reactions_unread INTEGER NOT NULL DEFAULT 1 CHECK (reactions_unread IN (0, 1)),	-- 1: a customer's reaction makes its conversation unread
	second_factor	INTEGER NOT NULL DEFAULT 0 CHECK (second_factor IN (0, 1))	-- 1: whoever signs in here needs a second factor
) STRICT;

-- When a workspace is open, and what is answered by itself when it is not
-- (inbox/hours).  No row: time zone UTC, no hours, no answer.
CREATE TABLE workspace_settings (
	workspace_id	INTEGER NOT NULL PRIMARY KEY,
	time_zone	TEXT NOT NULL,		-- of the tz database: Europe/Berlin
	opening_hours	TEXT,			-- JSON (inbox/hours/opening_hours.h); null: none
	automatic_answer TEXT,			-- a text; null: none
	changed_at	INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX workspace_settings_answering ON workspace_settings(workspace_id) WHERE automatic_answer IS NOT NULL AND opening_hours IS NOT NULL;

-- SQLite reads this table from its beginning for each id that it gives.
INSERT INTO sqlite_sequence(name, seq) VALUES ('messages', 0);

-- A person, perhaps in several workspaces.
CREATE TABLE users (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	email		TEXT NOT NULL UNIQUE COLLATE NOCASE,
	name		TEXT NOT NULL,
	created_at	INTEGER NOT NULL
) STRICT;

CREATE TABLE workspace_members (
	workspace_id	INTEGER NOT NULL REFERENCES workspaces(id),
	user_id		INTEGER NOT NULL REFERENCES users(id),
	role		TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'agent')),
	created_at	INTEGER NOT NULL,
	PRIMARY KEY (workspace_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX workspace_members_by_role ON workspace_members(workspace_id, role, user_id);

-- What somebody was called who is a member no more, as they left: what they did
-- shows it.  It goes when they come back, or the user is removed.
CREATE TABLE former_members (
	workspace_id	INTEGER NOT NULL,
	user_id		INTEGER NOT NULL,
	name		TEXT NOT NULL,
	left_at		INTEGER NOT NULL,
	PRIMARY KEY (workspace_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX former_members_of_user ON former_members(user_id);

-- What a program shows to be let in as one member, or the cookie of a person
-- who signed in.  The text itself is shown once, when it is made; here is only
-- its SHA-256.
CREATE TABLE api_tokens (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	user_id		INTEGER NOT NULL,
	hash		BLOB NOT NULL UNIQUE,	-- 32 bytes
	name		TEXT NOT NULL,		-- what it is for
	created_at	INTEGER NOT NULL,
	expires_at	INTEGER,		-- null: never
	last_used_at	INTEGER,		-- to the hour
	revoked_at	INTEGER,
	kind		TEXT NOT NULL DEFAULT 'token' CHECK (kind IN ('token', 'session')),	-- session: a cookie; expires_at moves on with its use, and it is deleted when it ends
	second_factor	INTEGER NOT NULL DEFAULT 0 CHECK (second_factor IN (0, 1)),	-- of a session: 1 that a code was shown for it
	address		TEXT,			-- of a session: from where it was begun
	FOREIGN KEY (workspace_id, user_id)
	    REFERENCES workspace_members(workspace_id, user_id) ON DELETE CASCADE
) STRICT;

CREATE INDEX api_tokens_of_member ON api_tokens(workspace_id, user_id);
CREATE INDEX api_tokens_of_workspace ON api_tokens(workspace_id, id) WHERE kind = 'token';
CREATE INDEX api_tokens_sessions ON api_tokens(expires_at) WHERE kind = 'session';
CREATE INDEX api_tokens_of_user ON api_tokens(user_id) WHERE kind = 'session';

-- By what people sign in.  No member's connection reads these three tables
-- (session.sql has no view of a hash or a secret): sign-in does, and the command
-- line.
CREATE TABLE passwords (
	user_id		INTEGER NOT NULL PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
	hash		TEXT NOT NULL,		-- yescrypt, as crypt(5) writes it
	changed_at	INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- TOTP (RFC 6238): six digits, 30 seconds, SHA-1.
CREATE TABLE second_factors (
	user_id		INTEGER NOT NULL PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
	secret		BLOB NOT NULL,		-- 20 bytes
	confirmed_at	INTEGER,		-- when a first code was right; null: not yet, and none is asked for
	used_step	INTEGER NOT NULL DEFAULT 0	-- codes up to this step of 30 s let nobody in any more
) STRICT, WITHOUT ROWID;

CREATE INDEX second_factors_by_step ON second_factors(used_step);

-- A link that sets a password, once, within 72 hours.  One for each address and
-- workspace: another one takes its place.
CREATE TABLE invitations (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,	-- into which; 0: the operator's, for a user who is there
	email		TEXT NOT NULL COLLATE NOCASE,
	name		TEXT NOT NULL,		-- for a user who is not there yet
	role		TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'agent')),
	hash		BLOB NOT NULL UNIQUE,	-- SHA-256 of the link's secret
	invited_by	INTEGER,		-- user; null: the operator
	created_at	INTEGER NOT NULL,
	expires_at	INTEGER NOT NULL,
	UNIQUE (workspace_id, email)
) STRICT;

CREATE INDEX invitations_of_workspace ON invitations(workspace_id, id);
CREATE INDEX invitations_of_inviter ON invitations(workspace_id, invited_by);
CREATE INDEX invitations_by_time ON invitations(expires_at);

-- Our business phone numbers.  The provider names them by phone_number_id.
CREATE TABLE numbers (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL REFERENCES workspaces(id),
	phone_number_id	TEXT NOT NULL UNIQUE,
	display_phone	TEXT,			-- as the provider writes it
	waba_id		TEXT,			-- its account, learnt from deliveries
	registered	INTEGER NOT NULL DEFAULT 1,	-- 0: came by itself, default workspace
	created_at	INTEGER NOT NULL,
	moving_to	INTEGER,		-- the workspace that it is being moved to; null: none
	provider	TEXT NOT NULL DEFAULT '360dialog', -- who carries its messages, as whatsapp/provider/provider.c names it
	templates_at	INTEGER,		-- when the list of its templates was last read whole; null: never
	templates_due_at INTEGER NOT NULL DEFAULT 0,	-- when it is read again; 0: it never was
	templates_error	TEXT,			-- why it could not be read since then
	health		TEXT,			-- JSON, how it is, as the provider says (whatsapp/provider/graph_health.h); null: it was not asked yet
	health_at	INTEGER,		-- when it was
	health_due_at	INTEGER NOT NULL DEFAULT 0,	-- when it is asked again; 0: it never was
	health_error	TEXT,			-- JSON {"reason","detail"}, why it could not be since then
	blocks_due_at	INTEGER NOT NULL DEFAULT 0	-- when the list of whom it blocks is read again; 0: it never was
) STRICT;

CREATE INDEX numbers_of_workspace ON numbers(workspace_id, id);
CREATE INDEX numbers_of_waba ON numbers(waba_id);
CREATE INDEX numbers_templates ON numbers(templates_due_at);
CREATE INDEX numbers_health ON numbers(health_due_at);
CREATE INDEX numbers_blocks ON numbers(blocks_due_at);
CREATE INDEX numbers_moving ON numbers(moving_to) WHERE moving_to IS NOT NULL;

-- ---------------------------------------------------------- address book

-- Known by a phone, a user id, or both: by what members know of somebody.
CREATE TABLE contacts (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL REFERENCES workspaces(id),
	phone		TEXT,			-- E.164 with +
	user_id		TEXT,			-- a BSUID, of whatever portfolio
	name		TEXT NOT NULL,
	email		TEXT,
	created_at	INTEGER NOT NULL,
	updated_at	INTEGER NOT NULL,
	tag_ids		TEXT,			-- what contact_tags has of it, as ' 3  7 '; null: nothing.  Kept by the triggers below
	username	TEXT,			-- of its newest conversation that says one.  Kept by the triggers below
	CHECK (phone IS NOT NULL OR user_id IS NOT NULL),
	UNIQUE (workspace_id, phone),
	UNIQUE (workspace_id, user_id)
) STRICT;

CREATE INDEX contacts_of_workspace ON contacts(workspace_id, id);

CREATE TABLE tags (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL REFERENCES workspaces(id),
	name		TEXT NOT NULL COLLATE NOCASE,
	created_at	INTEGER NOT NULL,
	UNIQUE (workspace_id, name)
) STRICT;

CREATE TABLE contact_tags (
	workspace_id	INTEGER NOT NULL,
	contact_id	INTEGER NOT NULL,
	tag_id		INTEGER NOT NULL,
	PRIMARY KEY (workspace_id, contact_id, tag_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX contact_tags_by_tag ON contact_tags(workspace_id, tag_id, contact_id);

-- Fields of contacts that a workspace has defined; it has 50 at most.
CREATE TABLE contact_fields (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	key		TEXT NOT NULL,		-- what programs and files call it
	label		TEXT NOT NULL,		-- what people call it
	type		TEXT NOT NULL CHECK (type IN ('text', 'number', 'date', 'choice', 'boolean')),
	choices		TEXT,			-- of a choice: a JSON array of texts; null: of another type
	created_at	INTEGER NOT NULL,
	updated_at	INTEGER NOT NULL,
	UNIQUE (workspace_id, key)
) STRICT;

-- What contacts have in them.  Written when a person changes a contact, and by no
-- message.
CREATE TABLE contact_values (
	workspace_id	INTEGER NOT NULL,
	contact_id	INTEGER NOT NULL,
	field_id	INTEGER NOT NULL,
	value		TEXT NOT NULL,		-- inbox/contact/contact_field_validate.h
	PRIMARY KEY (workspace_id, contact_id, field_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX contact_values_by_field ON contact_values(workspace_id, field_id, contact_id);

-- ---------------------------------------------------------- conversations

-- What one customer (or one group) and one number have said to each other.
-- Nothing here is written when a message comes but by the trigger
-- update_conversation_on_message below.
CREATE TABLE conversations (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL REFERENCES workspaces(id),
	number_id	INTEGER NOT NULL,
	phone		TEXT,			-- E.164 of the account the customer last wrote from; null: user id only, or a group
	phone_at	INTEGER NOT NULL DEFAULT 0,	-- when phone was last said
	user_id		TEXT,			-- the customer's user id (BSUID), newest
	user_id_at	INTEGER NOT NULL DEFAULT 0,
	group_id	TEXT,			-- a group's conversation
	profile_name	TEXT,			-- what customers call themselves
	profile_name_at	INTEGER NOT NULL DEFAULT 0,
	contact_id	INTEGER,
	link		TEXT NOT NULL DEFAULT 'auto' CHECK (link IN ('auto', 'person')),	-- person: somebody linked or unlinked it, and nothing changes that by itself
	status		TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'archived')),
	is_read		INTEGER NOT NULL DEFAULT 1 CHECK (is_read IN (0, 1)),
	unread_count	INTEGER NOT NULL DEFAULT 0 CHECK (unread_count >= 0),
	last_customer_message_at INTEGER,	-- opens the 24 h window
	window_refused_at INTEGER NOT NULL DEFAULT 0,	-- when we sent what the provider refused, since its window was closed (131047): only a later message of the customer opens it again
	last_message_at	INTEGER NOT NULL DEFAULT 0,	-- 0: no message yet
	last_message_id	INTEGER,
	last_message_preview TEXT,
	assigned_to	INTEGER,
	created_at	INTEGER NOT NULL,
	updated_at	INTEGER NOT NULL,
	window_ends	INTEGER GENERATED ALWAYS AS (CASE	-- the 24 h window: until then, or since then; null: it was never open
		WHEN last_customer_message_at > window_refused_at THEN last_customer_message_at + 86400
		WHEN last_customer_message_at IS NOT NULL THEN window_refused_at END) VIRTUAL,
	facets		INTEGER GENERATED ALWAYS AS (is_read	-- what lists are filtered by, in one number: 1 read, 2 linked, 4 assigned, 8 archived
		+ CASE WHEN contact_id IS NULL THEN 0 ELSE 2 END
		+ CASE WHEN assigned_to IS NULL THEN 0 ELSE 4 END
		+ CASE status WHEN 'archived' THEN 8 ELSE 0 END) VIRTUAL,
	username	TEXT,			-- of WhatsApp, without @; newest
	username_at	INTEGER NOT NULL DEFAULT 0,
	stored_message_id INTEGER,		-- the message that was stored last, whatever its time: which update was for a message; null: none yet, or none since version 7
	blocked		INTEGER NOT NULL DEFAULT 0,	-- 2 the customer is blocked, or about to be or not to be; 1 was, or could not be; 0 nobody asked.  Kept by the triggers of blocks
	marketing	TEXT CHECK (marketing IN ('stopped', 'allowed')),	-- what the newest of marketing_choices says; null: nothing is known
	marketing_at	INTEGER,		-- since when
	marketing_source TEXT CHECK (marketing_source IN ('user_preferences', 'refused')),	-- how it became known
	unanswered_since INTEGER,		-- when the customer wrote the first of what nobody has answered; null: nothing is; who writes -1 has it found anew by the triggers below
	phone_book_name	TEXT			-- what the phone's address book calls phone.  Kept by the triggers of phone_book
) STRICT;

-- The lists of the API, each read from its end; those of both statuses, and of
-- several facets, are several of them merged.  What a list is led by stands before
-- the time.  Each is one more page to be written for a message to an old
-- conversation, so there is none that can be done without, and most
-- conversations, which nobody is assigned to, are not in that of assignees.
CREATE INDEX conversations_by_status ON conversations(workspace_id, status, last_message_at, id, window_ends);
CREATE INDEX conversations_by_facets ON conversations(workspace_id, facets, last_message_at);
CREATE INDEX conversations_by_assignee ON conversations(workspace_id, assigned_to, status, last_message_at) WHERE assigned_to IS NOT NULL;
CREATE INDEX conversations_by_number ON conversations(workspace_id, number_id, status, last_message_at);
CREATE INDEX conversations_by_contact ON conversations(workspace_id, contact_id, id);
CREATE INDEX conversations_by_window ON conversations(workspace_id, window_ends);
CREATE INDEX conversations_by_phone ON conversations(workspace_id, phone);
CREATE INDEX conversations_marketing ON conversations(workspace_id, marketing, id) WHERE marketing IS NOT NULL;

-- The conversations of contacts with a tag, in the order of lists: a tag that
-- many have can be read from its end.  Each row says all tags of the contact,
-- so that whoever looks for several of them reads one list.  Kept by the
-- triggers below ("what goes with what").
CREATE TABLE conversation_tags (
	workspace_id	INTEGER NOT NULL,
	tag_id		INTEGER NOT NULL,
	status		TEXT NOT NULL,
	last_message_at	INTEGER NOT NULL,
	conversation_id	INTEGER NOT NULL,
	tag_ids		TEXT NOT NULL,		-- the contact's
	PRIMARY KEY (workspace_id, tag_id, status, last_message_at, conversation_id)
) STRICT, WITHOUT ROWID;

-- Who waits for an answer, the longest waiting first: a row of each conversation
-- where one does.  Kept by the triggers below, of conversations.unanswered_since.
CREATE TABLE unanswered (
	conversation_id	INTEGER PRIMARY KEY,
	workspace_id	INTEGER NOT NULL,
	since		INTEGER NOT NULL
) STRICT;

CREATE INDEX unanswered_by_time ON unanswered(workspace_id, since);

-- Archived conversations that are not closed but come back: pending ones when
-- the customer writes, snoozed ones at a time, too.  The row goes when the
-- conversation is active again.
CREATE TABLE set_aside (
	conversation_id	INTEGER PRIMARY KEY,
	workspace_id	INTEGER NOT NULL,
	state		TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'snoozed')),
	at		INTEGER NOT NULL	-- snoozed: until then; pending: since then
) STRICT;

CREATE INDEX set_aside_by_state ON set_aside(workspace_id, state, at);
CREATE INDEX set_aside_snoozed ON set_aside(at) WHERE state = 'snoozed';

-- What members put on conversations: labels, and the team that one is assigned
-- to.  A team has members.  Both are marks, for all else is the same of them.
CREATE TABLE marks (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	kind		TEXT NOT NULL CHECK (kind IN ('team', 'label')),
	name		TEXT NOT NULL COLLATE NOCASE,
	color		TEXT,			-- of a label, #rrggbb; null: none
	created_at	INTEGER NOT NULL,
	UNIQUE (workspace_id, kind, name)
) STRICT;

CREATE TABLE team_members (
	workspace_id	INTEGER NOT NULL,
	team_id		INTEGER NOT NULL,
	user_id		INTEGER NOT NULL,
	PRIMARY KEY (workspace_id, team_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX team_members_of_user ON team_members(workspace_id, user_id, team_id);

-- Which conversation has which.  A table of its own that has no time, so that a
-- message writes nothing here: only what members do does, and what opens or
-- closes a conversation.  So the open ones of a mark are counted in an index.
CREATE TABLE conversation_marks (
	workspace_id	INTEGER NOT NULL,
	conversation_id	INTEGER NOT NULL,
	mark_id		INTEGER NOT NULL,
	kind		TEXT NOT NULL CHECK (kind IN ('team', 'label')),
	status		TEXT NOT NULL,		-- the conversation's.  Kept by the triggers below
	PRIMARY KEY (workspace_id, conversation_id, mark_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX conversation_marks_by_mark ON conversation_marks(workspace_id, mark_id, status, conversation_id);
CREATE UNIQUE INDEX conversation_marks_team ON conversation_marks(workspace_id, conversation_id) WHERE kind = 'team';

-- What members did with a conversation, and their notes, which no customer sees:
-- of each conversation the newest 1,000 that are no notes, and 500 notes.
CREATE TABLE activities (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	conversation_id	INTEGER NOT NULL,
	user_id		INTEGER,		-- who; null: nobody, it was time
	kind		TEXT NOT NULL,		-- note, state, assigned, contact, team, label_added, label_removed, blocked, unblocked; left: whom it was assigned to
	text		TEXT,			-- of a note; state: which; of a team or label: what it was called then
	subject		INTEGER,		-- assigned: to whom, contact and team: which, null nobody; of a label: which; state: snoozed until
	at		INTEGER NOT NULL,
	edited_at	INTEGER
) STRICT;

CREATE INDEX activities_of_conversation ON activities(workspace_id, conversation_id);

-- What a member has begun to write in a conversation, and has not sent: nobody
-- else sees it.  A member has 500 at most.
CREATE TABLE drafts (
	id		INTEGER PRIMARY KEY,	-- given again: nobody keeps it
	workspace_id	INTEGER NOT NULL,
	user_id		INTEGER NOT NULL,
	conversation_id	INTEGER NOT NULL,
	text		TEXT NOT NULL,
	reply_to	INTEGER,		-- the message that it answers; null: none
	version		INTEGER NOT NULL,	-- of the member's drafts none has it twice, deleted ones included
	updated_at	INTEGER NOT NULL,
	UNIQUE (workspace_id, conversation_id, user_id)
) STRICT;

CREATE INDEX drafts_of_member ON drafts(workspace_id, user_id, conversation_id);

-- What only a member knows of himself.  A row is made when he comes; one who
-- comes back has seen what there was.
CREATE TABLE member_marks (
	workspace_id	INTEGER NOT NULL,
	user_id		INTEGER NOT NULL,
	draft_version	INTEGER NOT NULL DEFAULT 0,	-- of the draft that was written last; it only grows, also when the member leaves and comes back
	seen_id		INTEGER NOT NULL DEFAULT 0,	-- messages up to this id he has seen, unless seen_marks says otherwise
	PRIMARY KEY (workspace_id, user_id)
) STRICT, WITHOUT ROWID;

-- Up to which message a member has seen a conversation, in the order in which
-- messages were stored.  Written by members only: whether there is something new
-- is asked of conversations.stored_message_id, so a message writes nothing here.
CREATE TABLE seen_marks (
	id		INTEGER PRIMARY KEY,	-- given again: nobody keeps it
	workspace_id	INTEGER NOT NULL,
	user_id		INTEGER NOT NULL,
	conversation_id	INTEGER NOT NULL,
	message_id	INTEGER NOT NULL,	-- perhaps of none that is there
	base_id		INTEGER NOT NULL,	-- the member's seen_id then: with another one the row is void, and goes some time
	UNIQUE (workspace_id, conversation_id, user_id)
) STRICT;

CREATE INDEX seen_marks_of_member ON seen_marks(workspace_id, user_id, base_id);

-- Where the workspace's changes are posted to (docs/webhooks.md): 20 at most.  An
-- endpoint has all up to after_seq, so that who makes a change writes nothing
-- here; waspool-dispatch alone writes what becomes of it.
CREATE TABLE webhook_endpoints (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	url		TEXT NOT NULL,
	description	TEXT,
	events		TEXT NOT NULL,		-- types of changes, a blank between two; '*': all
	secret		BLOB NOT NULL,		-- that signs, as it is: a hash could not
	old_secret	BLOB,			-- signs as well, until then
	old_secret_until	INTEGER,
	state		TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused')),
	reason		TEXT,			-- paused: member, failing, gone, restored
	after_seq	INTEGER NOT NULL,
	moved		INTEGER NOT NULL DEFAULT 0,	-- how often a member moved after_seq
	failures	INTEGER NOT NULL DEFAULT 0,	-- attempts in a row
	failing_since	INTEGER,
	due_at		INTEGER NOT NULL DEFAULT 0,	-- nothing is tried before
	tried_at	INTEGER,
	delivered_at	INTEGER,
	status		INTEGER,		-- of HTTP, of the last attempt; null: no answer
	error		TEXT,			-- of the last attempt; null: it worked
	created_by	INTEGER,
	created_at	INTEGER NOT NULL,
	updated_at	INTEGER NOT NULL
) STRICT;

CREATE INDEX webhook_endpoints_of_workspace ON webhook_endpoints(workspace_id, id);

-- What was not delivered at the first attempt, and tests: of each endpoint 200
-- that wait and 200 that do not, at most.
CREATE TABLE webhook_deliveries (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	endpoint_id	INTEGER NOT NULL,
	seq		INTEGER,		-- of the change; of changes.lost the first; null: a test
	last_seq	INTEGER,		-- of changes.lost
	type		TEXT NOT NULL,
	object_id	INTEGER,
	conversation_id	INTEGER,
	state		TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
	attempts	INTEGER NOT NULL DEFAULT 0,
	due_at		INTEGER NOT NULL,
	created_at	INTEGER NOT NULL,
	tried_at	INTEGER,
	status		INTEGER,
	error		TEXT
) STRICT;

CREATE INDEX webhook_deliveries_of_endpoint ON webhook_deliveries(workspace_id, endpoint_id, id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries(endpoint_id, due_at, id) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_settled ON webhook_deliveries(endpoint_id, id) WHERE state <> 'waiting';

-- By what a customer is known: whoever shows one of these comes back to the
-- same conversation.  wa_id: digits of an account; user_id: a BSUID;
-- parent_user_id: the portfolio's; alias: a number that was dialled and
-- reached this account; group: a group's id.  An account, and a parent id, may
-- go from one customer to the next: a row for each, from its time on.  These
-- rows follow from sightings and identity_changes (inbox/customer/people.h).
CREATE TABLE identities (
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	kind		TEXT NOT NULL CHECK (kind = 'wa_id' OR kind = 'user_id' OR kind = 'parent_user_id' OR kind = 'alias' OR kind = 'group'),
	value		TEXT NOT NULL,
	valid_from	INTEGER NOT NULL DEFAULT 0,	-- until the next row of the same value; 0: since ever
	conversation_id	INTEGER NOT NULL,	-- 0: somebody who has not written yet
	created_at	INTEGER NOT NULL,
	account		TEXT,			-- alias: the account that it reached, once known
	PRIMARY KEY (workspace_id, number_id, kind, value, valid_from)
) STRICT, WITHOUT ROWID;

CREATE INDEX identities_of_conversation ON identities(workspace_id, conversation_id);
CREATE INDEX identities_of_account ON identities(workspace_id, number_id, account) WHERE account IS NOT NULL;

-- The address book of the phone on which one of our numbers is used, too (the
-- WhatsApp Business app), as the phone says it: a name of second rank, for who
-- is no contact.  An entry has a row for each account that it may be, so that
-- the conversation of any of them finds it (whatsapp/phone.h).
CREATE TABLE phone_book (
	id		INTEGER PRIMARY KEY,	-- given again: nobody keeps it
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	entry		TEXT NOT NULL,		-- the phone that stands there, E.164
	phone		TEXT NOT NULL,		-- entry, or how its country writes the same number otherwise
	name		TEXT,			-- null: it was taken out
	at		INTEGER NOT NULL,	-- when that was said
	UNIQUE (workspace_id, number_id, entry, phone)
) STRICT;

CREATE INDEX phone_book_by_phone ON phone_book(workspace_id, number_id, phone);
CREATE INDEX phone_book_taken_out ON phone_book(at) WHERE name IS NULL;

-- What was shown together of a customer, once; '' is not shown.  A user id
-- means somebody within one portfolio, which is known by the account (WABA)
-- in whose deliveries it stands.
CREATE TABLE sightings (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	account		TEXT NOT NULL,		-- wa_id
	user_id		TEXT NOT NULL,
	parent_user_id	TEXT NOT NULL,
	portfolio	TEXT NOT NULL,		-- the WABA; '' also where there is no user id
	first_at	INTEGER NOT NULL,	-- the earliest, where there is a user id
	name		TEXT,			-- what was said with it, =NAME, @USERNAME or both (profile.h): that of most of its messages
	UNIQUE (workspace_id, number_id, account, user_id, parent_user_id, portfolio)
) STRICT;

CREATE INDEX sightings_of_user ON sightings(workspace_id, number_id, user_id) WHERE user_id <> '';
CREATE INDEX sightings_of_parent ON sightings(workspace_id, number_id, parent_user_id) WHERE parent_user_id <> '';

-- What the provider announced: who had this account and this user id has
-- these from then on.  '' is not said.
CREATE TABLE identity_changes (
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	account		TEXT NOT NULL,
	user_id		TEXT NOT NULL,
	new_account	TEXT NOT NULL,
	new_user_id	TEXT NOT NULL,
	portfolio	TEXT NOT NULL,
	at		INTEGER NOT NULL,
	name		TEXT,			-- as in sightings
	given		INTEGER NOT NULL DEFAULT 0,	-- 1: not announced, but given by the customer when asked; 2: and another conversation was there that we had begun with it
	PRIMARY KEY (workspace_id, number_id, account, user_id, new_account, new_user_id, portfolio, at)
) STRICT, WITHOUT ROWID;

CREATE INDEX identity_changes_of_user ON identity_changes(workspace_id, number_id, user_id) WHERE user_id <> '';
CREATE INDEX identity_changes_to_account ON identity_changes(workspace_id, number_id, new_account) WHERE new_account <> '';
CREATE INDEX identity_changes_to_user ON identity_changes(workspace_id, number_id, new_user_id) WHERE new_user_id <> '';

-- Who is in a group, or was: a row for each id by which one is named.  Each
-- keeps the newest of what was said (inbox/conversation/group_participant.h).
CREATE TABLE group_participants (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	conversation_id	INTEGER NOT NULL,
	is_user_id	INTEGER NOT NULL CHECK (is_user_id IN (0, 1)),	-- else an account
	participant	TEXT NOT NULL,
	pair		TEXT,			-- the id of the other kind that came with it
	pair_at		INTEGER NOT NULL DEFAULT 0,
	name		TEXT,
	name_at		INTEGER NOT NULL DEFAULT 0,
	seen_at		INTEGER NOT NULL DEFAULT 0,	-- joined, or wrote
	left_at		INTEGER NOT NULL DEFAULT 0,
	asks_id		TEXT,			-- WhatsApp's, of the newest request to join it
	asks_at		INTEGER NOT NULL DEFAULT 0,	-- when that was made
	answered_at	INTEGER NOT NULL DEFAULT 0,	-- requests up to then are answered, or taken back
	UNIQUE (workspace_id, conversation_id, participant)
) STRICT;

CREATE INDEX group_participants_of_conversation ON group_participants(workspace_id, conversation_id);
CREATE INDEX group_participants_of_person ON group_participants(workspace_id, participant);
CREATE INDEX group_participants_of_pair ON group_participants(workspace_id, pair) WHERE pair IS NOT NULL;

-- --------------------------------------------------------------- messages

-- CHECK names the words one by one where rows are many: for more than two of
-- IN (…) SQLite builds a table of them with each row.
--
-- A message is stored once however often it is delivered: the wamid is
-- unique with its number (two numbers of one installation may write to each
-- other, and then both have it).
CREATE TABLE messages (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	conversation_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	wamid		TEXT,			-- null: ours, not yet taken by the provider
	direction	TEXT NOT NULL CHECK (direction IN ('inbound', 'outbound')),
	source		TEXT NOT NULL CHECK (source = 'live' OR source = 'echo' OR source = 'history' OR source = 'api'),
	type		TEXT NOT NULL,
	content		TEXT NOT NULL,		-- JSON, the provider's object for the type; '': {"body":text} (inbox/message_columns.h)
	original	TEXT,			-- JSON, what content was before the customer edited it
	context		TEXT,			-- JSON: what it answers, whether forwarded
	referral	TEXT,			-- JSON: the ad it came from
	preview		TEXT NOT NULL,		-- one line, at most 100 code points; '': those that text begins with (text as it is, but in older rows)
	text		TEXT,			-- what can be searched for
	status		TEXT NOT NULL,		-- received, or queued … failed
	error		TEXT,			-- JSON {"code","title","detail"}
	sender		TEXT,			-- who in a group: wa_id or user id
	sent_by		INTEGER,	-- which of us, for ours; 0 nobody: an automatic answer
	counts_unread	INTEGER NOT NULL DEFAULT 0,	-- for the trigger
	opens_window	INTEGER NOT NULL DEFAULT 0,	-- for the trigger
	placeholder	INTEGER NOT NULL DEFAULT 0 CHECK (placeholder BETWEEN 0 AND 2),	-- 1: history announced it, its content is to come; 2: it came
	sent_at		INTEGER NOT NULL,	-- the provider's time
	edited_at	INTEGER,
	revoked_at	INTEGER,
	created_at	INTEGER NOT NULL,
	original_type	TEXT,			-- and its type; null: as it is
	sighting_id	INTEGER,		-- what it showed of the customer; null: a group's, one of ours that is not taken yet, or from before version 3
	shown_name	TEXT,			-- null: the name of the sighting; '' it said none
	error_code	INTEGER,		-- the code in error; null: it has none
	UNIQUE (workspace_id, number_id, wamid)
) STRICT;

CREATE INDEX messages_of_conversation ON messages(workspace_id, conversation_id, sent_at, id);

-- Whether a customer wants marketing, each time that it became known: the
-- customer said so, or a message was refused for it (131050).  Each is in the
-- conversation of the message that came with it, and moves with that.  What
-- they come to stands in conversations: the triggers below.
CREATE TABLE marketing_choices (
	workspace_id	INTEGER NOT NULL,
	conversation_id	INTEGER NOT NULL,
	state		TEXT NOT NULL CHECK (state = 'stopped' OR state = 'allowed'),
	at		INTEGER NOT NULL,	-- when it was said, or tried
	message_id	INTEGER NOT NULL,	-- which was refused; 0: the customer said it
	sighting_id	INTEGER,		-- as in messages
	PRIMARY KEY (workspace_id, conversation_id, state, at, message_id)
) STRICT, WITHOUT ROWID;

-- Every status that came, once; kept for messages that are not there (yet):
-- a status may come before its message.
CREATE TABLE message_statuses (
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	wamid		TEXT NOT NULL,
	status		TEXT NOT NULL,		-- also words not known yet
	participant	TEXT NOT NULL DEFAULT '',	-- who in a group
	at		INTEGER NOT NULL,	-- the earliest said
	error		TEXT,			-- JSON, the first said
	raw		TEXT,			-- JSON, the provider's object
	error_code	INTEGER,		-- the code in error; null: it has none
	PRIMARY KEY (workspace_id, number_id, wamid, status, participant)
) STRICT, WITHOUT ROWID;

-- Edits and deletions by the customer, which may come before the message.
CREATE TABLE message_patches (
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	target_wamid	TEXT NOT NULL,
	wamid		TEXT NOT NULL,		-- of the edit itself
	kind		TEXT NOT NULL CHECK (kind IN ('edit', 'revoke')),
	at		INTEGER NOT NULL,
	type		TEXT,			-- edit: the new type, content, …
	content		TEXT,
	preview		TEXT,
	text		TEXT,
	PRIMARY KEY (workspace_id, number_id, target_wamid, wamid)
) STRICT, WITHOUT ROWID;

-- The reaction that each person has on a message now; an empty emoji took it
-- back (the row stays, so that an older reaction that comes late loses).
CREATE TABLE reactions (
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	target_wamid	TEXT NOT NULL,
	sender		TEXT NOT NULL,		-- 'customer', 'business', in groups who
	emoji		TEXT NOT NULL,
	at		INTEGER NOT NULL,
	wamid		TEXT NOT NULL,		-- settles two of one second
	PRIMARY KEY (workspace_id, number_id, target_wamid, sender)
) STRICT, WITHOUT ROWID;

-- Wamids of which statuses, edits or reactions came and no message
-- (inbox/message/unmatched.h): so they end, although they are found by no time.
CREATE TABLE unmatched (
	number_id	INTEGER NOT NULL,
	wamid		TEXT NOT NULL,
	seen_at		INTEGER NOT NULL,	-- when something of it came last
	bare		INTEGER NOT NULL,	-- 1: its statuses have no raw any more
	PRIMARY KEY (number_id, wamid)
) STRICT, WITHOUT ROWID;

CREATE INDEX unmatched_by_time ON unmatched(bare, seen_at);

-- Files of messages: inbound ones are fetched from the provider, ours are
-- there from the beginning.  Stored by content below the state directory:
-- media/ab/cdef… is the SHA-256 in hex, one file however often it came.
CREATE TABLE media (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	message_id	INTEGER NOT NULL UNIQUE,
	number_id	INTEGER NOT NULL,
	media_id	TEXT,			-- the provider's; null: it sent none
	state		TEXT NOT NULL CHECK (state = 'pending' OR state = 'stored' OR state = 'failed' OR state = 'missing'),	-- failed: given up, a person may ask again; missing: cannot be had
	reason		TEXT,			-- of failed and missing
	mime_type	TEXT,
	sha256		TEXT,			-- as the provider says it, hex or base64
	filename	TEXT,			-- the sender's, never a path of ours
	size		INTEGER,		-- bytes, once stored
	path		TEXT,			-- ab/cdef…, once stored
	attempts	INTEGER NOT NULL DEFAULT 0,
	due_at		INTEGER NOT NULL,
	created_at	INTEGER NOT NULL,
	width		INTEGER,		-- pixels of a picture or a film, once stored; null: not known
	height		INTEGER
) STRICT;

CREATE INDEX media_due ON media(state, number_id, due_at) WHERE state = 'pending';
CREATE INDEX media_by_state ON media(state, id);
CREATE INDEX media_by_path ON media(path) WHERE path IS NOT NULL;

-- When the provider refused a file: after 20 in 60 minutes it blocks all
-- files of that number, so we stop well before.
CREATE TABLE media_errors (
	number_id	INTEGER NOT NULL,
	at		INTEGER NOT NULL
) STRICT;

CREATE INDEX media_errors_by_time ON media_errors(number_id, at);

-- Files that members uploaded to be sent.  The provider's id is per number
-- and good for 30 days.
CREATE TABLE uploads (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	user_id		INTEGER NOT NULL,	-- 0: the command line
	mime_type	TEXT NOT NULL,
	filename	TEXT,
	size		INTEGER NOT NULL,
	path		TEXT NOT NULL,		-- as in media
	created_at	INTEGER NOT NULL,
	flaw		TEXT,			-- why it is no sticker, in words; null: it is one, or it is not known
	width		INTEGER,		-- as in media
	height		INTEGER
) STRICT;

CREATE INDEX uploads_of_workspace ON uploads(workspace_id, id);
CREATE INDEX uploads_by_path ON uploads(path);

CREATE TABLE upload_media (
	workspace_id	INTEGER NOT NULL,
	upload_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	media_id	TEXT NOT NULL,
	expires_at	INTEGER NOT NULL,
	PRIMARY KEY (workspace_id, upload_id, number_id)
) STRICT, WITHOUT ROWID;

-- How many bytes of files each workspace has: what its members uploaded, and
-- what came with its customers' messages (a message that goes out has the file
-- of an upload).  Kept by triggers, for WASPOOL_FILES_QUOTA.
CREATE TABLE workspace_files (
	workspace_id	INTEGER NOT NULL PRIMARY KEY,
	bytes		INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is to be sent, until the provider has taken it: messages of members,
-- and "read" for the newest inbound message of a conversation.  A row is
-- queued, then sending (written before the request leaves, so that a crash
-- never sends twice), then done or failed.  In a conversation one after the
-- other; conversations do not wait for each other.  What may be done twice
-- without harm (read, the upload of a file) stays queued while it is done.
CREATE TABLE outbox (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	conversation_id	INTEGER NOT NULL,
	message_id	INTEGER NOT NULL,	-- ours; for read: the inbound one
	kind		TEXT NOT NULL CHECK (kind IN ('message', 'read')),
	upload_id	INTEGER,		-- a file to be uploaded first
	state		TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'done', 'failed')),
	attempts	INTEGER NOT NULL DEFAULT 0,
	due_at		INTEGER NOT NULL,
	sending_at	INTEGER,		-- when the last request left
	answer_by	INTEGER,		-- sending: so long the next of the conversation waits
	reason		TEXT,			-- of the last attempt that failed
	created_at	INTEGER NOT NULL,	-- when it was queued; a person's retry begins anew
	behind		INTEGER NOT NULL DEFAULT 0,	-- 1: another one of its conversation is queued before it
	error_code	INTEGER,		-- the provider's, in reason; null: it has none
	typing		INTEGER NOT NULL DEFAULT 0,	-- of read: 1 only to show that somebody types, 2 both
	UNIQUE (workspace_id, kind, message_id)
) STRICT;

CREATE INDEX outbox_queued ON outbox(number_id, due_at, id, created_at) WHERE state = 'queued' AND behind = 0;
CREATE INDEX outbox_sending ON outbox(sending_at) WHERE state = 'sending';
CREATE INDEX outbox_done ON outbox(created_at) WHERE state = 'done';
CREATE INDEX outbox_undone ON outbox(id) WHERE state <> 'done';
CREATE INDEX outbox_of_upload ON outbox(upload_id) WHERE upload_id IS NOT NULL;
CREATE INDEX outbox_open ON outbox(number_id, conversation_id, id) WHERE state IN ('queued', 'sending');

-- How many rows of a number are queued or sending, of 1,000 and more: counted
-- by the processor every half minute, for no more to be taken of a number with
-- too many.
CREATE TABLE number_queues (
	number_id	INTEGER NOT NULL PRIMARY KEY,
	open		INTEGER NOT NULL
) STRICT;

-- A number that cannot send for a while: wrong key, account restricted, or
-- too fast.  Its messages stay queued, for a day at most.  What one message
-- was refused for may be its own trouble: then others go, and it fails.
CREATE TABLE number_pauses (
	number_id	INTEGER NOT NULL PRIMARY KEY,
	until		INTEGER NOT NULL,
	reason		TEXT NOT NULL,
	attempts	INTEGER NOT NULL,	-- in a row, for the back-off
	key_mark	TEXT,			-- of the API key then: another key ends it; null: no key does
	error		TEXT,			-- JSON, what the provider said; null: it did not ask
	row_id		INTEGER,		-- of the outbox: only its conversation was refused, others are tried; null: all wait
	refused_at	INTEGER NOT NULL DEFAULT 0	-- when the provider said so last
) STRICT;

-- Customers who can write to a number no more, because a member wants it so, and
-- those who could not: what the provider was asked, and has still to be asked
-- (inbox/conversation/block_ask.h).  Whoever it names by the same word has one row.
CREATE TABLE blocks (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	who		TEXT NOT NULL,		-- as the provider is told: a phone with +, or a user id
	conversation_id	INTEGER NOT NULL,
	state		TEXT NOT NULL CHECK (state IN ('blocking', 'blocked', 'unblocking', 'unblocked', 'refused')),
	asked_by	INTEGER,		-- which member; null: the command line, or it was blocked elsewhere
	asked_at	INTEGER NOT NULL,
	asked		INTEGER NOT NULL DEFAULT 1,	-- how often, by members: an answer to an earlier asking settles nothing
	blocked_at	INTEGER,		-- since when the provider says so; null: it does not
	attempts	INTEGER NOT NULL DEFAULT 0,
	due_at		INTEGER NOT NULL,
	error		TEXT,			-- JSON {"code","title","detail"}, of the last request; null: it worked, or there was none
	said_at		INTEGER NOT NULL DEFAULT 0,	-- when the provider last said whether it is blocked
	UNIQUE (workspace_id, number_id, who)
) STRICT;

CREATE INDEX blocks_of_conversation ON blocks(workspace_id, conversation_id);
CREATE INDEX blocks_due ON blocks(number_id, due_at) WHERE state IN ('blocking', 'unblocking');

-- The groups of our numbers, which administer them (docs/protocol.md section 6.9):
-- those that members want to have made, and all that deliveries name.  Of each
-- the processor asks the provider for one thing at a time.
CREATE TABLE own_groups (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	state		TEXT NOT NULL CHECK (state IN ('creating', 'there', 'refused', 'ended')),
	subject		TEXT,			-- as it was wanted; its conversation knows the newest
	description	TEXT,
	approval	TEXT CHECK (approval IN ('auto_approve', 'approval_required')),	-- how one joins; null: not known
	group_id	TEXT,			-- null: not yet there
	request_id	TEXT,			-- of its creation: the provider's word for it until there is a group
	invite_link	TEXT,
	asked		TEXT CHECK (asked IN ('create', 'change', 'picture', 'link', 'requests', 'approve', 'reject', 'remove', 'end')),	-- what a member wants of the provider, and is not done yet; null: nothing
	asked_by	INTEGER,		-- which member; null: the command line
	asked_at	INTEGER,
	asking		INTEGER NOT NULL DEFAULT 1,	-- how often: an answer to an earlier asking settles nothing
	request		TEXT,			-- JSON of what is to be changed, which request to join is answered, or who removed
	sent_at		INTEGER,		-- when the request of its creation left, which is not made twice
	attempts	INTEGER NOT NULL DEFAULT 0,
	due_at		INTEGER NOT NULL DEFAULT 0,	-- when it is asked next
	error		TEXT,			-- JSON {"code","title","detail"}: why what was wanted was not done, or not yet
	UNIQUE (workspace_id, number_id, group_id)
) STRICT;

CREATE INDEX own_groups_of_workspace ON own_groups(workspace_id, id);
CREATE INDEX own_groups_asked ON own_groups(number_id, due_at) WHERE asked IS NOT NULL;
CREATE INDEX own_groups_not_there ON own_groups(workspace_id, number_id, id) WHERE group_id IS NULL;

-- ---------------------------------------------------------------- the rest

-- What a delivery says that is no message: template and account events,
-- errors out of band, preferences, and fields not known yet.
CREATE TABLE workspace_events (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL REFERENCES workspaces(id),
	number_id	INTEGER,		-- null: of the whole account
	field		TEXT NOT NULL,		-- the provider's word
	at		INTEGER NOT NULL,
	raw		TEXT NOT NULL,		-- JSON
	hash		BLOB NOT NULL,		-- SHA-256 of field, number and raw: kept once
	created_at	INTEGER NOT NULL,
	UNIQUE (workspace_id, hash)
) STRICT;

CREATE INDEX workspace_events_by_time ON workspace_events(workspace_id, at, id);

-- The templates of a number, as the provider's list had them last, and those
-- that a member wants to have there.
CREATE TABLE templates (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,
	name		TEXT NOT NULL,
	language	TEXT NOT NULL,
	status		TEXT NOT NULL,		-- the provider's word: APPROVED, PAUSED, …
	components	TEXT NOT NULL,		-- JSON, the provider's
	category	TEXT,
	reason		TEXT,			-- why it was rejected
	provider_id	TEXT,
	read_at		INTEGER NOT NULL,	-- by which reading of the list
	asked		TEXT CHECK (asked IN ('create', 'delete')),	-- what a member wants of the provider, who has not answered; null: nothing
	asked_due_at	INTEGER,		-- when it is asked next
	request		TEXT,			-- JSON of what is to be created, the provider's
	error		TEXT,			-- why what was wanted was not done, or not yet
	UNIQUE (workspace_id, number_id, name, language)
) STRICT;

CREATE INDEX templates_of_workspace ON templates(workspace_id, id);
CREATE INDEX templates_asked ON templates(asked_due_at) WHERE asked IS NOT NULL;

-- Broadcasts: one template to many customers, handed to the outbox by the
-- processor, a few at a time (inbox/broadcast/broadcast_send.h).
CREATE TABLE broadcasts (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	from_number_id	INTEGER NOT NULL,	-- which of ours sends; where that moves to another workspace, this stays
	name		TEXT NOT NULL,		-- for members
	state		TEXT NOT NULL CHECK (state IN ('draft', 'counting', 'running', 'paused', 'stopped', 'done')),
	reason		TEXT,			-- why it paused or stopped by itself; null: a member wanted it so
	tag_id		INTEGER,		-- the contacts with this tag are added while it is counting; null: none
	tag_place	INTEGER NOT NULL DEFAULT 0,	-- up to this contact they are
	label_id	INTEGER,		-- so are the customers of conversations with this label; null: none
	label_place	INTEGER NOT NULL DEFAULT 0,	-- up to this conversation they are
	counted		INTEGER NOT NULL DEFAULT 0 CHECK (counted IN (0, 1)),	-- 1: all recipients are there, and no more come
	per_minute	INTEGER NOT NULL,
	start_at	INTEGER NOT NULL DEFAULT 0,	-- nothing is sent before
	created_by	INTEGER,		-- null: the command line
	created_at	INTEGER NOT NULL,
	started_by	INTEGER,
	started_at	INTEGER,		-- first
	ended_at	INTEGER,		-- done, or stopped
	shown_at	INTEGER NOT NULL DEFAULT 0,	-- when its counts were last told of
	template	TEXT NOT NULL		-- JSON, what POST /messages takes as template, with placeholders
) STRICT;

CREATE INDEX broadcasts_of_workspace ON broadcasts(workspace_id, id);
CREATE INDEX broadcasts_under_way ON broadcasts(start_at) WHERE state IN ('counting', 'running');
CREATE INDEX broadcasts_by_end ON broadcasts(workspace_id, ended_at);

-- How many recipients are in which state.  Kept by the triggers below.
CREATE TABLE broadcast_counts (
	workspace_id	INTEGER NOT NULL,
	broadcast_id	INTEGER NOT NULL,
	waiting		INTEGER NOT NULL DEFAULT 0,
	queued		INTEGER NOT NULL DEFAULT 0,
	sent		INTEGER NOT NULL DEFAULT 0,
	delivered	INTEGER NOT NULL DEFAULT 0,
	read		INTEGER NOT NULL DEFAULT 0,
	failed		INTEGER NOT NULL DEFAULT 0,
	skipped		INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (workspace_id, broadcast_id)
) STRICT, WITHOUT ROWID;

-- To whom a broadcast goes, each once.  Those that are waiting are not in the
-- outbox yet; what became of a message follows its status (broadcast_follow.h).
CREATE TABLE broadcast_recipients (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	broadcast_id	INTEGER NOT NULL,
	who		TEXT NOT NULL,		-- a phone with +, or a user id
	state		TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'queued', 'sent', 'delivered', 'read', 'failed', 'skipped')),
	reason		TEXT,			-- of skipped: marketing_stopped, blocked, unreachable, duplicate, parameters
	conversation_id	INTEGER,		-- since it was queued
	message_id	INTEGER,
	error_code	INTEGER,		-- of failed: the provider's
	UNIQUE (workspace_id, broadcast_id, who)
) STRICT;

CREATE INDEX broadcast_recipients_by_state ON broadcast_recipients(workspace_id, broadcast_id, state, who);
CREATE INDEX broadcast_recipients_of_conversation ON broadcast_recipients(workspace_id, conversation_id, broadcast_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX broadcast_recipients_by_message ON broadcast_recipients(workspace_id, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX broadcast_recipients_by_who ON broadcast_recipients(workspace_id, who);

-- Up to which of a workspace's changes statuses were followed, while there are
-- broadcasts whose messages may still change.
CREATE TABLE broadcast_follows (
	workspace_id	INTEGER NOT NULL PRIMARY KEY,
	seq		INTEGER NOT NULL,
	until		INTEGER NOT NULL,	-- then nobody follows any more
	place		INTEGER			-- recount: up to this message its recipient is as it is; null: none
) STRICT, WITHOUT ROWID;

-- Texts that members put into their answers by a shortcut.  Their placeholders
-- are filled by clients.
CREATE TABLE canned_replies (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL,
	shortcut	TEXT NOT NULL,		-- as it was typed, in Normalization Form C
	shortcut_key	TEXT NOT NULL,		-- by what shortcuts are compared (inbox/canned_reply/canned_reply_validate.h)
	text		TEXT NOT NULL,
	created_at	INTEGER NOT NULL,
	updated_at	INTEGER NOT NULL,
	UNIQUE (workspace_id, shortcut_key)
) STRICT;

-- What a client would want to hear of, written by the triggers at the end of
-- this file.  seq has no gaps in a workspace; the newest row is never deleted,
-- so that no seq is given twice.
--
-- Nearly each message that is stored changes its conversation, too.  These two
-- are one row of the type 'message': at seq - 1 message.created, of object_id,
-- and at seq conversation.updated, of conversation_id (workspace/change.c).
CREATE TABLE changes (
	workspace_id	INTEGER NOT NULL,
	seq		INTEGER NOT NULL,
	type		TEXT NOT NULL,		-- of what, and what became of it: docs/openapi.yaml, Change; or message
	object_id	INTEGER NOT NULL,	-- perhaps of one that is gone: then it was deleted; of what is a member's own, the member
	conversation_id	INTEGER,		-- of a message or conversation
	PRIMARY KEY (workspace_id, seq)
) STRICT, WITHOUT ROWID;

-- How old changes are: at that time seq was the last.  Triggers know no time,
-- so the processor notes a mark now and then, and throws away what is before
-- one that is old enough.
CREATE TABLE change_marks (
	workspace_id	INTEGER NOT NULL,
	at		INTEGER NOT NULL,
	seq		INTEGER NOT NULL,
	PRIMARY KEY (workspace_id, at)
) STRICT, WITHOUT ROWID;

-- What lets one event stream in, once: it stands in a URL, where a token may
-- not stand.  Here is only its SHA-256.
CREATE TABLE tickets (
	hash		BLOB NOT NULL PRIMARY KEY,	-- 32 bytes
	workspace_id	INTEGER NOT NULL,
	token_id	INTEGER NOT NULL,	-- who asked for it; revoked with it
	expires_at	INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX tickets_by_time ON tickets(expires_at);

-- What would write too many rows for one transaction is begun in it, and goes
-- on in steps of at most 1,000 rows each, which the processor takes
-- (inbox/job/job.h).  A row goes with its last step.  Added by the triggers below
-- and by inbox/conversation/merge.c; nearly always empty, so asking it costs next to nothing.
CREATE TABLE jobs (
	id		INTEGER PRIMARY KEY,	-- given again: nobody keeps it
	workspace_id	INTEGER NOT NULL,
	kind		TEXT NOT NULL,		-- merge, contact_gone, …
	subject		INTEGER NOT NULL,	-- whose id it is, KIND says
	target		INTEGER NOT NULL DEFAULT 0,	-- merge: the conversation that stays; contact_tags: the tag
	place		INTEGER NOT NULL DEFAULT 0,	-- up to here it is done
	name		TEXT NOT NULL DEFAULT '',	-- arrived: what deliveries waited for
	UNIQUE (workspace_id, kind, subject, target, name)
) STRICT;

CREATE INDEX jobs_by_target ON jobs(workspace_id, kind, target);

-- People who are to be forgotten (inbox/erasure/erasure.h).  The processor does it in
-- steps; STATE is where it is, PLACE and AT how far it has come there.  The row
-- stays, and says nothing of the person when it is done.
CREATE TABLE erasures (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	workspace_id	INTEGER NOT NULL REFERENCES workspaces(id),
	user_id		INTEGER NOT NULL,	-- who asked; 0: the command line
	conversation_id	INTEGER,		-- whoever that is with,
	who		TEXT,			-- or a phone, or a user id; null once done
	state		TEXT NOT NULL DEFAULT 'waiting',
	place		INTEGER NOT NULL DEFAULT 0,
	at		TEXT NOT NULL DEFAULT '',
	node		TEXT,			-- whose deliveries,
	delivery_id	INTEGER NOT NULL DEFAULT 0,	-- up to which
	messages	INTEGER NOT NULL DEFAULT 0,	-- so many are gone
	deliveries	INTEGER NOT NULL DEFAULT 0,	-- so many were rewritten
	asked_at	INTEGER NOT NULL,
	done_at		INTEGER			-- since then no byte is left
) STRICT;

CREATE INDEX erasures_open ON erasures(id) WHERE done_at IS NULL;
CREATE INDEX erasures_of_workspace ON erasures(workspace_id, id);

-- Who and what it is about, as long as it lasts.
CREATE TABLE erasure_ids (
	erasure_id	INTEGER NOT NULL,
	kind		TEXT NOT NULL,		-- conversation, id (digits, a user id)
	value		TEXT NOT NULL,
	PRIMARY KEY (erasure_id, kind, value)
) STRICT, WITHOUT ROWID;

-- What was erased and may be delivered once more: hashes with a key of our
-- own, that say nothing to anybody (inbox/erasure/tombstone.h).
CREATE TABLE tombstone_key (
	key		BLOB NOT NULL
) STRICT;

CREATE TABLE tombstones (
	hash		BLOB NOT NULL PRIMARY KEY,
	at		INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX tombstones_by_time ON tombstones(at);

-- Conversations of a number that is being moved to another workspace, while
-- their messages are on their way: nobody sees them (inbox/job/number_move.h).
-- Columns as in conversations.
CREATE TABLE moving_conversations (
	id		INTEGER PRIMARY KEY,
	number_id	INTEGER NOT NULL,
	phone		TEXT,
	phone_at	INTEGER NOT NULL,
	user_id		TEXT,
	user_id_at	INTEGER NOT NULL,
	group_id	TEXT,
	profile_name	TEXT,
	profile_name_at	INTEGER NOT NULL,
	contact_id	INTEGER,
	link		TEXT NOT NULL,
	status		TEXT NOT NULL,
	is_read		INTEGER NOT NULL,
	unread_count	INTEGER NOT NULL,
	last_customer_message_at INTEGER,
	window_refused_at INTEGER NOT NULL,
	last_message_at	INTEGER NOT NULL,
	last_message_id	INTEGER,
	last_message_preview TEXT,
	assigned_to	INTEGER,
	created_at	INTEGER NOT NULL,
	updated_at	INTEGER NOT NULL,
	username	TEXT,
	username_at	INTEGER NOT NULL DEFAULT 0,
	stored_message_id INTEGER,
	blocked		INTEGER NOT NULL DEFAULT 0,
	marketing	TEXT,
	marketing_at	INTEGER,
	marketing_source TEXT,
	unanswered_since INTEGER,
	phone_book_name	TEXT
) STRICT;

CREATE INDEX moving_conversations_of_number ON moving_conversations(number_id);

-- The stats of a workspace, counted as things happen.
CREATE TABLE counters (
	workspace_id	INTEGER NOT NULL PRIMARY KEY REFERENCES workspaces(id),
	total		INTEGER NOT NULL DEFAULT 0,
	unread		INTEGER NOT NULL DEFAULT 0,
	archived	INTEGER NOT NULL DEFAULT 0
) STRICT;

-- How much was said, for reports: sums of quarter hours in UTC, of which each zone's
-- days are made (inbox/report).  Written by the processor after the commit.
CREATE TABLE report_counts (
	workspace_id	INTEGER NOT NULL,
	number_id	INTEGER NOT NULL,	-- 0: of a conversation that is gone
	slot		INTEGER NOT NULL,	-- unix seconds / 900
	user_id		INTEGER NOT NULL,	-- which of us; 0: customers, the phone app, the command line
	received	INTEGER NOT NULL,	-- messages
	sent		INTEGER NOT NULL,
	automatic	INTEGER NOT NULL,	-- sent by themselves
	started		INTEGER NOT NULL,	-- conversations
	closed		INTEGER NOT NULL,
	answers		INTEGER NOT NULL,	-- the first to what a customer wrote
	answer_seconds	TEXT NOT NULL,		-- how long each took, as '12,340,'; of the first 60,000 bytes
	PRIMARY KEY (workspace_id, number_id, slot, user_id)
) STRICT, WITHOUT ROWID;

-- How many windows end in which hour, so that counting those that are open
-- means adding up a day of hours, and looking at conversations of one.
CREATE TABLE window_hours (
	workspace_id	INTEGER NOT NULL,
	hour		INTEGER NOT NULL,	-- window_ends / 3600
	conversations	INTEGER NOT NULL CHECK (conversations >= 0),
	PRIMARY KEY (workspace_id, hour)
) STRICT, WITHOUT ROWID;

-- How far each node's spool has been applied.
CREATE TABLE spool_cursors (
	node		TEXT NOT NULL PRIMARY KEY,
	delivery_id	INTEGER NOT NULL,
	seen_at		INTEGER NOT NULL,	-- when its processor last looked
	fingerprint	TEXT			-- of that delivery: an older copy of the spool gives its id again; null: not known
) STRICT, WITHOUT ROWID;

-- How each node is, as its processor says every half minute: what /healthz
-- and /metrics show.
CREATE TABLE node_health (
	node		TEXT NOT NULL PRIMARY KEY,
	seen_at		INTEGER NOT NULL,
	waiting		INTEGER NOT NULL,	-- deliveries not yet read
	oldest_at	INTEGER NOT NULL,	-- the first of them came in, 0 none
	deferred	INTEGER NOT NULL,
	dead		INTEGER NOT NULL,
	spool_bytes	INTEGER NOT NULL,
	spool_wal	INTEGER NOT NULL,	-- bytes
	inbox_wal	INTEGER NOT NULL,
	outbox_open	INTEGER NOT NULL,	-- queued or on their way
	media_pending	INTEGER NOT NULL,	-- files to be fetched
	media_stopped	INTEGER NOT NULL,	-- numbers that fetch none, after too many errors
	paused		INTEGER NOT NULL,	-- numbers that cannot send now
	awaited		INTEGER NOT NULL DEFAULT 0,	-- numbers and accounts that deliveries wait for
	clock_off	INTEGER NOT NULL DEFAULT 0,	-- seconds that our clock is ahead of the provider's, negative behind
	search_waiting	INTEGER NOT NULL DEFAULT 0	-- rows whose words are not in the search's indexes yet
) STRICT, WITHOUT ROWID;

-- Deliveries behind the cursor that are not done: deferred until due_at, or
-- dead (a person decides: waspool spool retry, discard).
CREATE TABLE held (
	node		TEXT NOT NULL,
	delivery_id	INTEGER NOT NULL,
	state		TEXT NOT NULL CHECK (state IN ('deferred', 'dead')),
	reason		TEXT NOT NULL,
	attempts	INTEGER NOT NULL,
	due_at		INTEGER NOT NULL,
	updated_at	INTEGER NOT NULL,
	waits_for	TEXT,			-- 'number …' or 'account …' that a person has to register: then it never dies; null: nothing
	phone_number_id	TEXT,			-- the number whose event could not be applied; null: it names none
	PRIMARY KEY (node, delivery_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX held_due ON held(node, due_at) WHERE state = 'deferred';
CREATE INDEX held_waiting ON held(waits_for) WHERE waits_for IS NOT NULL;
CREATE INDEX held_dead ON held(updated_at) WHERE state = 'dead';
CREATE INDEX held_number ON held(phone_number_id, state, updated_at) WHERE phone_number_id IS NOT NULL;

-- Held deliveries that a person gave up: not applied, and remembered as long
-- as their raw copies are kept.
CREATE TABLE discarded (
	node		TEXT NOT NULL,
	delivery_id	INTEGER NOT NULL,
	at		INTEGER NOT NULL,
	PRIMARY KEY (node, delivery_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX discarded_by_time ON discarded(at);

-- First answers of POSTs that create, by the client's Idempotency-Key.
CREATE TABLE idempotency_keys (
	workspace_id	INTEGER NOT NULL,
	user_id		INTEGER NOT NULL,
	key		TEXT NOT NULL,
	request_hash	BLOB NOT NULL,		-- of method, path and body
	status		INTEGER NOT NULL,
	location	TEXT,
	body		TEXT NOT NULL,
	created_at	INTEGER NOT NULL,
	PRIMARY KEY (workspace_id, user_id, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_by_time ON idempotency_keys(created_at);

-- What the processor remembers of deleting by age (process/retain/retain.h): seen, when
-- it last looked; steady, since when the clock has not jumped by a day; and of
-- each rule that takes long, when its last round ended.  And changes: the highest seq
-- of the workspaces that were removed.
CREATE TABLE retention (
	rule		TEXT NOT NULL PRIMARY KEY,
	at		INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What the processor does with rows after they were stored, in transactions of its
-- own: up to which id it has come (inbox/message/followed.h).
CREATE TABLE followed (
	name		TEXT NOT NULL PRIMARY KEY,
	upto_id		INTEGER NOT NULL,
	since		INTEGER NOT NULL DEFAULT 0	-- what was said until then it leaves alone
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------- search

-- Words of messages, of customers' own names, of contacts, and phones.  A program
-- makes them (inbox/words/words.h) and FTS5 only keeps them, so that no version
-- of it or of Unicode finds another word than was stored: a blank is between
-- two, and each begins with whose it is (inbox/search/engine/search_define.h).  The
-- texts are not kept a second time, so what is taken out is made anew from the
-- row as it was (search_stale): nobody writes here but the processor, in
-- transactions of its own (search_index.h, search_put.h).
--
-- Phones are found by digits from anywhere within: each six of them are a word,
-- and what is shorter is the beginning of one.
CREATE VIRTUAL TABLE message_words USING fts5(words, content='', columnsize=0, tokenize="ascii tokenchars '.'");
CREATE VIRTUAL TABLE conversation_words USING fts5(words, content='', columnsize=0, tokenize="ascii tokenchars '.'");
CREATE VIRTUAL TABLE contact_words USING fts5(words, content='', columnsize=0, tokenize="ascii tokenchars '.'");
CREATE VIRTUAL TABLE conversation_digits USING fts5(words, detail=none, content='', columnsize=0, tokenize="ascii tokenchars '.'");
CREATE VIRTUAL TABLE contact_digits USING fts5(words, detail=none, content='', columnsize=0, tokenize="ascii tokenchars '.'");

-- Each transaction adds a segment to an index, and whoever comes at the wrong
-- time merges many of them, 0.2 s long for an address book that grows by
-- transactions of some rows.  Here the processor does it, in small steps
-- (inbox/search/search_merge.h); 256 are merged at once only when it does not run.
-- 'usermerge': what it is asked to merge are two segments or more.
INSERT INTO contact_words(contact_words, rank) VALUES ('automerge', 0), ('crisismerge', 256), ('usermerge', 2);
INSERT INTO contact_digits(contact_digits, rank) VALUES ('automerge', 0), ('crisismerge', 256), ('usermerge', 2);
INSERT INTO message_words(message_words, rank) VALUES ('usermerge', 2);
INSERT INTO conversation_words(conversation_words, rank) VALUES ('usermerge', 2);
INSERT INTO conversation_digits(conversation_digits, rank) VALUES ('usermerge', 2);

-- A workspace's messages in runs of ids, each with about as many of its own, so
-- that what a search gathers for one word is bounded: a message is in the run with
-- the highest first_id that is not above its id, and where there is no row, in
-- that of label 0.  The label stands in each word, and so never changes.
CREATE TABLE search_partitions (
	workspace_id	INTEGER NOT NULL,
	first_id	INTEGER NOT NULL,
	partition	INTEGER NOT NULL,	-- its label, in no order
	rows		INTEGER NOT NULL,	-- messages that came into it, about
	PRIMARY KEY (workspace_id, first_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX search_partitions_by_rows ON search_partitions(rows);

-- Which rows have their words in the indexes: those from from_id to upto_id.
-- Whoever stores a row writes nothing here.  What came after upto_id is put by
-- the processor, soon after (search_index.h); what is below from_id, which is 0
-- but while an index is being built, step by step (search_put.h).
CREATE TABLE search_indexed (
	kind		TEXT NOT NULL PRIMARY KEY,	-- 'message', 'conversation' or 'contact'
	upto_id		INTEGER NOT NULL,
	from_id		INTEGER NOT NULL,
	began_id	INTEGER NOT NULL,	-- from_id when the processor began to build, …
	began_at	INTEGER,		-- … and when that was; null: not yet
	words_version	INTEGER NOT NULL DEFAULT 1	-- of the rules for its words (inbox/words/words.h)
) STRICT, WITHOUT ROWID;
INSERT INTO search_indexed VALUES ('message', 0, 0, 0, NULL, 1), ('conversation', 0, 0, 0, NULL, 1), ('contact', 0, 0, 0, NULL, 1);

-- Of a row that has words there and was changed or deleted since: what they were
-- made of, as the row was then.  The processor takes them out, puts those of the
-- row as it is now, and deletes this (search_index.h).
CREATE TABLE search_stale (
	kind		TEXT NOT NULL,
	id		INTEGER NOT NULL,
	workspace_id	INTEGER NOT NULL,
	text		TEXT,			-- a message's; a name, behind line feeds a contact's address, the username if there is one, and what the phone's address book says; null: there was none
	phone		TEXT,
	PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- The first of several changes counts: later ones never were in the index.
CREATE TRIGGER message_stale AFTER UPDATE OF text, workspace_id ON messages WHEN (old.text IS NOT new.text OR old.workspace_id <> new.workspace_id)
	AND EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'message' AND old.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id, text) VALUES ('message', old.id, old.workspace_id, old.text) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER message_stale_gone AFTER DELETE ON messages WHEN EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'message' AND old.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id, text) VALUES ('message', old.id, old.workspace_id, old.text) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER conversation_stale_gone AFTER DELETE ON conversations WHEN EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'conversation' AND old.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id, text, phone) VALUES ('conversation', old.id, old.workspace_id, COALESCE(old.profile_name || COALESCE(char(10) || old.username, '') || COALESCE(char(10) || old.phone_book_name, ''), old.phone_book_name), old.phone) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contact_stale AFTER UPDATE OF name, email, username, phone, workspace_id ON contacts WHEN (old.name IS NOT new.name OR old.email IS NOT new.email OR old.username IS NOT new.username OR old.phone IS NOT new.phone OR old.workspace_id <> new.workspace_id)
	AND EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'contact' AND old.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id, text, phone) VALUES ('contact', old.id, old.workspace_id, old.name || char(10) || COALESCE(old.email, '') || COALESCE(char(10) || old.username, ''), old.phone) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contact_stale_gone AFTER DELETE ON contacts WHEN EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'contact' AND old.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id, text, phone) VALUES ('contact', old.id, old.workspace_id, old.name || char(10) || COALESCE(old.email, '') || COALESCE(char(10) || old.username, ''), old.phone) ON CONFLICT DO NOTHING;
END;

-- A row that comes back under its old id (a conversation whose number has moved;
-- what a person copies back from a backup) is not behind upto_id, and has no words.
CREATE TRIGGER message_stale_again AFTER INSERT ON messages WHEN EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'message' AND new.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id) VALUES ('message', new.id, new.workspace_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER conversation_stale_again AFTER INSERT ON conversations WHEN EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'conversation' AND new.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id) VALUES ('conversation', new.id, new.workspace_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER contact_stale_again AFTER INSERT ON contacts WHEN EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'contact' AND new.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id) VALUES ('contact', new.id, new.workspace_id) ON CONFLICT DO NOTHING;
END;

-- ------------------------------------------------------ what goes with what

-- Each trigger does what is little at once.  What is much becomes a job, whose
-- steps do the same; that there is one tells the trigger to leave it alone.

CREATE TRIGGER contact_gone AFTER DELETE ON contacts
BEGIN
	INSERT INTO jobs(workspace_id, kind, subject) SELECT old.workspace_id, 'contact_gone', old.id
	WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM conversations WHERE workspace_id = old.workspace_id AND contact_id = old.id LIMIT 251))
		* (2 + (SELECT COUNT(*) FROM contact_tags WHERE workspace_id = old.workspace_id AND contact_id = old.id)) > 500;
	UPDATE conversations SET contact_id = NULL, link = 'auto' WHERE workspace_id = old.workspace_id AND contact_id = old.id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'contact_gone' AND subject = old.id);
	DELETE FROM contact_tags WHERE workspace_id = old.workspace_id AND contact_id = old.id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'contact_gone' AND subject = old.id);
END;

-- A contact shows the username that its conversations say.
CREATE TRIGGER contact_username_new AFTER INSERT ON conversations
WHEN new.username IS NOT NULL AND new.contact_id IS NOT NULL
BEGIN
	UPDATE contacts SET username = new.username WHERE id = new.contact_id AND username IS NOT new.username;
END;
CREATE TRIGGER contact_username_changed AFTER UPDATE OF contact_id, username ON conversations
WHEN (old.username IS NOT NULL OR new.username IS NOT NULL)
	AND (old.contact_id IS NOT new.contact_id OR old.username IS NOT new.username)
BEGIN
	UPDATE contacts SET username = (SELECT c.username FROM conversations AS c
		WHERE c.workspace_id = old.workspace_id AND c.contact_id = old.contact_id AND c.username IS NOT NULL ORDER BY c.id DESC LIMIT 1)
	WHERE id = old.contact_id AND (old.contact_id IS NOT new.contact_id OR new.username IS NULL);
	UPDATE contacts SET username = new.username WHERE id = new.contact_id AND new.username IS NOT NULL AND username IS NOT new.username;
END;
CREATE TRIGGER contact_username_gone AFTER DELETE ON conversations
WHEN old.username IS NOT NULL AND old.contact_id IS NOT NULL
BEGIN
	UPDATE contacts SET username = (SELECT c.username FROM conversations AS c
		WHERE c.workspace_id = old.workspace_id AND c.contact_id = old.contact_id AND c.username IS NOT NULL ORDER BY c.id DESC LIMIT 1)
	WHERE id = old.contact_id;
END;

-- Which name the phone's address book has for a conversation: that of the entry
-- with just this phone, else the only one that its accounts may mean.
CREATE VIEW phone_book_moves AS
	SELECT workspace_id, number_id, phone FROM phone_book;
CREATE TRIGGER phone_book_moved INSTEAD OF INSERT ON phone_book_moves
BEGIN
	UPDATE conversations SET phone_book_name = COALESCE(
		(SELECT b.name FROM phone_book AS b WHERE b.workspace_id = new.workspace_id
			AND b.number_id = new.number_id AND b.entry = new.phone AND b.phone = new.phone),
		(SELECT CASE WHEN MIN(b.name) = MAX(b.name) THEN MIN(b.name) END FROM phone_book AS b
			WHERE b.workspace_id = new.workspace_id AND b.number_id = new.number_id AND b.phone = new.phone))
	WHERE workspace_id = new.workspace_id AND phone = new.phone AND number_id = new.number_id;
END;
CREATE TRIGGER phone_book_new AFTER INSERT ON phone_book WHEN new.name IS NOT NULL
BEGIN
	INSERT INTO phone_book_moves(workspace_id, number_id, phone) VALUES (new.workspace_id, new.number_id, new.phone);
END;
CREATE TRIGGER phone_book_changed AFTER UPDATE OF name ON phone_book WHEN old.name IS NOT new.name
BEGIN
	INSERT INTO phone_book_moves(workspace_id, number_id, phone) VALUES (new.workspace_id, new.number_id, new.phone);
END;
CREATE TRIGGER phone_book_gone AFTER DELETE ON phone_book WHEN old.name IS NOT NULL
BEGIN
	INSERT INTO phone_book_moves(workspace_id, number_id, phone) VALUES (old.workspace_id, old.number_id, old.phone);
END;
CREATE TRIGGER phone_book_met AFTER INSERT ON conversations
WHEN new.phone IS NOT NULL AND EXISTS (SELECT 1 FROM phone_book
	WHERE workspace_id = new.workspace_id AND number_id = new.number_id AND phone = new.phone)
BEGIN
	INSERT INTO phone_book_moves(workspace_id, number_id, phone) VALUES (new.workspace_id, new.number_id, new.phone);
END;
CREATE TRIGGER phone_book_met_later AFTER UPDATE OF phone ON conversations
WHEN old.phone IS NOT new.phone AND (old.phone_book_name IS NOT NULL OR EXISTS (SELECT 1 FROM phone_book
	WHERE workspace_id = new.workspace_id AND number_id = new.number_id AND phone = new.phone))
BEGIN
	UPDATE conversations SET phone_book_name = NULL WHERE id = new.id;
	INSERT INTO phone_book_moves(workspace_id, number_id, phone) VALUES (new.workspace_id, new.number_id, new.phone);
END;

-- Behind what gives it another name, so that it is before that: SQLite begins with
-- the trigger that was made last, and of several changes the first is to be noted.
CREATE TRIGGER conversation_stale AFTER UPDATE OF profile_name, username, phone_book_name, phone, workspace_id ON conversations WHEN (old.profile_name IS NOT new.profile_name OR old.username IS NOT new.username OR old.phone_book_name IS NOT new.phone_book_name OR old.phone IS NOT new.phone OR old.workspace_id <> new.workspace_id)
	AND EXISTS (SELECT 1 FROM search_indexed WHERE kind = 'conversation' AND old.id BETWEEN from_id AND upto_id)
BEGIN
	INSERT INTO search_stale(kind, id, workspace_id, text, phone) VALUES ('conversation', old.id, old.workspace_id, COALESCE(old.profile_name || COALESCE(char(10) || old.username, '') || COALESCE(char(10) || old.phone_book_name, ''), old.phone_book_name), old.phone) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER tag_gone AFTER DELETE ON tags
BEGIN
	INSERT INTO jobs(workspace_id, kind, subject) SELECT old.workspace_id, 'tag_gone', old.id
	WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM contact_tags WHERE workspace_id = old.workspace_id AND tag_id = old.id LIMIT 41)) > 40;
	DELETE FROM contact_tags WHERE workspace_id = old.workspace_id AND tag_id = old.id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'tag_gone' AND subject = old.id);
END;

CREATE TRIGGER contact_values_gone AFTER DELETE ON contacts
BEGIN
	DELETE FROM contact_values WHERE workspace_id = old.workspace_id AND contact_id = old.id;
END;
-- Of many contacts a job takes them, 100 at a time.
CREATE TRIGGER contact_field_gone AFTER DELETE ON contact_fields
BEGIN
	INSERT INTO jobs(workspace_id, kind, subject) SELECT old.workspace_id, 'contact_field_gone', old.id
	WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM contact_values WHERE workspace_id = old.workspace_id AND field_id = old.id LIMIT 41)) > 40;
	DELETE FROM contact_values WHERE workspace_id = old.workspace_id AND field_id = old.id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'contact_field_gone' AND subject = old.id);
END;

CREATE TRIGGER contact_tag_new AFTER INSERT ON contact_tags
BEGIN
	INSERT INTO jobs(workspace_id, kind, subject, target) SELECT new.workspace_id, 'contact_tags', new.contact_id, new.tag_id
	WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM conversations WHERE workspace_id = new.workspace_id AND contact_id = new.contact_id LIMIT 17))
		* (1 + (SELECT COUNT(*) FROM contact_tags WHERE workspace_id = new.workspace_id AND contact_id = new.contact_id)) > 17
	OR EXISTS (SELECT 1 FROM jobs WHERE workspace_id = new.workspace_id AND kind = 'contact_tags' AND subject = new.contact_id)
	ON CONFLICT (workspace_id, kind, subject, target, name) DO UPDATE SET place = 0;
	UPDATE contacts SET tag_ids = (SELECT group_concat(' ' || tag_id || ' ', '')
		FROM (SELECT tag_id FROM contact_tags WHERE workspace_id = new.workspace_id AND contact_id = new.contact_id ORDER BY tag_id))
	WHERE workspace_id = new.workspace_id AND id = new.contact_id;
	INSERT INTO conversation_tags(workspace_id, tag_id, status, last_message_at, conversation_id, tag_ids)
	SELECT c.workspace_id, new.tag_id, c.status, c.last_message_at, c.id, p.tag_ids
	FROM conversations AS c CROSS JOIN contacts AS p ON p.id = c.contact_id
	WHERE c.workspace_id = new.workspace_id AND c.contact_id = new.contact_id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = new.workspace_id AND kind = 'contact_tags' AND subject = new.contact_id);
END;
CREATE TRIGGER contact_tag_gone AFTER DELETE ON contact_tags
BEGIN
	INSERT INTO jobs(workspace_id, kind, subject, target) SELECT old.workspace_id, 'contact_tags', old.contact_id, old.tag_id
	WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM conversations WHERE workspace_id = old.workspace_id AND contact_id = old.contact_id LIMIT 17))
		* (1 + (SELECT COUNT(*) FROM contact_tags WHERE workspace_id = old.workspace_id AND contact_id = old.contact_id)) > 17
	OR EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'contact_tags' AND subject = old.contact_id)
	ON CONFLICT (workspace_id, kind, subject, target, name) DO UPDATE SET place = 0;
	DELETE FROM conversation_tags
	WHERE workspace_id = old.workspace_id AND tag_id = old.tag_id AND status IN ('active', 'archived')
	AND (last_message_at, conversation_id) IN (
		SELECT last_message_at, id FROM conversations
		WHERE workspace_id = old.workspace_id AND contact_id = old.contact_id
		AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'contact_tags' AND subject = old.contact_id));
	UPDATE contacts SET tag_ids = (SELECT group_concat(' ' || tag_id || ' ', '')
		FROM (SELECT tag_id FROM contact_tags WHERE workspace_id = old.workspace_id AND contact_id = old.contact_id ORDER BY tag_id))
	WHERE workspace_id = old.workspace_id AND id = old.contact_id;
END;
CREATE TRIGGER contact_tags_changed AFTER UPDATE OF tag_ids ON contacts WHEN new.tag_ids IS NOT NULL
BEGIN
	UPDATE conversation_tags SET tag_ids = new.tag_ids
	WHERE workspace_id = new.workspace_id AND status IN ('active', 'archived')
	AND tag_id IN (SELECT tag_id FROM contact_tags WHERE workspace_id = new.workspace_id AND contact_id = new.id)
	AND (last_message_at, conversation_id) IN (
		SELECT last_message_at, id FROM conversations
		WHERE workspace_id = new.workspace_id AND contact_id = new.id
		AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = new.workspace_id AND kind = 'contact_tags' AND subject = new.id));
END;
CREATE TRIGGER conversation_tags_new AFTER INSERT ON conversations WHEN new.contact_id IS NOT NULL
BEGIN
	INSERT INTO conversation_tags(workspace_id, tag_id, status, last_message_at, conversation_id, tag_ids)
	SELECT k.workspace_id, k.tag_id, new.status, new.last_message_at, new.id, p.tag_ids
	FROM contact_tags AS k CROSS JOIN contacts AS p ON p.id = k.contact_id
	WHERE k.workspace_id = new.workspace_id AND k.contact_id = new.contact_id;
END;
-- Nearly every message fires the next trigger, and next to none has a linked
-- conversation with tags.  SQLite takes the memory of all of a trigger's body
-- before WHEN is looked at: so what is done seldom is the body of another one.
CREATE VIEW tag_moves AS
	SELECT workspace_id, conversation_id, NULL AS contact_id, status, last_message_at,
		NULL AS old_contact_id, status AS old_status, last_message_at AS old_at
	FROM conversation_tags;
CREATE TRIGGER conversation_tags_changed AFTER UPDATE OF contact_id, status, last_message_at ON conversations
WHEN (old.contact_id IS NOT NULL OR new.contact_id IS NOT NULL)
	AND (old.contact_id IS NOT new.contact_id OR old.status <> new.status OR old.last_message_at <> new.last_message_at)
BEGIN
	INSERT INTO tag_moves(workspace_id, conversation_id, contact_id, status, last_message_at, old_contact_id, old_status, old_at)
	VALUES (new.workspace_id, new.id, new.contact_id, new.status, new.last_message_at, old.contact_id, old.status, old.last_message_at);
END;
CREATE TRIGGER conversation_tags_moved INSTEAD OF INSERT ON tag_moves
BEGIN
	DELETE FROM conversation_tags
	WHERE workspace_id = new.workspace_id AND status = new.old_status
	AND last_message_at = new.old_at AND conversation_id = new.conversation_id
	AND tag_id IN (SELECT tag_id FROM contact_tags
		WHERE workspace_id = new.workspace_id AND contact_id = new.old_contact_id
		UNION ALL SELECT target FROM jobs
		WHERE workspace_id = new.workspace_id AND kind = 'contact_tags' AND subject = new.old_contact_id);
	INSERT INTO conversation_tags(workspace_id, tag_id, status, last_message_at, conversation_id, tag_ids)
	SELECT k.workspace_id, k.tag_id, new.status, new.last_message_at, new.conversation_id, p.tag_ids
	FROM contact_tags AS k CROSS JOIN contacts AS p ON p.id = k.contact_id
	WHERE k.workspace_id = new.workspace_id AND k.contact_id = new.contact_id;
END;
-- A customer waits since the first message behind our last one that did not
-- fail, and was no automatic answer and no broadcast's; a reaction waits for
-- nothing, and what was closed waits for nobody.
-- Found anew where -1 was written, which is seldom: what comes in order needs
-- nothing of it (update_conversation_on_message).
CREATE VIEW unanswered_finds AS SELECT workspace_id, conversation_id FROM unanswered;
CREATE TRIGGER unanswered_lost AFTER INSERT ON unanswered WHEN new.since = -1
BEGIN
	INSERT INTO unanswered_finds(workspace_id, conversation_id) VALUES (new.workspace_id, new.conversation_id);
END;
CREATE TRIGGER unanswered_lost_again AFTER UPDATE OF since ON unanswered WHEN new.since = -1
BEGIN
	INSERT INTO unanswered_finds(workspace_id, conversation_id) VALUES (new.workspace_id, new.conversation_id);
END;
CREATE TRIGGER unanswered_found INSTEAD OF INSERT ON unanswered_finds
BEGIN
	UPDATE conversations SET unanswered_since = (SELECT m.sent_at FROM messages AS m
		WHERE m.workspace_id = new.workspace_id AND m.conversation_id = new.conversation_id
		AND m.counts_unread = 1 AND m.type <> 'reaction'
		AND m.sent_at >= COALESCE((SELECT o.sent_at FROM messages AS o
			WHERE o.workspace_id = new.workspace_id AND o.conversation_id = new.conversation_id
			AND o.direction = 'outbound' AND o.status <> 'failed'
			AND COALESCE(o.sent_by, 1) <> 0
			AND NOT EXISTS (SELECT 1 FROM broadcast_recipients AS b WHERE b.workspace_id = o.workspace_id AND b.message_id = o.id)
			ORDER BY o.sent_at DESC, o.id DESC LIMIT 1), 0)
		AND NOT EXISTS (SELECT 1 FROM messages AS o
			WHERE o.workspace_id = new.workspace_id AND o.conversation_id = new.conversation_id
			AND o.sent_at = m.sent_at AND o.id > m.id AND o.direction = 'outbound' AND o.status <> 'failed'
			AND COALESCE(o.sent_by, 1) <> 0
			AND NOT EXISTS (SELECT 1 FROM broadcast_recipients AS b WHERE b.workspace_id = o.workspace_id AND b.message_id = o.id))
		AND (conversations.status = 'active' OR EXISTS (SELECT 1 FROM set_aside WHERE conversation_id = new.conversation_id))
		ORDER BY m.sent_at, m.id LIMIT 1)
	WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
	UPDATE unanswered SET since = (SELECT unanswered_since FROM conversations WHERE id = new.conversation_id)
	WHERE conversation_id = new.conversation_id AND EXISTS (SELECT 1 FROM conversations
		WHERE id = new.conversation_id AND unanswered_since IS NOT NULL);
	DELETE FROM unanswered WHERE conversation_id = new.conversation_id AND since = -1;
END;
CREATE TRIGGER unanswered_counted AFTER UPDATE OF counts_unread ON messages WHEN old.counts_unread <> new.counts_unread
BEGIN
	UPDATE conversations SET unanswered_since = -1 WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
END;
CREATE TRIGGER unanswered_new AFTER INSERT ON conversations WHEN new.unanswered_since IS NOT NULL
BEGIN
	INSERT INTO unanswered(conversation_id, workspace_id, since) VALUES (new.id, new.workspace_id, new.unanswered_since);
END;
-- What is set aside is not, of one that is being moved, which comes back.
CREATE TRIGGER unanswered_gone AFTER DELETE ON conversations
BEGIN
	DELETE FROM unanswered WHERE conversation_id = old.id;
	DELETE FROM set_aside WHERE conversation_id = old.id
	AND NOT EXISTS (SELECT 1 FROM moving_conversations WHERE id = old.id);
END;
CREATE TRIGGER conversation_tags_gone AFTER DELETE ON conversations WHEN old.contact_id IS NOT NULL
BEGIN
	DELETE FROM conversation_tags
	WHERE workspace_id = old.workspace_id AND status = old.status
	AND last_message_at = old.last_message_at AND conversation_id = old.id
	AND tag_id IN (SELECT tag_id FROM contact_tags
		WHERE workspace_id = old.workspace_id AND contact_id = old.contact_id
		UNION ALL SELECT target FROM jobs
		WHERE workspace_id = old.workspace_id AND kind = 'contact_tags' AND subject = old.contact_id);
END;

-- A block goes along with the account, or the user id, that it is of: when two
-- customers turn out to be one, or one turns out to be two.
CREATE TRIGGER block_follows AFTER UPDATE OF conversation_id ON identities
WHEN old.conversation_id <> new.conversation_id AND new.conversation_id <> 0
	AND (new.kind = 'wa_id' OR new.kind = 'user_id')
BEGIN
	UPDATE blocks SET conversation_id = new.conversation_id
	WHERE workspace_id = new.workspace_id AND number_id = new.number_id
	AND who = CASE new.kind WHEN 'wa_id' THEN '+' || new.value ELSE new.value END
	AND conversation_id = old.conversation_id;
END;
-- A group goes with its conversation, until a delivery names it again.
CREATE TRIGGER conversation_group_gone AFTER DELETE ON conversations
WHEN old.group_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM moving_conversations WHERE id = old.id)
BEGIN
	DELETE FROM own_groups
	WHERE workspace_id = old.workspace_id AND number_id = old.number_id AND group_id = old.group_id;
END;
-- Whom a conversation blocked: not of one that is being moved, which comes back.
CREATE TRIGGER conversation_blocks_gone AFTER DELETE ON conversations
WHEN old.blocked <> 0 AND NOT EXISTS (SELECT 1 FROM moving_conversations WHERE id = old.id)
BEGIN
	DELETE FROM blocks WHERE workspace_id = old.workspace_id AND conversation_id = old.id;
END;

-- Not of one that is being moved, which comes back.
CREATE TRIGGER conversation_activities_gone AFTER DELETE ON conversations
WHEN NOT EXISTS (SELECT 1 FROM moving_conversations WHERE id = old.id)
BEGIN
	DELETE FROM activities WHERE workspace_id = old.workspace_id AND conversation_id = old.id;
END;

-- Also of one that is being moved: another workspace does not get what somebody
-- of this one has begun to write.
CREATE TRIGGER conversation_drafts_gone AFTER DELETE ON conversations
BEGIN
	DELETE FROM drafts WHERE workspace_id = old.workspace_id AND conversation_id = old.id;
END;
CREATE TRIGGER conversation_seen_gone AFTER DELETE ON conversations
BEGIN
	DELETE FROM seen_marks WHERE workspace_id = old.workspace_id AND conversation_id = old.id;
END;
CREATE TRIGGER member_seen_new AFTER INSERT ON workspace_members
BEGIN
	INSERT INTO member_marks(workspace_id, user_id, seen_id)
	VALUES (new.workspace_id, new.user_id, (SELECT COALESCE(MAX(id), 0) FROM messages))
	ON CONFLICT (workspace_id, user_id) DO UPDATE SET seen_id = excluded.seen_id;
END;
CREATE TRIGGER member_drafts_gone AFTER DELETE ON workspace_members
BEGIN
	DELETE FROM drafts WHERE workspace_id = old.workspace_id AND user_id = old.user_id;
END;

-- What is deleted leaves the conversations that have it.
CREATE TRIGGER mark_gone AFTER DELETE ON marks
BEGIN
	DELETE FROM team_members WHERE workspace_id = old.workspace_id AND team_id = old.id;
	INSERT INTO jobs(workspace_id, kind, subject) SELECT old.workspace_id, 'mark_gone', old.id
	WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM conversation_marks WHERE workspace_id = old.workspace_id AND mark_id = old.id LIMIT 251)) > 250;
	DELETE FROM conversation_marks WHERE workspace_id = old.workspace_id AND mark_id = old.id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'mark_gone' AND subject = old.id);
END;
CREATE TRIGGER team_member_left AFTER DELETE ON workspace_members
BEGIN
	DELETE FROM team_members WHERE workspace_id = old.workspace_id AND user_id = old.user_id;
END;
-- Also of one that is being moved: marks are a workspace's own.
CREATE TRIGGER conversation_marks_gone AFTER DELETE ON conversations
BEGIN
	DELETE FROM conversation_marks WHERE workspace_id = old.workspace_id AND conversation_id = old.id;
END;
-- As tag_moves: what a message seldom does is the body of another trigger.
CREATE VIEW mark_moves AS
	SELECT workspace_id, conversation_id, status FROM conversation_marks;
CREATE TRIGGER conversation_marks_moved INSTEAD OF INSERT ON mark_moves
BEGIN
	UPDATE conversation_marks SET status = new.status
	WHERE workspace_id = new.workspace_id AND conversation_id = new.conversation_id;
END;

CREATE TRIGGER user_gone AFTER DELETE ON users
BEGIN
	DELETE FROM former_members WHERE user_id = old.id;
END;

CREATE TRIGGER member_gone AFTER DELETE ON workspace_members
BEGIN
	INSERT INTO jobs(workspace_id, kind, subject) SELECT old.workspace_id, 'member_gone', old.user_id
	WHERE 2 * (SELECT COUNT(*) FROM (SELECT 1 FROM conversations WHERE workspace_id = old.workspace_id AND assigned_to = old.user_id LIMIT 126))
		+ (SELECT COUNT(*) FROM (SELECT 1 FROM seen_marks WHERE workspace_id = old.workspace_id AND user_id = old.user_id LIMIT 251)) > 250
	ON CONFLICT (workspace_id, kind, subject, target, name) DO NOTHING;
	INSERT INTO activities(workspace_id, conversation_id, user_id, kind, at)
	SELECT c.workspace_id, c.id, f.user_id, 'left', f.left_at FROM former_members AS f CROSS JOIN conversations AS c
	WHERE f.workspace_id = old.workspace_id AND f.user_id = old.user_id AND c.workspace_id = old.workspace_id AND c.assigned_to = old.user_id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'member_gone' AND subject = old.user_id);
	UPDATE conversations SET assigned_to = NULL WHERE workspace_id = old.workspace_id AND assigned_to = old.user_id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'member_gone' AND subject = old.user_id);
	DELETE FROM seen_marks WHERE workspace_id = old.workspace_id AND user_id = old.user_id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = old.workspace_id AND kind = 'member_gone' AND subject = old.user_id);
END;

-- Whoever comes back keeps what is still assigned.
CREATE TRIGGER member_back AFTER INSERT ON workspace_members
BEGIN
	DELETE FROM jobs WHERE workspace_id = new.workspace_id AND kind = 'member_gone' AND subject = new.user_id;
	DELETE FROM former_members WHERE workspace_id = new.workspace_id AND user_id = new.user_id;
END;

-- What somebody invited for who is there no more, or may less, is void; and with
-- a member goes the link that waits for them, by which they would come back.
CREATE TRIGGER inviter_gone AFTER DELETE ON workspace_members
BEGIN
	DELETE FROM invitations WHERE workspace_id = old.workspace_id AND invited_by = old.user_id;
	DELETE FROM invitations WHERE workspace_id = old.workspace_id AND email = (SELECT email FROM users WHERE id = old.user_id);
END;
CREATE TRIGGER inviter_changed AFTER UPDATE OF role ON workspace_members WHEN old.role <> new.role
BEGIN
	DELETE FROM invitations WHERE workspace_id = old.workspace_id AND invited_by = old.user_id;
END;

-- ------------------------------------------------------------------ stats

-- The stats of a conversation, whoever stores a message.  They never go
-- backwards when an older message comes late.  Two messages of one second
-- stand in the order in which they were stored.  A live message from the
-- customer (counts_unread) brings an archived conversation back, and waits for
-- an answer (unanswered_moved).
--
-- Nothing that an INSERT of a message fires calls a function or says ON CONFLICT
-- DO UPDATE: for either SQLite would keep a copy of each page that it changes
-- (DB_NO_UNDO in lib/sql/db.h).  So a preview of '' is the text as it is, which
-- message.c writes for a short one only, and whoever shows it cuts it.
CREATE TRIGGER update_conversation_on_message AFTER INSERT ON messages
BEGIN
	UPDATE conversations SET
		last_message_id = CASE WHEN new.sent_at >= last_message_at THEN new.id ELSE last_message_id END,
		last_message_preview = CASE WHEN new.sent_at >= last_message_at THEN CASE new.preview WHEN '' THEN COALESCE(new.text, '') ELSE new.preview END ELSE last_message_preview END,
		last_message_at = CASE WHEN new.sent_at >= last_message_at THEN new.sent_at ELSE last_message_at END,
		unread_count = unread_count + new.counts_unread,
		is_read = CASE WHEN new.counts_unread THEN 0 ELSE is_read END,
		status = CASE WHEN new.counts_unread THEN 'active' ELSE status END,
		unanswered_since = CASE
			WHEN new.counts_unread THEN CASE
				WHEN unanswered_since <= new.sent_at OR new.type = 'reaction' THEN unanswered_since
				WHEN new.sent_at >= last_message_at THEN new.sent_at
				ELSE -1 END
			WHEN new.direction = 'inbound' OR unanswered_since > new.sent_at THEN unanswered_since
			WHEN new.sent_at >= last_message_at THEN NULL
			WHEN unanswered_since IS NOT NULL THEN -1 END,
		last_customer_message_at = CASE
			WHEN new.opens_window = 0 THEN last_customer_message_at
			WHEN last_customer_message_at IS NULL OR new.sent_at > last_customer_message_at THEN new.sent_at
			ELSE last_customer_message_at END,
		updated_at = CASE WHEN new.created_at > updated_at THEN new.created_at ELSE updated_at END,
		stored_message_id = new.id
	WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
END;

-- The provider knows better than our clock whether the window is open.  A
-- message that turns out to be delivered after all was not refused: so the
-- order in which its statuses come does not matter.  An answer that failed is
-- none.
CREATE TRIGGER close_window_on_refusal AFTER UPDATE OF status, error_code ON messages
WHEN (new.status = 'failed' OR old.status = 'failed')
	AND (new.status <> old.status OR COALESCE(new.error_code, 0) <> COALESCE(old.error_code, 0))
BEGIN
	UPDATE conversations SET unanswered_since = -1,
		window_refused_at = COALESCE((SELECT MAX(sent_at) FROM messages
			WHERE workspace_id = new.workspace_id AND conversation_id = new.conversation_id
			AND status = 'failed' AND error_code = 131047), 0)
	WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
END;

-- Whether the customer wants marketing.  A message that is sent again was not
-- refused, until it is: so it does not matter which of its statuses came first.
CREATE TRIGGER marketing_refused AFTER UPDATE OF status, error_code ON messages
WHEN new.error_code = 131050 OR old.error_code = 131050
BEGIN
	DELETE FROM marketing_choices
	WHERE workspace_id = old.workspace_id AND conversation_id = old.conversation_id
	AND state = 'stopped' AND message_id = old.id
	AND (new.status <> 'failed' OR COALESCE(new.error_code, 0) <> 131050);
	INSERT INTO marketing_choices(workspace_id, conversation_id, state, at, message_id, sighting_id)
	SELECT new.workspace_id, new.conversation_id, 'stopped',
		COALESCE((SELECT sending_at FROM outbox
			WHERE workspace_id = new.workspace_id AND kind = 'message' AND message_id = new.id), new.sent_at),
		new.id, new.sighting_id
	WHERE new.status = 'failed' AND COALESCE(new.error_code, 0) = 131050
	ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER marketing_choice_new AFTER INSERT ON marketing_choices
BEGIN
	INSERT INTO marketing_moves(workspace_id, conversation_id) VALUES (new.workspace_id, new.conversation_id);
END;
CREATE TRIGGER marketing_choice_retimed AFTER UPDATE OF at ON marketing_choices
BEGIN
	INSERT INTO marketing_moves(workspace_id, conversation_id) VALUES (new.workspace_id, new.conversation_id);
END;
CREATE TRIGGER marketing_choice_gone AFTER DELETE ON marketing_choices
BEGIN
	INSERT INTO marketing_moves(workspace_id, conversation_id) VALUES (old.workspace_id, old.conversation_id);
END;
CREATE TRIGGER marketing_gone AFTER DELETE ON conversations WHEN old.marketing IS NOT NULL
BEGIN
	DELETE FROM marketing_choices WHERE workspace_id = old.workspace_id AND conversation_id = old.id;
END;
-- The newest counts, of two of one second the stop.  It is so since the first
-- that says the same with none between that says the other.
CREATE VIEW marketing_moves AS
	SELECT workspace_id, conversation_id FROM marketing_choices;
CREATE TRIGGER marketing_moved INSTEAD OF INSERT ON marketing_moves
BEGIN
	UPDATE conversations SET marketing = n.state, marketing_at = n.at,
		marketing_source = CASE WHEN n.state IS NULL THEN NULL
			WHEN EXISTS (SELECT 1 FROM marketing_choices AS m
				WHERE m.workspace_id = new.workspace_id AND m.conversation_id = new.conversation_id
				AND m.state = n.state AND m.at = n.at AND m.message_id = 0) THEN 'user_preferences'
			ELSE 'refused' END
	FROM (SELECT s.state AS state, (SELECT MIN(m.at) FROM marketing_choices AS m
			WHERE m.workspace_id = new.workspace_id AND m.conversation_id = new.conversation_id
			AND m.state = s.state AND m.at >= s.since) AS at
		FROM (SELECT CASE WHEN t.stopped >= COALESCE(t.allowed, t.stopped) THEN 'stopped'
				WHEN t.allowed IS NOT NULL THEN 'allowed' END AS state,
				CASE WHEN t.stopped >= COALESCE(t.allowed, t.stopped) THEN COALESCE(t.allowed, 0)
				ELSE COALESCE(t.stopped + 1, 0) END AS since
			FROM (SELECT (SELECT MAX(m.at) FROM marketing_choices AS m
					WHERE m.workspace_id = new.workspace_id AND m.conversation_id = new.conversation_id
					AND m.state = 'stopped') AS stopped,
				(SELECT MAX(m.at) FROM marketing_choices AS m
					WHERE m.workspace_id = new.workspace_id AND m.conversation_id = new.conversation_id
					AND m.state = 'allowed') AS allowed) AS t) AS s) AS n
	WHERE conversations.workspace_id = new.workspace_id AND conversations.id = new.conversation_id;
END;

-- An edited or deleted message shows so in the list, when it is the last.
CREATE TRIGGER update_preview_on_message AFTER UPDATE OF preview, text ON messages
WHEN old.preview IS NOT new.preview OR (new.preview = '' AND old.text IS NOT new.text)
BEGIN
	UPDATE conversations SET last_message_preview = CASE new.preview WHEN '' THEN COALESCE(SUBSTR(new.text, 1, 100), '') ELSE new.preview END
	WHERE workspace_id = new.workspace_id AND id = new.conversation_id AND last_message_id = new.id;
END;

CREATE TRIGGER count_workspace AFTER INSERT ON workspaces
BEGIN
	INSERT INTO counters(workspace_id) VALUES (new.id);
END;

CREATE TRIGGER count_conversation AFTER INSERT ON conversations
BEGIN
	UPDATE counters SET total = total + 1,
		unread = unread + (new.is_read = 0),
		archived = archived + (new.status = 'archived')
	WHERE workspace_id = new.workspace_id;
END;

-- As tag_moves: what a message seldom does is the body of another trigger.
CREATE VIEW conversation_moves AS
	SELECT workspace_id, id AS conversation_id, is_read, status, unanswered_since, window_ends / 3600 AS hour,
		is_read AS old_is_read, status AS old_status, unanswered_since AS old_since, window_ends / 3600 AS old_hour
	FROM conversations;
CREATE TRIGGER conversation_moved AFTER UPDATE OF is_read, status, unanswered_since, last_customer_message_at, window_refused_at ON conversations
WHEN old.is_read <> new.is_read OR old.status <> new.status OR old.unanswered_since IS NOT new.unanswered_since
	OR old.window_ends / 3600 IS NOT new.window_ends / 3600
BEGIN
	INSERT INTO conversation_moves(workspace_id, conversation_id, is_read, status, unanswered_since, hour, old_is_read, old_status, old_since, old_hour)
	VALUES (new.workspace_id, new.id, new.is_read, new.status, new.unanswered_since, new.window_ends / 3600, old.is_read, old.status, old.unanswered_since, old.window_ends / 3600);
END;
CREATE TRIGGER count_conversation_changed INSTEAD OF INSERT ON conversation_moves
WHEN new.is_read <> new.old_is_read OR new.status <> new.old_status
BEGIN
	UPDATE counters SET
		unread = unread + (new.is_read = 0) - (new.old_is_read = 0),
		archived = archived + (new.status = 'archived') - (new.old_status = 'archived')
	WHERE workspace_id = new.workspace_id;
END;
CREATE TRIGGER conversation_status_moved INSTEAD OF INSERT ON conversation_moves
WHEN new.status <> new.old_status
BEGIN
	DELETE FROM set_aside WHERE conversation_id = new.conversation_id AND new.status = 'active';
	INSERT INTO mark_moves(workspace_id, conversation_id, status)
	VALUES (new.workspace_id, new.conversation_id, new.status);
END;
CREATE TRIGGER unanswered_begun INSTEAD OF INSERT ON conversation_moves
WHEN new.old_since IS NULL AND new.unanswered_since IS NOT NULL
BEGIN
	INSERT INTO unanswered(conversation_id, workspace_id, since)
	VALUES (new.conversation_id, new.workspace_id, new.unanswered_since);
END;
CREATE TRIGGER unanswered_moved INSTEAD OF INSERT ON conversation_moves
WHEN new.old_since <> new.unanswered_since
BEGIN
	UPDATE unanswered SET since = new.unanswered_since WHERE conversation_id = new.conversation_id;
END;
CREATE TRIGGER unanswered_ended INSTEAD OF INSERT ON conversation_moves
WHEN new.old_since IS NOT NULL AND new.unanswered_since IS NULL
BEGIN
	DELETE FROM unanswered WHERE conversation_id = new.conversation_id;
END;

CREATE TRIGGER count_conversation_gone AFTER DELETE ON conversations
BEGIN
	UPDATE counters SET total = total - 1,
		unread = unread - (old.is_read = 0),
		archived = archived - (old.status = 'archived')
	WHERE workspace_id = old.workspace_id;
END;

CREATE TRIGGER count_window AFTER INSERT ON conversations WHEN new.window_ends IS NOT NULL
BEGIN
	INSERT INTO window_hours(workspace_id, hour, conversations)
	SELECT new.workspace_id, new.window_ends / 3600, 1 WHERE new.window_ends IS NOT NULL
	ON CONFLICT (workspace_id, hour) DO UPDATE SET conversations = conversations + 1;
END;
CREATE TRIGGER count_window_moved INSTEAD OF INSERT ON conversation_moves
WHEN new.hour IS NOT new.old_hour
BEGIN
	UPDATE window_hours SET conversations = conversations - 1
	WHERE workspace_id = new.workspace_id AND hour = new.old_hour;
	DELETE FROM window_hours
	WHERE workspace_id = new.workspace_id AND hour = new.old_hour AND conversations = 0;
	INSERT INTO window_hours(workspace_id, hour, conversations)
	SELECT new.workspace_id, new.hour, 0 WHERE new.hour IS NOT NULL
	ON CONFLICT (workspace_id, hour) DO NOTHING;
	UPDATE window_hours SET conversations = conversations + 1
	WHERE workspace_id = new.workspace_id AND hour = new.hour;
END;
CREATE TRIGGER count_window_gone AFTER DELETE ON conversations WHEN old.window_ends IS NOT NULL
BEGIN
	UPDATE window_hours SET conversations = conversations - 1
	WHERE workspace_id = old.workspace_id AND hour = old.window_ends / 3600;
	DELETE FROM window_hours
	WHERE workspace_id = old.workspace_id AND hour = old.window_ends / 3600 AND conversations = 0;
END;

-- --------------------------------------------------------------- sending

-- Of each conversation the first queued message is not behind another, so
-- whoever looks for what may go reads one row of a conversation, however many
-- wait.  Whoever moves a row need not think of it.
CREATE TRIGGER outbox_new AFTER INSERT ON outbox WHEN new.state = 'queued' AND new.kind = 'message'
	AND EXISTS (SELECT 1 FROM outbox
		WHERE number_id = new.number_id AND conversation_id = new.conversation_id
		AND state IN ('queued', 'sending') AND state = 'queued' AND kind = 'message' AND id < new.id)
BEGIN
	UPDATE outbox SET behind = 1 WHERE id = new.id;
END;
CREATE TRIGGER outbox_left AFTER UPDATE OF state ON outbox
WHEN old.state = 'queued' AND new.state <> 'queued' AND new.kind = 'message'
BEGIN
	UPDATE outbox SET behind = 0 WHERE behind = 1 AND id = (SELECT id FROM outbox
		WHERE number_id = new.number_id AND conversation_id = new.conversation_id
		AND state IN ('queued', 'sending') AND state = 'queued' AND kind = 'message'
		ORDER BY id LIMIT 1);
END;
CREATE TRIGGER outbox_back AFTER UPDATE OF state ON outbox
WHEN old.state <> 'queued' AND new.state = 'queued' AND new.kind = 'message'
BEGIN
	UPDATE outbox SET behind = 1 - behind WHERE id = new.id AND behind <> EXISTS (SELECT 1 FROM outbox
		WHERE number_id = new.number_id AND conversation_id = new.conversation_id
		AND state IN ('queued', 'sending') AND state = 'queued' AND kind = 'message' AND id < new.id);
	UPDATE outbox SET behind = 1 WHERE behind = 0 AND id = (SELECT id FROM outbox
		WHERE number_id = new.number_id AND conversation_id = new.conversation_id
		AND state IN ('queued', 'sending') AND state = 'queued' AND kind = 'message' AND id > new.id
		ORDER BY id LIMIT 1);
END;
CREATE TRIGGER outbox_moved AFTER UPDATE OF number_id, conversation_id ON outbox
WHEN new.state = 'queued' AND new.kind = 'message'
	AND (old.number_id <> new.number_id OR old.conversation_id <> new.conversation_id)
BEGIN
	UPDATE outbox SET behind = 0 WHERE behind = 1 AND id = (SELECT id FROM outbox
		WHERE number_id = old.number_id AND conversation_id = old.conversation_id
		AND state IN ('queued', 'sending') AND state = 'queued' AND kind = 'message'
		ORDER BY id LIMIT 1);
	UPDATE outbox SET behind = 1 - behind WHERE id = new.id AND behind <> EXISTS (SELECT 1 FROM outbox
		WHERE number_id = new.number_id AND conversation_id = new.conversation_id
		AND state IN ('queued', 'sending') AND state = 'queued' AND kind = 'message' AND id < new.id);
	UPDATE outbox SET behind = 1 WHERE behind = 0 AND id = (SELECT id FROM outbox
		WHERE number_id = new.number_id AND conversation_id = new.conversation_id
		AND state IN ('queued', 'sending') AND state = 'queued' AND kind = 'message' AND id > new.id
		ORDER BY id LIMIT 1);
END;
CREATE TRIGGER outbox_gone AFTER DELETE ON outbox WHEN old.state = 'queued' AND old.kind = 'message'
BEGIN
	UPDATE outbox SET behind = 0 WHERE behind = 1 AND id = (SELECT id FROM outbox
		WHERE number_id = old.number_id AND conversation_id = old.conversation_id
		AND state IN ('queued', 'sending') AND state = 'queued' AND kind = 'message'
		ORDER BY id LIMIT 1);
END;

-- ---------------------------------------------------------------- changes

-- Each change that a client would want to hear of is noted by whoever makes
-- it, in the same transaction, so that none is missed and none is made up.
-- What does not show outside is no change.  Something that was deleted is
-- noted as updated: who looks for it finds nothing, and knows.
CREATE TRIGGER change_message AFTER UPDATE OF wamid, direction, type, content, text, status, context, referral, error, sender, sent_by, sent_at, edited_at, revoked_at, conversation_id ON messages
WHEN old.wamid IS NOT new.wamid OR old.direction IS NOT new.direction OR old.type IS NOT new.type
	OR old.content IS NOT new.content OR (new.content = '' AND old.text IS NOT new.text)
	OR old.status IS NOT new.status
	OR old.context IS NOT new.context OR old.referral IS NOT new.referral
	OR old.error IS NOT new.error OR old.sender IS NOT new.sender
	OR old.sent_by IS NOT new.sent_by OR old.sent_at IS NOT new.sent_at
	OR old.edited_at IS NOT new.edited_at OR old.revoked_at IS NOT new.revoked_at
	OR old.conversation_id IS NOT new.conversation_id
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'message.updated', new.id, new.conversation_id);
END;
CREATE TRIGGER change_message_gone AFTER DELETE ON messages
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'message.updated', old.id, old.conversation_id);
END;

-- A file of a message: that there is one, and whether it can be had.
CREATE TRIGGER change_media_new AFTER INSERT ON media
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'message.updated', id, conversation_id
	FROM messages
	WHERE id = new.message_id AND workspace_id = new.workspace_id;
END;
CREATE TRIGGER change_media AFTER UPDATE OF state ON media
WHEN old.state <> new.state
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'message.updated', id, conversation_id
	FROM messages
	WHERE id = new.message_id AND workspace_id = new.workspace_id;
END;

-- Reactions, when their message is there; one that was never seen and is
-- taken back is none.
CREATE TRIGGER change_reaction_new AFTER INSERT ON reactions
WHEN new.emoji <> ''
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'message.updated', id, conversation_id
	FROM messages
	WHERE workspace_id = new.workspace_id AND number_id = new.number_id AND wamid = new.target_wamid;
END;
CREATE TRIGGER change_reaction AFTER UPDATE OF emoji, at ON reactions
WHEN old.emoji <> new.emoji OR (old.at <> new.at AND new.emoji <> '')
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'message.updated', id, conversation_id
	FROM messages
	WHERE workspace_id = new.workspace_id AND number_id = new.number_id AND wamid = new.target_wamid;
END;

-- Participants of a group: who came, left, or is called otherwise; not each
-- message.
CREATE TRIGGER change_group_participant_new AFTER INSERT ON group_participants
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'conversation.updated', new.conversation_id, new.conversation_id);
END;
CREATE TRIGGER change_group_participant AFTER UPDATE OF seen_at, left_at, name, pair ON group_participants
WHEN (old.seen_at > old.left_at) <> (new.seen_at > new.left_at)
	OR old.name IS NOT new.name OR old.pair IS NOT new.pair
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'conversation.updated', new.conversation_id, new.conversation_id);
END;
-- Who asks to join a group, or asks no more.
CREATE TRIGGER change_group_participant_asking AFTER UPDATE OF asks_at, answered_at ON group_participants
WHEN (old.asks_at > old.answered_at) <> (new.asks_at > new.answered_at)
	OR (new.asks_at > new.answered_at AND old.asks_at <> new.asks_at)
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'conversation.updated', new.conversation_id, new.conversation_id);
END;
CREATE TRIGGER change_group_participant_gone AFTER DELETE ON group_participants
WHEN EXISTS (SELECT 1 FROM conversations WHERE workspace_id = old.workspace_id AND id = old.conversation_id)
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'conversation.updated', old.conversation_id, old.conversation_id);
END;

CREATE TRIGGER change_conversation_new AFTER INSERT ON conversations
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'conversation.updated', new.id, new.id);
END;
-- A message that is stored is told of here, with what it changed: of its columns
-- those come first that it changes most.
CREATE TRIGGER change_conversation AFTER UPDATE OF phone, user_id, profile_name, contact_id, status, is_read, unread_count, last_customer_message_at, window_refused_at, last_message_at, last_message_preview, assigned_to, created_at, updated_at, unanswered_since, stored_message_id
ON conversations
WHEN old.stored_message_id IS NOT new.stored_message_id
	OR old.last_message_at IS NOT new.last_message_at OR old.unread_count IS NOT new.unread_count
	OR old.last_message_preview IS NOT new.last_message_preview
	OR old.last_customer_message_at IS NOT new.last_customer_message_at
	OR old.updated_at IS NOT new.updated_at OR old.is_read IS NOT new.is_read
	OR old.status IS NOT new.status OR old.unanswered_since IS NOT new.unanswered_since
	OR old.phone IS NOT new.phone OR old.user_id IS NOT new.user_id
	OR old.profile_name IS NOT new.profile_name OR old.contact_id IS NOT new.contact_id
	OR old.window_refused_at IS NOT new.window_refused_at OR old.assigned_to IS NOT new.assigned_to
	OR old.created_at IS NOT new.created_at
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id,
		COALESCE((SELECT seq FROM changes WHERE workspace_id = new.workspace_id ORDER BY seq DESC LIMIT 1), 0)
		+ CASE WHEN old.stored_message_id IS NOT new.stored_message_id
			AND (old.last_message_at IS NOT new.last_message_at OR old.unread_count IS NOT new.unread_count
			OR old.last_message_preview IS NOT new.last_message_preview
			OR old.last_customer_message_at IS NOT new.last_customer_message_at
			OR old.updated_at IS NOT new.updated_at OR old.is_read IS NOT new.is_read
			OR old.status IS NOT new.status OR old.unanswered_since IS NOT new.unanswered_since) THEN 2 ELSE 1 END,
		CASE WHEN old.stored_message_id IS new.stored_message_id THEN 'conversation.updated'
			WHEN old.last_message_at IS NOT new.last_message_at OR old.unread_count IS NOT new.unread_count
			OR old.last_message_preview IS NOT new.last_message_preview
			OR old.last_customer_message_at IS NOT new.last_customer_message_at
			OR old.updated_at IS NOT new.updated_at OR old.is_read IS NOT new.is_read
			OR old.status IS NOT new.status OR old.unanswered_since IS NOT new.unanswered_since THEN 'message'
			ELSE 'message.created' END,
		CASE WHEN old.stored_message_id IS new.stored_message_id THEN new.id ELSE new.stored_message_id END, new.id);
END;
-- Of its own: a message fires the one above, and next to none this.
CREATE TRIGGER change_conversation_username AFTER UPDATE OF username ON conversations
WHEN old.username IS NOT new.username
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'conversation.updated', new.id, new.id);
END;
CREATE TRIGGER change_conversation_marketing AFTER UPDATE OF marketing, marketing_at, marketing_source ON conversations
WHEN old.marketing IS NOT new.marketing OR old.marketing_at IS NOT new.marketing_at
	OR old.marketing_source IS NOT new.marketing_source
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'conversation.updated', new.id, new.id);
END;
CREATE TRIGGER change_conversation_phone_book AFTER UPDATE OF phone_book_name ON conversations
WHEN old.phone_book_name IS NOT new.phone_book_name
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'conversation.updated', new.id, new.id);
END;
CREATE TRIGGER change_conversation_gone AFTER DELETE ON conversations
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'conversation.updated', old.id, old.id);
END;

-- A conversation shows who blocked its customer, and whether that worked.
CREATE VIEW block_shows AS SELECT workspace_id, conversation_id FROM blocks;
CREATE TRIGGER block_shown INSTEAD OF INSERT ON block_shows
BEGIN
	UPDATE conversations SET blocked = COALESCE((SELECT MAX(CASE WHEN b.state IN ('unblocked', 'refused') THEN 1 ELSE 2 END) FROM blocks AS b
		WHERE b.workspace_id = conversations.workspace_id AND b.conversation_id = conversations.id), 0)
	WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
END;
CREATE TRIGGER block_new AFTER INSERT ON blocks
BEGIN
	INSERT INTO block_shows(workspace_id, conversation_id) VALUES (new.workspace_id, new.conversation_id);
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(c.seq), 0) + 1 FROM changes AS c WHERE c.workspace_id = new.workspace_id), 'conversation.updated', id, id
	FROM conversations WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
END;
CREATE TRIGGER block_changed AFTER UPDATE OF state, asked_by, asked_at, error, conversation_id ON blocks
WHEN old.state <> new.state OR old.asked_by IS NOT new.asked_by OR old.asked_at <> new.asked_at
	OR old.error IS NOT new.error OR old.conversation_id <> new.conversation_id
BEGIN
	INSERT INTO block_shows(workspace_id, conversation_id) VALUES (new.workspace_id, new.conversation_id);
	INSERT INTO block_shows(workspace_id, conversation_id)
	SELECT old.workspace_id, old.conversation_id WHERE old.conversation_id <> new.conversation_id;
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(c.seq), 0) + 1 FROM changes AS c WHERE c.workspace_id = new.workspace_id), 'conversation.updated', id, id
	FROM conversations WHERE workspace_id = new.workspace_id AND id = new.conversation_id;
END;

-- The state shows in the conversation.
CREATE TRIGGER change_set_aside_new AFTER INSERT ON set_aside
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'conversation.updated', new.conversation_id, new.conversation_id);
END;
CREATE TRIGGER change_set_aside AFTER UPDATE OF state, at ON set_aside
WHEN old.state <> new.state OR old.at <> new.at
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'conversation.updated', new.conversation_id, new.conversation_id);
END;
-- OR FAIL: a message deletes such a row, and the conflict clause of its INSERT ends
-- at a DELETE.
CREATE TRIGGER change_set_aside_gone AFTER DELETE ON set_aside
BEGIN
	INSERT OR FAIL INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'conversation.updated', old.conversation_id, old.conversation_id);
END;

-- What members did, and wrote for each other; of a conversation that is gone
-- nothing is told.
CREATE TRIGGER change_activity_new AFTER INSERT ON activities
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'activity.created', new.id, new.conversation_id);
END;
CREATE TRIGGER change_activity AFTER UPDATE OF text ON activities WHEN old.text IS NOT new.text
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'activity.updated', new.id, new.conversation_id);
END;
CREATE TRIGGER change_activity_gone AFTER DELETE ON activities
WHEN EXISTS (SELECT 1 FROM conversations WHERE id = old.conversation_id)
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'activity.updated', old.id, old.conversation_id);
END;

-- A member's own: object_id is the member, and nobody else is told
-- (my_changes of session.sql).
CREATE TRIGGER change_draft_new AFTER INSERT ON drafts
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'draft.updated', new.user_id, new.conversation_id);
END;
CREATE TRIGGER change_draft AFTER UPDATE OF version ON drafts WHEN old.version <> new.version
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'draft.updated', new.user_id, new.conversation_id);
END;
CREATE TRIGGER change_seen_new AFTER INSERT ON seen_marks
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'seen.updated', new.user_id, new.conversation_id);
END;
CREATE TRIGGER change_seen AFTER UPDATE OF message_id, base_id ON seen_marks
WHEN old.message_id <> new.message_id OR old.base_id <> new.base_id
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'seen.updated', new.user_id, new.conversation_id);
END;
-- All at once: of no conversation.
CREATE TRIGGER change_seen_all AFTER UPDATE OF seen_id ON member_marks WHEN old.seen_id <> new.seen_id
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'seen.updated', new.user_id, NULL);
END;
CREATE TRIGGER change_draft_gone AFTER DELETE ON drafts
WHEN EXISTS (SELECT 1 FROM conversations WHERE id = old.conversation_id)
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'draft.updated', old.user_id, old.conversation_id);
END;

-- A team with its members, a label.  Conversations show their names, too, and
-- are not noted for them: who shows one knows it by its id.
CREATE TRIGGER change_mark_new AFTER INSERT ON marks
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), CASE new.kind WHEN 'team' THEN 'team.updated' ELSE 'label.updated' END, new.id, NULL);
END;
CREATE TRIGGER change_mark AFTER UPDATE OF name, color ON marks
WHEN old.name <> new.name COLLATE BINARY OR old.color IS NOT new.color
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), CASE new.kind WHEN 'team' THEN 'team.updated' ELSE 'label.updated' END, new.id, NULL);
END;
CREATE TRIGGER change_mark_gone AFTER DELETE ON marks
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), CASE old.kind WHEN 'team' THEN 'team.updated' ELSE 'label.updated' END, old.id, NULL);
END;
CREATE TRIGGER change_team_member_new AFTER INSERT ON team_members
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'team.updated', new.team_id, NULL);
END;
CREATE TRIGGER change_team_member_gone AFTER DELETE ON team_members
WHEN EXISTS (SELECT 1 FROM marks WHERE id = old.team_id)
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'team.updated', old.team_id, NULL);
END;
-- A conversation shows which it has.
CREATE TRIGGER change_conversation_mark_new AFTER INSERT ON conversation_marks
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'conversation.updated', new.conversation_id, new.conversation_id);
END;
CREATE TRIGGER change_conversation_mark_gone AFTER DELETE ON conversation_marks
WHEN EXISTS (SELECT 1 FROM conversations WHERE id = old.conversation_id)
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'conversation.updated', old.conversation_id, old.conversation_id);
END;

-- A contact, with its tags.  Conversations show its name, phone and tags too,
-- and are not noted for it.
CREATE TRIGGER change_contact_new AFTER INSERT ON contacts
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'contact.updated', new.id, NULL);
END;
CREATE TRIGGER change_contact AFTER UPDATE OF phone, user_id, name, email, username, updated_at ON contacts
WHEN old.phone IS NOT new.phone OR old.user_id IS NOT new.user_id
	OR old.name IS NOT new.name OR old.email IS NOT new.email
	OR old.username IS NOT new.username OR old.updated_at IS NOT new.updated_at
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'contact.updated', new.id, NULL);
END;
CREATE TRIGGER change_contact_gone AFTER DELETE ON contacts
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'contact.updated', old.id, NULL);
END;
CREATE TRIGGER change_contact_tag_new AFTER INSERT ON contact_tags
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'contact.updated', new.contact_id, NULL);
END;
CREATE TRIGGER change_contact_tag_gone AFTER DELETE ON contact_tags
WHEN EXISTS (SELECT 1 FROM contacts WHERE id = old.contact_id)
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'contact.updated', old.contact_id, NULL);
END;
CREATE TRIGGER change_contact_field_new AFTER INSERT ON contact_fields
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'contact_field.updated', new.id, NULL);
END;
CREATE TRIGGER change_contact_field AFTER UPDATE OF label, choices ON contact_fields
WHEN old.label <> new.label OR old.choices IS NOT new.choices
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'contact_field.updated', new.id, NULL);
END;
CREATE TRIGGER change_contact_field_gone AFTER DELETE ON contact_fields
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'contact_field.updated', old.id, NULL);
END;
CREATE TRIGGER change_contact_value_new AFTER INSERT ON contact_values
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'contact.updated', new.contact_id, NULL);
END;
CREATE TRIGGER change_contact_value AFTER UPDATE OF value ON contact_values
WHEN old.value <> new.value
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'contact.updated', new.contact_id, NULL);
END;
CREATE TRIGGER change_contact_value_gone AFTER DELETE ON contact_values
WHEN EXISTS (SELECT 1 FROM contacts WHERE id = old.contact_id)
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'contact.updated', old.contact_id, NULL);
END;
-- A tag that is called otherwise, or gone; a new one comes with its contact.
CREATE TRIGGER change_tag AFTER UPDATE OF name ON tags
WHEN old.name <> new.name COLLATE BINARY
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'tag.updated', new.id, NULL);
	INSERT INTO jobs(workspace_id, kind, subject) SELECT new.workspace_id, 'tag_renamed', new.id
	WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM contact_tags WHERE workspace_id = new.workspace_id AND tag_id = new.id LIMIT 501)) > 500
	ON CONFLICT (workspace_id, kind, subject, target, name) DO UPDATE SET place = 0;
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(seq), 0) FROM changes WHERE workspace_id = new.workspace_id) + row_number() OVER (ORDER BY contact_id), 'contact.updated', contact_id, NULL
	FROM contact_tags
	WHERE workspace_id = new.workspace_id AND tag_id = new.id
	AND NOT EXISTS (SELECT 1 FROM jobs WHERE workspace_id = new.workspace_id AND kind = 'tag_renamed' AND subject = new.id);
END;
CREATE TRIGGER change_tag_gone AFTER DELETE ON tags
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'tag.updated', old.id, NULL);
END;

-- A number that stops to send, for another reason or time, or sends again:
-- one change for all messages that wait there.  Pauses of seconds (too fast: no
-- key_mark) are told when they begin and end.
CREATE TRIGGER change_pause_new AFTER INSERT ON number_pauses
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(c.seq), 0) + 1 FROM changes AS c WHERE c.workspace_id = numbers.workspace_id), 'number.updated', id, NULL
	FROM numbers WHERE id = new.number_id AND EXISTS (SELECT 1 FROM outbox AS o
		WHERE o.number_id = new.number_id AND o.state = 'queued' AND o.behind = 0 AND o.kind = 'message');
END;
CREATE TRIGGER change_pause AFTER UPDATE ON number_pauses
WHEN old.reason <> new.reason OR old.row_id IS NOT new.row_id
	OR (old.until <> new.until AND new.key_mark IS NOT NULL)
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(c.seq), 0) + 1 FROM changes AS c WHERE c.workspace_id = numbers.workspace_id), 'number.updated', id, NULL
	FROM numbers WHERE id = new.number_id AND EXISTS (SELECT 1 FROM outbox AS o
		WHERE o.number_id = new.number_id AND o.state = 'queued' AND o.behind = 0 AND o.kind = 'message');
END;
CREATE TRIGGER change_pause_gone AFTER DELETE ON number_pauses
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(c.seq), 0) + 1 FROM changes AS c WHERE c.workspace_id = numbers.workspace_id), 'number.updated', id, NULL
	FROM numbers WHERE id = old.number_id;
END;

-- A number is another way than it was, or that cannot be found out.
CREATE TRIGGER change_number_health AFTER UPDATE OF health, health_error ON numbers
WHEN old.health IS NOT new.health OR old.health_error IS NOT new.health_error
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'number.updated', new.id, NULL);
END;

-- Deliveries of a number are held: one change when the first of a state is, and
-- when the last is no more.
CREATE TRIGGER change_held_new AFTER INSERT ON held
WHEN new.phone_number_id IS NOT NULL
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(c.seq), 0) + 1 FROM changes AS c WHERE c.workspace_id = numbers.workspace_id), 'number.updated', id, NULL
	FROM numbers WHERE phone_number_id = new.phone_number_id
	AND NOT EXISTS (SELECT 1 FROM held WHERE phone_number_id = new.phone_number_id AND state = new.state
		AND (node <> new.node OR delivery_id <> new.delivery_id));
END;
CREATE TRIGGER change_held AFTER UPDATE OF state, phone_number_id ON held
WHEN new.phone_number_id IS NOT NULL
	AND (old.state <> new.state OR old.phone_number_id IS NOT new.phone_number_id)
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(c.seq), 0) + 1 FROM changes AS c WHERE c.workspace_id = numbers.workspace_id), 'number.updated', id, NULL
	FROM numbers WHERE phone_number_id = new.phone_number_id
	AND (NOT EXISTS (SELECT 1 FROM held WHERE phone_number_id = new.phone_number_id AND state = new.state
		AND (node <> new.node OR delivery_id <> new.delivery_id))
		OR NOT EXISTS (SELECT 1 FROM held WHERE phone_number_id = new.phone_number_id AND state = old.state
		AND (node <> new.node OR delivery_id <> new.delivery_id)));
END;
CREATE TRIGGER change_held_gone AFTER DELETE ON held
WHEN old.phone_number_id IS NOT NULL
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	SELECT workspace_id, (SELECT COALESCE(MAX(c.seq), 0) + 1 FROM changes AS c WHERE c.workspace_id = numbers.workspace_id), 'number.updated', id, NULL
	FROM numbers WHERE phone_number_id = old.phone_number_id
	AND NOT EXISTS (SELECT 1 FROM held WHERE phone_number_id = old.phone_number_id AND state = old.state
		AND (node <> old.node OR delivery_id <> old.delivery_id));
END;

-- What the provider says of templates, numbers and the account, when it is new.
CREATE TRIGGER change_workspace_event AFTER INSERT ON workspace_events
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'workspace_event.created', new.id, NULL);
END;

-- A group that is wanted, made or ended, or what is asked of it.
CREATE TRIGGER change_group_new AFTER INSERT ON own_groups
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'group.updated', new.id, NULL);
END;
CREATE TRIGGER change_group AFTER UPDATE OF workspace_id, state, subject, description, group_id, invite_link, asked, asked_at, error ON own_groups
WHEN old.workspace_id <> new.workspace_id OR old.state <> new.state
	OR old.subject IS NOT new.subject OR old.description IS NOT new.description
	OR old.group_id IS NOT new.group_id OR old.invite_link IS NOT new.invite_link
	OR old.asked IS NOT new.asked OR old.asked_at IS NOT new.asked_at
	OR old.error IS NOT new.error
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'group.updated', new.id, NULL);
END;
CREATE TRIGGER change_group_left AFTER UPDATE OF workspace_id ON own_groups
WHEN old.workspace_id <> new.workspace_id
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'group.updated', old.id, NULL);
END;
CREATE TRIGGER change_group_gone AFTER DELETE ON own_groups
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'group.updated', old.id, NULL);
END;

-- A template that is there, has another state, or is gone.
CREATE TRIGGER change_template_new AFTER INSERT ON templates
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'template.updated', new.id, NULL);
END;
CREATE TRIGGER change_template AFTER UPDATE OF workspace_id, status, components, category, reason, asked, error ON templates
WHEN old.workspace_id <> new.workspace_id OR old.status <> new.status
	OR old.components <> new.components OR old.category IS NOT new.category
	OR old.reason IS NOT new.reason OR old.asked IS NOT new.asked
	OR old.error IS NOT new.error
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'template.updated', new.id, NULL);
END;
CREATE TRIGGER change_template_left AFTER UPDATE OF workspace_id ON templates
WHEN old.workspace_id <> new.workspace_id
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'template.updated', old.id, NULL);
END;
CREATE TRIGGER change_template_gone AFTER DELETE ON templates
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'template.updated', old.id, NULL);
END;

-- A canned reply that is there, was changed, or is gone.
CREATE TRIGGER change_canned_reply_new AFTER INSERT ON canned_replies
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'canned_reply.updated', new.id, NULL);
END;
CREATE TRIGGER change_canned_reply AFTER UPDATE OF shortcut, text ON canned_replies
WHEN old.shortcut <> new.shortcut OR old.text <> new.text
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'canned_reply.updated', new.id, NULL);
END;
CREATE TRIGGER change_canned_reply_gone AFTER DELETE ON canned_replies
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (old.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = old.workspace_id), 'canned_reply.updated', old.id, NULL);
END;

-- ------------------------------------------------------------- broadcasts

CREATE TRIGGER broadcast_recipient_new AFTER INSERT ON broadcast_recipients
BEGIN
	UPDATE broadcast_counts SET
		waiting = waiting + (new.state = 'waiting'),
		queued = queued + (new.state = 'queued'),
		sent = sent + (new.state = 'sent'),
		delivered = delivered + (new.state = 'delivered'),
		read = read + (new.state = 'read'),
		failed = failed + (new.state = 'failed'),
		skipped = skipped + (new.state = 'skipped')
	WHERE workspace_id = new.workspace_id AND broadcast_id = new.broadcast_id;
END;
CREATE TRIGGER broadcast_recipient_changed AFTER UPDATE OF state ON broadcast_recipients WHEN old.state <> new.state
BEGIN
	UPDATE broadcast_counts SET
		waiting = waiting + (new.state = 'waiting') - (old.state = 'waiting'),
		queued = queued + (new.state = 'queued') - (old.state = 'queued'),
		sent = sent + (new.state = 'sent') - (old.state = 'sent'),
		delivered = delivered + (new.state = 'delivered') - (old.state = 'delivered'),
		read = read + (new.state = 'read') - (old.state = 'read'),
		failed = failed + (new.state = 'failed') - (old.state = 'failed'),
		skipped = skipped + (new.state = 'skipped') - (old.state = 'skipped')
	WHERE workspace_id = new.workspace_id AND broadcast_id = new.broadcast_id;
END;
CREATE TRIGGER broadcast_recipient_gone AFTER DELETE ON broadcast_recipients
BEGIN
	UPDATE broadcast_counts SET
		waiting = waiting - (old.state = 'waiting'),
		queued = queued - (old.state = 'queued'),
		sent = sent - (old.state = 'sent'),
		delivered = delivered - (old.state = 'delivered'),
		read = read - (old.state = 'read'),
		failed = failed - (old.state = 'failed'),
		skipped = skipped - (old.state = 'skipped')
	WHERE workspace_id = old.workspace_id AND broadcast_id = old.broadcast_id;
END;
-- With the person, and when the number moves.
CREATE TRIGGER conversation_recipients_gone AFTER DELETE ON conversations
BEGIN
	DELETE FROM broadcast_recipients WHERE workspace_id = old.workspace_id AND conversation_id = old.id;
END;

-- A broadcast that is there, changed its state, or whose counts are worth a look:
-- that is the processor's to say (shown_at), once a second.
CREATE TRIGGER change_broadcast_new AFTER INSERT ON broadcasts
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'broadcast.updated', new.id, NULL);
END;
CREATE TRIGGER change_broadcast AFTER UPDATE OF state, reason, shown_at ON broadcasts
WHEN old.state <> new.state OR old.reason IS NOT new.reason OR old.shown_at <> new.shown_at
BEGIN
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (new.workspace_id, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = new.workspace_id), 'broadcast.updated', new.id, NULL);
END;

-- ----------------------------------------------------------------- files

CREATE TRIGGER files_upload_new AFTER INSERT ON uploads
BEGIN
	INSERT INTO workspace_files(workspace_id, bytes) VALUES (new.workspace_id, new.size)
	ON CONFLICT(workspace_id) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER files_upload_gone AFTER DELETE ON uploads
BEGIN
	UPDATE workspace_files SET bytes = bytes - old.size WHERE workspace_id = old.workspace_id;
END;
CREATE TRIGGER files_upload_moved AFTER UPDATE OF workspace_id, size ON uploads
BEGIN
	UPDATE workspace_files SET bytes = bytes - old.size WHERE workspace_id = old.workspace_id;
	INSERT INTO workspace_files(workspace_id, bytes) VALUES (new.workspace_id, new.size)
	ON CONFLICT(workspace_id) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER files_media_new AFTER INSERT ON media
WHEN new.media_id IS NOT NULL AND new.size > 0
BEGIN
	INSERT INTO workspace_files(workspace_id, bytes) VALUES (new.workspace_id, new.size)
	ON CONFLICT(workspace_id) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER files_media AFTER UPDATE OF workspace_id, media_id, size ON media
WHEN (old.media_id IS NOT NULL AND old.size > 0) OR (new.media_id IS NOT NULL AND new.size > 0)
BEGIN
	UPDATE workspace_files SET bytes = bytes - COALESCE(old.size, 0)
	WHERE workspace_id = old.workspace_id AND old.media_id IS NOT NULL;
	INSERT INTO workspace_files(workspace_id, bytes)
	VALUES (new.workspace_id, CASE WHEN new.media_id IS NULL THEN 0 ELSE COALESCE(new.size, 0) END)
	ON CONFLICT(workspace_id) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER files_media_gone AFTER DELETE ON media
WHEN old.media_id IS NOT NULL AND old.size > 0
BEGIN
	UPDATE workspace_files SET bytes = bytes - old.size WHERE workspace_id = old.workspace_id;
END;
