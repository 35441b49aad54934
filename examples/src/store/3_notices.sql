-- A notification for each notice, instead of one for each entry: an entry may give several, or none. What waited in the
-- table of before is told anew by the program, which then drops that table.

DROP INDEX outbox_undelivered;

ALTER TABLE outbox RENAME TO outbox_of_entries;

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    entry INTEGER NOT NULL,
    notice TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    delivered_at TEXT
) STRICT;

CREATE INDEX outbox_undelivered ON outbox (id) WHERE delivered_at IS NULL;
