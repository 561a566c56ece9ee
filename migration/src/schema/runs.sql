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
    -- The run whose snapshot of the facts every scoring takes over until they are frozen anew.
    frozen_run_id @int,
    -- Counts what people judged and decided that a scoring reads: ratings, exemptions, calibrated ratings.
    inputs_version @int NOT NULL,
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
    -- The cycle's inputs_version when the run read what people judged and decided.
    inputs_version @int NOT NULL,
    UNIQUE (cycle_id, revision),
    CHECK (state IN ('running', 'frozen', 'complete', 'failed'))
) @table;

-- The snapshot of a run: scoring and replay read these two tables, never the live facts or roster.
CREATE TABLE run_unit (
    run_id @int NOT NULL REFERENCES run (id),
    unit_id @int NOT NULL,
    parent_id @int,
    code @key NOT NULL,
    kind @text NOT NULL,
    -- Packed: the points that lines of the unit's card had in the cycle before.
    carried @blob,
    PRIMARY KEY (run_id, unit_id)
) @clustered;
CREATE INDEX run_unit_parent ON run_unit (run_id, parent_id);

-- Everything a run knows of one agent, packed: stretches of assignments, facts pooled over them, values of earlier cycles.
CREATE TABLE run_agent (
    run_id @int NOT NULL REFERENCES run (id),
    agent_id @int NOT NULL,
    employee_number @key NOT NULL,
    unit_id @int NOT NULL,
    snapshot @blob NOT NULL,
    PRIMARY KEY (run_id, agent_id)
) @clustered;
