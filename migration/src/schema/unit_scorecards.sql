-- What a run found for units: one row a unit whose kind a card measures; the columns that lists read, and the whole working packed.
CREATE TABLE unit_scorecard (
    run_id @int NOT NULL,
    code @key NOT NULL,
    unit_id @int NOT NULL,
    parent_id @int,
    kind @key NOT NULL,
    card @text NOT NULL,
    state @text NOT NULL,
    subtotal @int,
    total @int,
    printed @int,
    rating @key,
    working @blob NOT NULL,
    PRIMARY KEY (run_id, code)
) @table;
CREATE INDEX unit_scorecard_kind ON unit_scorecard (run_id, kind, code);
CREATE INDEX unit_scorecard_parent ON unit_scorecard (run_id, parent_id, code);
