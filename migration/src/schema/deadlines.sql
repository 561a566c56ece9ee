-- What a cycle's deadlines are counted by, where it is not Monday to Friday: the days a working calendar named when it was chosen, as JSON.
CREATE TABLE cycle_calendar (
    cycle_id @int NOT NULL PRIMARY KEY REFERENCES cycle (id),
    workdays @text NOT NULL
) @table;

-- Working days that a stage of a cycle has, where it is not the usual number.
CREATE TABLE cycle_deadline (
    cycle_id @int NOT NULL REFERENCES cycle (id),
    stage @key NOT NULL,
    working_days @int NOT NULL,
    PRIMARY KEY (cycle_id, stage)
) @clustered;
