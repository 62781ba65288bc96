-- The end: who may what.  In loops, so that no table and no function that is added is
-- forgotten.

-- Functions find the tables of this schema and nobody else's.  Triggers run with the
-- owner's rights, but those of members' views, which run as waspool_doors.
DO $$
DECLARE
	f	record;
BEGIN
	GRANT CREATE ON SCHEMA public TO waspool_doors;
	FOR f IN SELECT p.oid::regprocedure AS name, p.proname, p.prorettype = 'trigger'::regtype AS is_trigger
		FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
		WHERE p.pronamespace = 'public'::regnamespace AND l.lanname = 'plpgsql' LOOP
		EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp', f.name);
		IF f.is_trigger AND f.proname LIKE 'my\_%' THEN
			EXECUTE format('ALTER FUNCTION %s OWNER TO waspool_doors', f.name);
		END IF;
	END LOOP;
	-- What it hides of a row no member may read; and behind a barrier it would be
	-- sorted, all of it, each time.  So its rows are those of this role.
	ALTER VIEW my_changes OWNER TO waspool_doors;
	REVOKE CREATE ON SCHEMA public FROM waspool_doors;
END $$;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION my_workspace(), my_user(), my_token(), is_workspace_member(bigint) TO waspool_member, waspool_processor, waspool_doors;
GRANT EXECUTE ON FUNCTION my_found(text, text, bigint, bigint, text), sign_in(text, bigint), note_use(bigint, bigint),
	use_ticket(bytea, bigint, bigint), my_pass(bigint), remove_member(bigint, bigint), lock_my_workspace(bigint) TO waspool_member, waspool_processor;
GRANT EXECUTE ON FUNCTION newest_message() TO waspool_doors;
-- The highest ids given, which the processor reads, and raises above what an older
-- copy of the database has (src/process/id_highwater.c).
GRANT SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO waspool_processor;
GRANT EXECUTE ON FUNCTION analyze_grown() TO waspool_processor;
GRANT EXECUTE ON FUNCTION lock_workspace(bigint), workspace_context(bigint, bigint), tidy_words(), empty_words(),
	words_of_conversation(text, text, text), words_of_contact(text, text, text) TO waspool_processor;

-- --------------------------------------------------------------- which rows

-- A member's own, or with a reason of their own.  All others of a workspace are its
-- members', and what has no workspace is nobody's.
CREATE POLICY member ON workspaces TO waspool_member, waspool_doors USING (id = (SELECT my_workspace()));
CREATE POLICY member ON users TO waspool_member, waspool_doors
	USING (id IN (SELECT m.user_id FROM workspace_members AS m WHERE m.workspace_id = (SELECT my_workspace())));
CREATE POLICY member ON numbers TO waspool_member, waspool_doors
	USING (workspace_id = (SELECT my_workspace()) OR moving_to = (SELECT my_workspace()))
	WITH CHECK (workspace_id = (SELECT my_workspace()) OR moving_to = (SELECT my_workspace()));
CREATE POLICY member ON number_queues TO waspool_member
	USING (number_id IN (SELECT n.id FROM numbers AS n WHERE n.workspace_id = (SELECT my_workspace())));
CREATE POLICY member ON held TO waspool_member
	USING (phone_number_id IN (SELECT n.phone_number_id FROM numbers AS n WHERE n.workspace_id = (SELECT my_workspace())));
CREATE POLICY member ON node_health TO waspool_member USING (true);
CREATE POLICY member ON api_tokens TO waspool_member, waspool_doors
	USING (workspace_id = (SELECT my_workspace()) AND (kind = 'token' OR user_id = (SELECT my_user())));
CREATE POLICY member ON drafts TO waspool_member, waspool_doors
	USING (workspace_id = (SELECT my_workspace()) AND user_id = (SELECT my_user()));
CREATE POLICY member ON seen_marks TO waspool_member, waspool_doors
	USING (workspace_id = (SELECT my_workspace()) AND user_id = (SELECT my_user()));
CREATE POLICY member ON member_marks TO waspool_member, waspool_doors
	USING (workspace_id = (SELECT my_workspace()) AND user_id = (SELECT my_user()));
CREATE POLICY member ON idempotency_keys TO waspool_member, waspool_doors
	USING (workspace_id = (SELECT my_workspace()) AND user_id = (SELECT my_user()));
CREATE POLICY member ON webhook_endpoints TO waspool_member, waspool_doors
	USING (workspace_id = (SELECT my_workspace()) AND ((SELECT my_user()) IS NULL OR EXISTS (SELECT 1 FROM workspace_members AS m
		WHERE m.workspace_id = (SELECT my_workspace()) AND m.user_id = (SELECT my_user()) AND m.role <> 'agent')));
CREATE POLICY member ON webhook_deliveries TO waspool_member, waspool_doors
	USING (workspace_id = (SELECT my_workspace()) AND ((SELECT my_user()) IS NULL OR EXISTS (SELECT 1 FROM workspace_members AS m
		WHERE m.workspace_id = (SELECT my_workspace()) AND m.user_id = (SELECT my_user()) AND m.role <> 'agent')));
CREATE POLICY member ON workspace_events TO waspool_member, waspool_doors
	USING (workspace_id = (SELECT my_workspace()) AND (field NOT IN ('workspace_members', 'workspace_invitations', 'workspace_tokens')
		OR EXISTS (SELECT 1 FROM workspace_members AS m WHERE m.workspace_id = (SELECT my_workspace())
			AND m.user_id = (SELECT my_user()) AND m.role IN ('owner', 'admin'))))
	WITH CHECK (workspace_id = (SELECT my_workspace()));

-- And who writes in a workspace takes its lock first: what comes from a member, by
-- itself, what comes from the processor, before (lock_workspace).
CREATE FUNCTION lock_mine() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
	IF COALESCE(current_setting('waspool.token', true), '') <> '' THEN
		PERFORM pg_advisory_xact_lock_shared(0), pg_advisory_xact_lock(w) FROM my_workspace() AS w WHERE w IS NOT NULL;
	END IF;
	RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lock_mine() FROM PUBLIC;

DO $$
DECLARE
	t	record;
BEGIN
	FOR t IN SELECT c.oid::regclass AS name, EXISTS (SELECT 1 FROM pg_attribute AS a
			WHERE a.attrelid = c.oid AND a.attname = 'workspace_id') AS of_workspace,
			EXISTS (SELECT 1 FROM pg_policy AS p WHERE p.polrelid = c.oid) AS is_said
		FROM pg_class AS c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'context_keys' LOOP
		EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t.name);
		EXECUTE format('CREATE POLICY processor ON %s TO waspool_processor USING (true)', t.name);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO waspool_processor', t.name);
		IF t.of_workspace AND NOT t.is_said THEN
			EXECUTE format('CREATE POLICY member ON %s TO waspool_member, waspool_doors USING (workspace_id = (SELECT my_workspace()))', t.name);
		END IF;
		IF t.of_workspace AND t.name <> 'changes'::regclass THEN
			EXECUTE format('CREATE TRIGGER lock_mine BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH STATEMENT EXECUTE FUNCTION lock_mine()', t.name);
		END IF;
	END LOOP;
	FOR t IN SELECT c.oid::regclass AS name FROM pg_class AS c
		WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace AND c.relname LIKE 'my\_%' LOOP
		EXECUTE format('GRANT SELECT ON %s TO waspool_member, waspool_doors', t.name);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO waspool_processor', t.name);
	END LOOP;
END $$;

-- ------------------------------------------------------------ which columns

-- A member reads what a view shows, and no other column of a table: no hash, and no
-- secret.
DO $$
DECLARE
	t	record;
BEGIN
	FOR t IN SELECT u.table_name, string_agg(DISTINCT quote_ident(u.column_name), ', ') AS columns
		FROM information_schema.view_column_usage AS u JOIN pg_class AS c
		ON c.oid = format('%I.%I', u.view_schema, u.view_name)::regclass
		WHERE u.view_schema = 'public' AND u.table_schema = 'public' AND u.view_name LIKE 'my\_%' AND 'security_invoker=true' = ANY (c.reloptions)
		AND u.table_name NOT LIKE 'my\_%' GROUP BY 1 LOOP
		EXECUTE format('GRANT SELECT (%s) ON %I TO waspool_member', t.columns, t.table_name);
	END LOOP;
END $$;

-- What the doors write, and what they look up.
GRANT SELECT, INSERT, UPDATE, DELETE ON numbers, templates, own_groups, conversations, set_aside, activities, drafts, member_marks, seen_marks,
	contacts, jobs, tags, contact_tags, contact_fields, contact_values, canned_replies, marks, team_members, conversation_marks, tickets,
	workspace_members, workspaces, workspace_settings, workspace_events, api_tokens, invitations, webhook_endpoints, webhook_deliveries,
	erasures, idempotency_keys, blocks, identities, messages, reactions, uploads, outbox, media, broadcasts, broadcast_counts,
	broadcast_follows, broadcast_recipients TO waspool_doors;
GRANT SELECT ON changes TO waspool_doors;

-- The version, as waspool upgrade reads it.
COMMENT ON SCHEMA public IS '8';
