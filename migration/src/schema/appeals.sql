-- Runs whose results took the place of single agents' results after publication. What all agents have in common is that of the base run.
CREATE TABLE revision (
    run_id @int NOT NULL PRIMARY KEY REFERENCES run (id),
    base_run_id @int NOT NULL REFERENCES run (id),
    kind @text NOT NULL,
    reason @text NOT NULL,
    -- An operator by name, anybody else by account.
    actor @text,
    account_id @int REFERENCES account (id),
    CHECK (kind IN ('varied', 'corrected')),
    CHECK ((actor IS NULL) <> (account_id IS NULL))
) @table;
CREATE INDEX revision_base ON revision (base_run_id, run_id);

CREATE TABLE appeal (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    cycle_id @int NOT NULL REFERENCES cycle (id),
    agent_id @int NOT NULL REFERENCES agent (id),
    employee_number @key NOT NULL,
    unit_id @int NOT NULL,
    subject @key NOT NULL,
    -- The line it is about, and that line's metric.
    line @key,
    metric @key,
    grounds @text NOT NULL,
    state @key NOT NULL,
    raised_at @time NOT NULL,
    -- By when it should be decided.
    due @int NOT NULL,
    -- An operator by name, anybody else by account.
    assigned_to @text,
    assigned_account @int REFERENCES account (id),
    decided_by @text,
    decided_account @int REFERENCES account (id),
    decided_at @time,
    reason @text,
    -- The run whose result took the place of the one that was appealed.
    revision_run_id @int REFERENCES run (id),
    CHECK (subject IN ('line', 'rating', 'result')),
    CHECK ((subject = 'line') = (line IS NOT NULL)),
    CHECK (state IN ('open', 'upheld', 'varied', 'withdrawn')),
    CHECK ((state = 'open') = (decided_at IS NULL)),
    CHECK ((state = 'varied') = (revision_run_id IS NOT NULL))
) @table;
-- One a person at a time.
CREATE UNIQUE INDEX appeal_open ON appeal (cycle_id, agent_id) WHERE state = 'open';
CREATE INDEX appeal_cycle ON appeal (cycle_id, id);
CREATE INDEX appeal_agent ON appeal (agent_id, id);

-- Files handed in with an appeal.
CREATE TABLE appeal_evidence (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    appeal_id @int NOT NULL REFERENCES appeal (id),
    name @text NOT NULL,
    -- By content.
    media_type @text NOT NULL,
    bytes @int NOT NULL,
    sha256 @key NOT NULL,
    content @blob NOT NULL,
    added_at @time NOT NULL
) @table;
CREATE INDEX appeal_evidence_appeal ON appeal_evidence (appeal_id, id);

-- What corrections of final results change in pay, each posted in a cycle that is still open. Rows never change.
CREATE TABLE pay_adjustment (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    -- The cycle it is posted in, and the one it corrects.
    cycle_id @int NOT NULL REFERENCES cycle (id),
    of_cycle_id @int NOT NULL REFERENCES cycle (id),
    agent_id @int NOT NULL REFERENCES agent (id),
    employee_number @key NOT NULL,
    revision_run_id @int NOT NULL REFERENCES revision (run_id),
    amount_minor @int NOT NULL,
    currency @text NOT NULL,
    reason @text NOT NULL,
    posted_at @time NOT NULL,
    UNIQUE (revision_run_id, agent_id, currency),
    CHECK (amount_minor <> 0)
) @table;
CREATE INDEX pay_adjustment_cycle ON pay_adjustment (cycle_id, id);
CREATE INDEX pay_adjustment_agent ON pay_adjustment (agent_id, id);
