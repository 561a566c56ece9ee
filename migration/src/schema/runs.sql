CREATE TABLE cycle (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    code @key NOT NULL UNIQUE,
    kind @key NOT NULL,
    first_day @int NOT NULL,
    last_day @int NOT NULL,
    state @text NOT NULL,
    ruleset_hash @key NOT NULL REFERENCES ruleset (hash),
    current_run_id @int,
    CHECK (last_day >= first_day)
) @table;
CREATE INDEX cycle_days ON cycle (kind, first_day);

CREATE TABLE run (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    cycle_id @int NOT NULL REFERENCES cycle (id),
    revision @int NOT NULL,
    state @text NOT NULL,
    ruleset_hash @key NOT NULL REFERENCES ruleset (hash),
    engine_version @text NOT NULL,
    snapshot_hash @text,
    result_hash @text,
    history_run_ids @text NOT NULL,
    started_at @time NOT NULL,
    finished_at @time,
    agents @int NOT NULL,
    UNIQUE (cycle_id, revision),
    CHECK (state IN ('running', 'complete', 'failed'))
) @table;

-- The snapshot of a run: scoring and replay read these three tables, never the live facts or roster.
CREATE TABLE run_unit (
    run_id @int NOT NULL REFERENCES run (id),
    unit_id @int NOT NULL,
    parent_id @int,
    code @key NOT NULL,
    PRIMARY KEY (run_id, unit_id)
) @clustered;

CREATE TABLE run_stretch (
    run_id @int NOT NULL REFERENCES run (id),
    agent_id @int NOT NULL,
    stretch @int NOT NULL,
    unit_id @int NOT NULL,
    post @key NOT NULL,
    first_day @int NOT NULL,
    last_day @int NOT NULL,
    fte @int NOT NULL,
    target_minor @int NOT NULL,
    currency @text NOT NULL,
    employee_number @key NOT NULL,
    PRIMARY KEY (run_id, agent_id, stretch)
) @clustered;

CREATE TABLE run_fact (
    run_id @int NOT NULL,
    agent_id @int NOT NULL,
    stretch @int NOT NULL,
    metric_id @int NOT NULL,
    segment_id @int NOT NULL,
    numerator @int NOT NULL,
    denominator @int NOT NULL,
    samples @int NOT NULL,
    PRIMARY KEY (run_id, agent_id, stretch, metric_id, segment_id)
) @clustered;
