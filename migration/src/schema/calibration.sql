-- Ratings proposed in place of calculated ones. Each is decided by a second person, or withdrawn by who proposed it; nothing else of a row changes.
CREATE TABLE calibration (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    cycle_id @int NOT NULL REFERENCES cycle (id),
    agent_id @int NOT NULL REFERENCES agent (id),
    -- What the results said when it was proposed; none below the first band.
    calculated @key,
    rating @key NOT NULL,
    reason @key NOT NULL,
    comment @text NOT NULL,
    state @text NOT NULL,
    -- An operator by name, anybody else by account.
    proposed_by @text,
    proposed_by_account @int REFERENCES account (id),
    proposed_at @time NOT NULL,
    decided_by @text,
    decided_by_account @int REFERENCES account (id),
    decided_at @time,
    decision_comment @text,
    CHECK (state IN ('proposed', 'confirmed', 'declined', 'withdrawn')),
    CHECK ((proposed_by IS NULL) <> (proposed_by_account IS NULL)),
    CHECK ((state = 'proposed') = (decided_at IS NULL))
) @table;
-- One a person at a time.
CREATE UNIQUE INDEX calibration_standing ON calibration (cycle_id, agent_id) WHERE state IN ('proposed', 'confirmed');
CREATE INDEX calibration_cycle ON calibration (cycle_id, id);
CREATE INDEX calibration_agent ON calibration (cycle_id, agent_id);
