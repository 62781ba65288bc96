-- What the database must be, who works in it, and what all other files use.
-- The first of them (README.md says the order); run by the owner of the database.

DO $$
DECLARE
	d	pg_database;
BEGIN
	SELECT * INTO d FROM pg_database WHERE datname = current_database();
	IF current_setting('server_version_num')::int < 150000 THEN
		RAISE EXCEPTION 'PostgreSQL % is too old for an inbox: it wants 15 or newer', current_setting('server_version');
	END IF;
	-- Texts compare by their bytes, as SQLite's do, and letters of all
	-- languages are letters.
	IF pg_encoding_to_char(d.encoding) <> 'UTF8' OR d.datcollate NOT IN ('C', 'POSIX')
		OR lower(replace(d.datctype, '-', '')) <> 'c.utf8' OR d.datlocprovider = 'i' THEN
		RAISE EXCEPTION 'the database % has the encoding %, LC_COLLATE %, LC_CTYPE %: an inbox wants UTF8, C, C.UTF-8',
			d.datname, pg_encoding_to_char(d.encoding), d.datcollate,
			d.datctype || CASE d.datlocprovider WHEN 'i' THEN ' and the provider icu' ELSE '' END
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = format('createdb --template=template0 --encoding=UTF8 --locale-provider=libc --lc-collate=C --lc-ctype=C.UTF-8 %s',
				quote_ident(d.datname));
	END IF;
END $$;

DO $$
BEGIN
	IF NOT pg_has_role(current_user, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE') THEN
		RAISE EXCEPTION 'the role % does not own the database', current_user
			USING ERRCODE = 'insufficient_privilege',
			HINT = format('as its owner: WASPOOL_INBOX=postgresql://%s@HOST/%s waspool init',
				(SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()), current_database());
	END IF;
END $$;

-- Whose rights a program has; none of them owns a table.  Those that log in are
-- made by a person, and are members of one of the first two.
--	waspool_member		what serves members: looks through my_… views
--	waspool_processor	what works for all: reads and writes every table
--	waspool_doors		nobody: what runs when a member writes (doors.sql)
-- The owner makes them if it may, or a superuser has made them before, and the owner
-- a member of the last, whose functions it makes.
DO $$
DECLARE
	r	text;
	missing	text;
BEGIN
	BEGIN
		FOREACH r IN ARRAY ARRAY['waspool_member', 'waspool_processor', 'waspool_doors'] LOOP
			IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = r) THEN
				EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', r);
			END IF;
		END LOOP;
		EXECUTE format('GRANT waspool_doors TO %I', current_user);
	EXCEPTION WHEN insufficient_privilege THEN
		SELECT string_agg(format('CREATE ROLE %I; ', m), '') INTO missing FROM unnest(ARRAY['waspool_member', 'waspool_processor', 'waspool_doors']) AS m
		WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = m);
		IF missing IS NOT NULL OR NOT pg_has_role(current_user, 'waspool_doors', 'MEMBER') THEN
			RAISE EXCEPTION 'the role % may not make the roles of an inbox', current_user
				USING ERRCODE = 'insufficient_privilege',
				HINT = format('as a superuser: %sGRANT waspool_doors TO %I; and then this again', missing, current_user);
		END IF;
	END;
END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO waspool_member, waspool_processor, waspool_doors;
DO $$
BEGIN
	EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;

-- Addresses and names that differ in small and capital letters only are one.
-- SQLite's NOCASE knows those of ASCII only.
CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);

-- Who writes in a workspace does it alone, until the transaction ends: so seq has
-- no gap, and nobody waits for somebody who waits for him.  Whoever writes takes
-- it first, those of several workspaces in ascending order; what follows here
-- takes it once more, which costs nothing then.  Lock 0 is shared by all who write
-- in workspaces, and taken alone by who has not said where (src/lib/sql/pgsql).
CREATE FUNCTION lock_workspace(workspace bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_advisory_xact_lock_shared(0), pg_advisory_xact_lock(workspace);
END $$;

-- One change that a client would want to hear of (changes.sql).
CREATE FUNCTION note_change(workspace bigint, what text, object bigint, conversation bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_advisory_xact_lock_shared(0), pg_advisory_xact_lock(workspace);
	-- In another statement, which sees what was committed meanwhile.
	INSERT INTO changes(workspace_id, seq, type, object_id, conversation_id)
	VALUES (workspace, (SELECT COALESCE(MAX(seq), 0) + 1 FROM changes WHERE workspace_id = workspace), what, object, conversation);
END $$;
