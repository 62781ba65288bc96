#!/bin/sh
# A copy of a database by .clone, of sqlite3's shell.
#
# Guess:     the copy has what the original has; a table that cannot be copied ends it with a status
#            that is not 0, at least with -bail.
# Source:    sqlite3's .help clone (data of the database into a new one, in other words); sqlite3(1), -bail
#            (stop after an error).
# Versions:  Debian 12: sqlite3 3.40.1-2+deb12u2.
# Behaviour: a table with generated columns stays empty ("has 2 columns but 3 values were supplied",
#            among the lines of all other tables), the status is 0 with -bail too.  user_version
#            and application_id are 0.  .save, .backup, VACUUM INTO and .dump have the rows; of these
#            .dump alone has no user_version either.
# Seen:      see below
# Matters:   conversations are such a table: the copy of an inbox has messages and no conversations, and
#            names no version of its schema.  Use "waspool backup"; by hand .save.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
sqlite3 inbox "
    PRAGMA user_version = 6;
    CREATE TABLE conversations(id INTEGER PRIMARY KEY, last_in INTEGER,
        window_ends INTEGER AS (last_in + 86400));
    CREATE TABLE messages(id INTEGER PRIMARY KEY, body TEXT);
    INSERT INTO conversations(last_in) VALUES (1), (2);
    INSERT INTO messages(body) VALUES ('one');"
copy() {
	status=0
	sqlite3 -bail inbox "$2" >said 2>&1 || status=$?
	[ "$1" != .dump ] || sqlite3 -bail copy-.dump <said
	echo "$1: status $status, $(sqlite3 "copy-$1" "
	    SELECT (SELECT count(*) FROM conversations) || ' conversations, ' ||
	        (SELECT count(*) FROM messages) || ' messages, version ' || user_version
	    FROM pragma_user_version")"
}
{
	copy .clone ".clone copy-.clone"
	grep -o '[0-9]* columns but [0-9]* values' said
	copy .save ".save copy-.save"
	copy .backup ".backup copy-.backup"
	copy VACUUM "VACUUM INTO 'copy-VACUUM'"
	copy .dump .dump
} >seen
cat >expected <<'SEEN'
.clone: status 0, 0 conversations, 1 messages, version 0
2 columns but 3 values
.save: status 0, 2 conversations, 1 messages, version 6
.backup: status 0, 2 conversations, 1 messages, version 6
VACUUM: status 0, 2 conversations, 1 messages, version 6
.dump: status 0, 2 conversations, 1 messages, version 0
SEEN
diff expected seen && echo "as found"
