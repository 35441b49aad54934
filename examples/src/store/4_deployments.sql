-- Quick jobs that install the agent, one row for each try. A row is written before its job is sent: without a job it may
-- have been started, and nobody has looked yet.

CREATE TABLE deployments (
    mark TEXT PRIMARY KEY,
    tenant TEXT NOT NULL,
    site TEXT NOT NULL,
    device TEXT NOT NULL,
    device_name TEXT NOT NULL,
    component TEXT NOT NULL,
    tried_by TEXT NOT NULL,
    tried_at TEXT NOT NULL,
    job TEXT,
    outcome TEXT,
    reason TEXT,
    ended_at TEXT,
    CHECK ((outcome IS NULL) = (ended_at IS NULL))
) STRICT, WITHOUT ROWID;

-- No device has two jobs at a time.
CREATE UNIQUE INDEX deployments_under_way ON deployments (tenant, device) WHERE ended_at IS NULL;
