-- Where each agent's result stands, from the beginning of the review on.
CREATE TABLE agent_result (
    cycle_id @int NOT NULL REFERENCES cycle (id),
    agent_id @int NOT NULL REFERENCES agent (id),
    employee_number @key NOT NULL,
    unit_id @int NOT NULL,
    state @key NOT NULL,
    -- The run whose result stands, where that is a revision of this agent alone; else it is the cycle's.
    revised_run_id @int REFERENCES run (id),
    -- The run whose payout is paid, where that is a revision of before the cycle was final; later ones are paid as adjustments.
    paid_run_id @int REFERENCES run (id),
    reviewed_at @time,
    published_at @time,
    acknowledged_at @time,
    -- False where the time for it passed.
    acknowledged_by_agent @bool,
    acknowledged_comment @text,
    PRIMARY KEY (cycle_id, agent_id)
) @clustered;
CREATE UNIQUE INDEX agent_result_employee ON agent_result (cycle_id, employee_number);
CREATE INDEX agent_result_unit ON agent_result (cycle_id, unit_id, state);
CREATE INDEX agent_result_published ON agent_result (cycle_id, published_at);
-- The few that lists take from another run.
CREATE INDEX agent_result_revised ON agent_result (cycle_id, employee_number, agent_id, revised_run_id)
    WHERE revised_run_id IS NOT NULL;
CREATE INDEX agent_result_paid ON agent_result (cycle_id, employee_number, agent_id, paid_run_id)
    WHERE paid_run_id IS NOT NULL;

-- How many results of each unit are in each state. Triggers keep it, so that nobody counts a company's results to see how far it is.
CREATE TABLE agent_result_count (
    cycle_id @int NOT NULL REFERENCES cycle (id),
    unit_id @int NOT NULL,
    state @key NOT NULL,
    results @int NOT NULL,
    PRIMARY KEY (cycle_id, unit_id, state)
) @clustered;

-- What one person writes about another, or about themselves: answers on the items of a form, and a comment. Answers count as ratings once they
-- are handed in.
CREATE TABLE review (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    cycle_id @int NOT NULL REFERENCES cycle (id),
    agent_id @int NOT NULL REFERENCES agent (id),
    rater_id @int NOT NULL REFERENCES agent (id),
    rater_group @key NOT NULL,
    -- The form of the agent's card; none where nobody judges by it.
    form @key,
    state @key NOT NULL,
    -- Item to value and comment, as JSON.
    answers @text NOT NULL,
    comment @text NOT NULL,
    -- Counts every saving.
    version @int NOT NULL,
    invited_at @time,
    saved_at @time NOT NULL,
    submitted_at @time,
    CHECK (rater_group IN ('supervisor', 'peer', 'subordinate', 'self')),
    CHECK ((rater_group = 'self') = (rater_id = agent_id)),
    CHECK (state IN ('invited', 'draft', 'submitted', 'declined'))
) @table;
CREATE UNIQUE INDEX review_of ON review (cycle_id, agent_id, rater_id);
CREATE INDEX review_by ON review (rater_id, cycle_id);
