-- The spool: every delivery as it came, on the disk of the node that took it
-- in.  webhook-ingest appends; the processor reads, and deletes what is old.
-- Which deliveries have been applied stands in the inbox (spool_cursors,
-- held), in the same transaction as their effects.

-- One row: whose spool this is.  The name is random, so that a spool that
-- was lost and made anew is not mistaken for the old one, whose ids it would
-- give again.
CREATE TABLE spool (
	node		TEXT NOT NULL,
	created_at	INTEGER NOT NULL	-- unix seconds, as all times
) STRICT;

-- Ids grow in the order of commits, so whoever reads id > cursor misses
-- nothing.  They are not AUTOINCREMENT, which would write a second table with
-- every row: instead the newest row is never deleted.
CREATE TABLE deliveries (
	id		INTEGER PRIMARY KEY,
	received_at	INTEGER NOT NULL,
	remote		TEXT NOT NULL,		-- the client's address
	credential	TEXT NOT NULL,		-- what let it in: its kind and place, never itself
	body_len	INTEGER NOT NULL,	-- bytes
	body		BLOB NOT NULL		-- as received
) STRICT;
