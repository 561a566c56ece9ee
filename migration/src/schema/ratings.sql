-- What somebody gave somebody on one item of a form in a cycle; value is a whole number of millionths. Nobody but the person
-- rated belongs to the group self.
CREATE TABLE rating (
    cycle_id @int NOT NULL REFERENCES cycle (id),
    agent_id @int NOT NULL REFERENCES agent (id),
    form @key NOT NULL,
    item @key NOT NULL,
    rater_id @int NOT NULL REFERENCES agent (id),
    rater_group @key NOT NULL,
    value @int NOT NULL,
    comment @text,
    entered_at @time NOT NULL,
    PRIMARY KEY (cycle_id, agent_id, form, item, rater_id),
    CHECK (rater_group IN ('supervisor', 'peer', 'subordinate', 'self')),
    CHECK ((rater_group = 'self') = (rater_id = agent_id))
) @clustered;
