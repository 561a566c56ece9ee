CREATE TABLE source (
    id @id,
    name @key NOT NULL UNIQUE
) @table;

CREATE TABLE metric (
    id @id,
    code @key NOT NULL UNIQUE
) @table;

CREATE TABLE segment (
    id @id,
    name @key NOT NULL UNIQUE
) @table;

-- A source's facts of one agent in one month, packed day by day (src/store/facts/sheet.rs), and beside them the month's sums, derived
-- from the days: pooling a quarter reads three small rows an agent instead of hundreds of facts. Months count from year 0.
-- No foreign keys here: look-ups would cost more than the row. The store writes facts only with ids it has just read in the same
-- transaction, and nothing deletes agents, metrics, segments or sources.
CREATE TABLE fact_days (
    source_id @int NOT NULL,
    month @int NOT NULL,
    agent_id @int NOT NULL,
    facts @blob NOT NULL,
    PRIMARY KEY (source_id, month, agent_id)
) @clustered;

CREATE TABLE fact_sums (
    source_id @int NOT NULL,
    month @int NOT NULL,
    agent_id @int NOT NULL,
    sums @blob NOT NULL,
    PRIMARY KEY (source_id, month, agent_id)
) @clustered;

CREATE TABLE pull (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    source_id @int NOT NULL REFERENCES source (id),
    state @text NOT NULL,
    started_at @time NOT NULL,
    finished_at @time,
    from_day @int,
    to_day @int,
    rows_read @int NOT NULL,
    rows_used @int NOT NULL,
    rows_superseded @int NOT NULL,
    rows_deleted @int NOT NULL,
    rows_set_aside @int NOT NULL,
    facts_added @int NOT NULL,
    facts_changed @int NOT NULL,
    facts_removed @int NOT NULL,
    error @text,
    CHECK (state IN ('running', 'complete', 'failed'))
) @table;
CREATE INDEX pull_source ON pull (source_id, id);

CREATE TABLE pull_reason (
    pull_id @int NOT NULL REFERENCES pull (id),
    reason @key NOT NULL,
    row_count @int NOT NULL,
    PRIMARY KEY (pull_id, reason)
) @clustered;

CREATE TABLE pull_rejected (
    pull_id @int NOT NULL REFERENCES pull (id),
    seq @int NOT NULL,
    file @text NOT NULL,
    line @int,
    reason @text NOT NULL,
    detail @text NOT NULL,
    content @text NOT NULL,
    PRIMARY KEY (pull_id, seq)
) @clustered;
