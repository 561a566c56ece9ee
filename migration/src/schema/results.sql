CREATE TABLE scorecard (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    run_id @int NOT NULL REFERENCES run (id),
    agent_id @int NOT NULL,
    employee_number @key NOT NULL,
    unit_id @int NOT NULL,
    post @key NOT NULL,
    card @text NOT NULL,
    state @text NOT NULL,
    subtotal @int,
    total @int,
    printed @int,
    rating @key,
    judged @text,
    UNIQUE (run_id, agent_id)
) @table;
CREATE UNIQUE INDEX scorecard_employee ON scorecard (run_id, employee_number);
CREATE INDEX scorecard_unit ON scorecard (run_id, unit_id, employee_number);
CREATE INDEX scorecard_rating ON scorecard (run_id, rating, employee_number);

CREATE TABLE scorecard_line (
    scorecard_id @int NOT NULL REFERENCES scorecard (id) ON DELETE CASCADE,
    seq @int NOT NULL,
    metric_id @int NOT NULL,
    scope @text NOT NULL,
    state @text NOT NULL,
    treatment @text,
    treatment_points @int,
    numerator @int NOT NULL,
    denominator @int NOT NULL,
    samples @int NOT NULL,
    value @int,
    lower_bound @int,
    upper_bound @int,
    from_value @int,
    from_points @int,
    to_value @int,
    to_points @int,
    read_points @int,
    points @int,
    weight @int NOT NULL,
    effective_weight @int NOT NULL,
    contribution @int NOT NULL,
    PRIMARY KEY (scorecard_id, seq)
) @clustered;

CREATE TABLE scorecard_gate (
    scorecard_id @int NOT NULL REFERENCES scorecard (id) ON DELETE CASCADE,
    seq @int NOT NULL,
    metric_id @int NOT NULL,
    scope @text NOT NULL,
    value @int,
    samples @int NOT NULL,
    passed @bool,
    effect @text NOT NULL,
    reason_en @text NOT NULL,
    reason_zh @text NOT NULL,
    PRIMARY KEY (scorecard_id, seq)
) @clustered;

CREATE TABLE payout (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    run_id @int NOT NULL REFERENCES run (id),
    agent_id @int NOT NULL,
    employee_number @key NOT NULL,
    unit_id @int NOT NULL,
    plan @text NOT NULL,
    withheld @text,
    amount_minor @int NOT NULL,
    currency @text NOT NULL,
    UNIQUE (run_id, agent_id)
) @table;
CREATE UNIQUE INDEX payout_employee ON payout (run_id, employee_number);
CREATE INDEX payout_unit ON payout (run_id, unit_id, employee_number);

CREATE TABLE payout_step (
    payout_id @int NOT NULL REFERENCES payout (id) ON DELETE CASCADE,
    seq @int NOT NULL,
    kind @text NOT NULL,
    inputs @text NOT NULL,
    result @text NOT NULL,
    PRIMARY KEY (payout_id, seq)
) @clustered;

CREATE TABLE improvement_plan (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    run_id @int NOT NULL REFERENCES run (id),
    agent_id @int NOT NULL,
    employee_number @key NOT NULL,
    unit_id @int NOT NULL,
    state @text NOT NULL,
    starts @int NOT NULL,
    due @int NOT NULL,
    check_ins @int NOT NULL,
    UNIQUE (run_id, agent_id)
) @table;
CREATE UNIQUE INDEX improvement_plan_employee ON improvement_plan (run_id, employee_number);
CREATE INDEX improvement_plan_unit ON improvement_plan (run_id, unit_id, employee_number);

CREATE TABLE improvement_objective (
    plan_id @int NOT NULL REFERENCES improvement_plan (id) ON DELETE CASCADE,
    seq @int NOT NULL,
    metric_id @int NOT NULL,
    baseline @int NOT NULL,
    floor @int NOT NULL,
    target @int NOT NULL,
    due @int NOT NULL,
    course @text,
    periods_below @int NOT NULL,
    of_periods @int NOT NULL,
    PRIMARY KEY (plan_id, seq)
) @clustered;

CREATE TABLE api_token (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    name @text NOT NULL,
    hash @key NOT NULL UNIQUE,
    created_at @time NOT NULL,
    expires_at @time,
    last_used_at @time,
    revoked_at @time
) @table;
