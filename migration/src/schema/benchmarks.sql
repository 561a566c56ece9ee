-- What everybody reached together in the period before a cycle, by metric and segment, frozen when the cycle opened: what indexes
-- are measured against. The empty segment holds all segments together.
CREATE TABLE cycle_benchmark (
    cycle_id @int NOT NULL REFERENCES cycle (id),
    metric @key NOT NULL,
    segment @key NOT NULL,
    numerator @int NOT NULL,
    denominator @int NOT NULL,
    samples @int NOT NULL,
    PRIMARY KEY (cycle_id, metric, segment)
) @clustered;
