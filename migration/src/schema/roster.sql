-- Days are whole numbers of days since 1970-01-01; columns named fte, numerator, denominator, value, points, weight and the
-- like are whole numbers of millionths; columns ending in _minor are whole minor units of their currency.

CREATE TABLE unit (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    code @key NOT NULL UNIQUE,
    name_en @text NOT NULL,
    name_zh @text NOT NULL,
    kind @text NOT NULL,
    parent_id @int REFERENCES unit (id)
) @table;
CREATE INDEX unit_parent ON unit (parent_id);

CREATE TABLE agent (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    employee_number @key NOT NULL UNIQUE,
    name @key NOT NULL,
    hired @int,
    left_on @int,
    attributes @text NOT NULL
) @table;
-- The people table: by name, and those who left, who are few among many or many among few.
CREATE INDEX agent_name ON agent (LOWER(name), employee_number);
CREATE INDEX agent_left ON agent (employee_number) WHERE left_on IS NOT NULL;
CREATE INDEX agent_left_name ON agent (LOWER(name), employee_number) WHERE left_on IS NOT NULL;

CREATE TABLE agent_alias (
    alias @key NOT NULL PRIMARY KEY,
    agent_id @int NOT NULL REFERENCES agent (id)
) @clustered;
CREATE INDEX agent_alias_agent ON agent_alias (agent_id);

CREATE TABLE assignment (
    id @id,
    agent_id @int NOT NULL REFERENCES agent (id),
    unit_id @int NOT NULL REFERENCES unit (id),
    post @key NOT NULL,
    first_day @int NOT NULL,
    last_day @int,
    fte @int NOT NULL,
    target_minor @int NOT NULL,
    currency @text NOT NULL,
    UNIQUE (agent_id, first_day),
    CHECK (last_day IS NULL OR last_day >= first_day)
) @table;
CREATE INDEX assignment_unit ON assignment (unit_id, agent_id);
