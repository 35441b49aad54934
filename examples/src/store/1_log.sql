-- The log. An entry follows the last one, and stays as it was written.

CREATE TABLE log (
    id INTEGER PRIMARY KEY,
    schema INTEGER NOT NULL,
    checksum TEXT NOT NULL,
    json TEXT NOT NULL
) STRICT;

CREATE TRIGGER log_follows BEFORE INSERT ON log
WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM log)
BEGIN
    SELECT RAISE(ABORT, 'an entry must follow the last one');
END;

CREATE TRIGGER log_unchanged BEFORE UPDATE ON log
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only');
END;

CREATE TRIGGER log_kept BEFORE DELETE ON log
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only');
END;
