-- What stands beside the log: settings, notifications to be sent, and what a compaction took out.

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Numbers are not used again, so that a late mark cannot hit another notification.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    entry INTEGER NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    delivered_at TEXT
) STRICT;

CREATE INDEX outbox_undelivered ON outbox (id) WHERE delivered_at IS NULL;

CREATE TABLE archive (
    id INTEGER PRIMARY KEY,
    schema INTEGER NOT NULL,
    checksum TEXT NOT NULL,
    json TEXT NOT NULL
) STRICT;

CREATE TRIGGER archive_unchanged BEFORE UPDATE ON archive
BEGIN
    SELECT RAISE(ABORT, 'the archive is append-only');
END;

CREATE TRIGGER archive_kept BEFORE DELETE ON archive
BEGIN
    SELECT RAISE(ABORT, 'the archive is append-only');
END;

-- The snapshots that stand for whatever was before them. Only that may be deleted from the log.
CREATE TABLE compactions (
    snapshot INTEGER PRIMARY KEY
) STRICT;

CREATE TRIGGER compactions_need_a_snapshot BEFORE INSERT ON compactions
WHEN NOT EXISTS (
    SELECT 1 FROM log WHERE id = NEW.snapshot AND json_type(json, '$.body.snapshot') = 'object'
)
BEGIN
    SELECT RAISE(ABORT, 'only a snapshot stands for the entries before it');
END;

DROP TRIGGER log_kept;

CREATE TRIGGER log_kept BEFORE DELETE ON log
WHEN OLD.id >= (SELECT coalesce(max(snapshot), 0) FROM compactions)
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only');
END;
