-- Leave: days on which an agent was assigned and not there.
CREATE TABLE absence (
    agent_id @int NOT NULL REFERENCES agent (id),
    first_day @int NOT NULL,
    last_day @int NOT NULL,
    kind @text NOT NULL,
    PRIMARY KEY (agent_id, first_day),
    CHECK (last_day >= first_day)
) @clustered;

-- Who is not appraised in a cycle by somebody's decision. A decision that was lifted stays, with who lifted it and when.
CREATE TABLE exemption (
    id @id,
    cycle_id @int NOT NULL REFERENCES cycle (id),
    agent_id @int NOT NULL REFERENCES agent (id),
    reason @text NOT NULL,
    note @text NOT NULL,
    -- An operator by name, anybody else by account.
    granted_by @text,
    granted_by_account @int REFERENCES account (id),
    granted_at @time NOT NULL,
    lifted_by @text,
    lifted_by_account @int REFERENCES account (id),
    lifted_at @time,
    CHECK ((granted_by IS NULL) <> (granted_by_account IS NULL)),
    CHECK (lifted_by IS NULL OR lifted_by_account IS NULL),
    CHECK ((lifted_by IS NULL AND lifted_by_account IS NULL) = (lifted_at IS NULL))
) @table;
CREATE UNIQUE INDEX exemption_standing ON exemption (cycle_id, agent_id) WHERE lifted_at IS NULL;
