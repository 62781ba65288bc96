-- The search: words that a program made (src/inbox/words), as SQLite's FTS5 has
-- them, in tables of their own, which the processor writes behind the drain.  A
-- word begins with whose it is, so no index gives anybody a row of others; whoever
-- looks, looks through a function (members.sql), since under row level security
-- no index of words is used.

CREATE TABLE message_words (
	id		bigint NOT NULL PRIMARY KEY,	-- of the row, which may go to another workspace
	workspace_id	bigint NOT NULL,
	words		tsvector NOT NULL
);
CREATE TABLE conversation_words (LIKE message_words INCLUDING INDEXES);
CREATE TABLE contact_words (LIKE message_words INCLUDING INDEXES);
CREATE TABLE conversation_digits (LIKE message_words INCLUDING INDEXES);
CREATE TABLE contact_digits (LIKE message_words INCLUDING INDEXES);

CREATE INDEX message_words_words ON message_words USING gin (words);
CREATE INDEX conversation_words_words ON conversation_words USING gin (words);
CREATE INDEX contact_words_words ON contact_words USING gin (words);
CREATE INDEX conversation_digits_words ON conversation_digits USING gin (words);
CREATE INDEX contact_digits_words ON contact_digits USING gin (words);

-- New words wait in a list of each index, of some megabytes, which every search reads
-- through: the processor has it emptied when nothing else is to be done.  As the owner.
CREATE FUNCTION tidy_words() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	RETURN gin_clean_pending_list('message_words_words') + gin_clean_pending_list('conversation_words_words')
		+ gin_clean_pending_list('contact_words_words') + gin_clean_pending_list('conversation_digits_words')
		+ gin_clean_pending_list('contact_digits_words');
END $$;

-- All of them, at once, to be made anew: also what was deleted is gone then from their
-- pages.  As the owner.
CREATE FUNCTION empty_words() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	TRUNCATE message_words, conversation_words, contact_words, conversation_digits, contact_digits;
END $$;

INSERT INTO search_indexed VALUES ('message', 0, 0, 0, NULL, 1), ('conversation', 0, 0, 0, NULL, 1), ('contact', 0, 0, 0, NULL, 1);

-- Whether a row with this id has its words there already.
CREATE FUNCTION has_words(what text, row_id bigint) RETURNS boolean STABLE LANGUAGE sql AS $$
	SELECT EXISTS (SELECT 1 FROM search_indexed WHERE kind = what AND row_id BETWEEN from_id AND upto_id)
$$;

-- What the words of a conversation, and of a contact, are made of.
CREATE FUNCTION words_of_conversation(profile_name text, username text, phone_book_name text) RETURNS text IMMUTABLE LANGUAGE sql AS $$
	SELECT COALESCE(profile_name || COALESCE(chr(10) || username, '') || COALESCE(chr(10) || phone_book_name, ''), phone_book_name)
$$;
CREATE FUNCTION words_of_contact(name text, email text, username text) RETURNS text IMMUTABLE LANGUAGE sql AS $$
	SELECT name || chr(10) || COALESCE(email, '') || COALESCE(chr(10) || username, '')
$$;

-- The first of several changes counts: later ones never were in the index.
CREATE FUNCTION contact_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF has_words('contact', old.id) THEN
		INSERT INTO search_stale(kind, id, workspace_id, text, phone)
		VALUES ('contact', old.id, old.workspace_id, words_of_contact(old.name, old.email, old.username), old.phone)
		ON CONFLICT DO NOTHING;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER contact_stale AFTER UPDATE OF name, email, username, phone, workspace_id ON contacts FOR EACH ROW
WHEN (old.name IS DISTINCT FROM new.name OR old.email IS DISTINCT FROM new.email OR old.username IS DISTINCT FROM new.username
	OR old.phone IS DISTINCT FROM new.phone OR old.workspace_id <> new.workspace_id)
EXECUTE FUNCTION contact_stale();
CREATE TRIGGER contact_stale_gone AFTER DELETE ON contacts FOR EACH ROW EXECUTE FUNCTION contact_stale();

-- One that comes back under its old id has no words, and is not behind upto_id.
CREATE FUNCTION contact_stale_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF has_words('contact', new.id) THEN
		INSERT INTO search_stale(kind, id, workspace_id) VALUES ('contact', new.id, new.workspace_id) ON CONFLICT DO NOTHING;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER contact_stale_again AFTER INSERT ON contacts FOR EACH ROW EXECUTE FUNCTION contact_stale_again();
