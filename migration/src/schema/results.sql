-- What a run found, one row an agent: the columns that lists and sums read, and the whole working packed in one.
-- Rows are written, replayed and looked back at in order of agent, and listed in order of employee number.
-- Wide rows are not clustered: on SQLite a clustered table would push them out of its pages.
-- A run's results are written while its row is held, so that none is without its run.
CREATE TABLE scorecard (
    run_id @int NOT NULL,
    agent_id @int NOT NULL,
    public_id @uuid NOT NULL,
    employee_number @key NOT NULL,
    unit_id @int NOT NULL,
    post @key NOT NULL,
    card @text NOT NULL,
    state @text NOT NULL,
    total @int,
    printed @int,
    rating @key,
    working @blob NOT NULL,
    PRIMARY KEY (run_id, agent_id)
) @table;
CREATE UNIQUE INDEX scorecard_employee ON scorecard (run_id, employee_number);
-- With what is counted, so that counting ratings and states does not touch the workings.
CREATE INDEX scorecard_unit ON scorecard (run_id, unit_id, employee_number, card, rating, state);
CREATE INDEX scorecard_rating ON scorecard (run_id, rating, employee_number, state, card);
-- The few without a score: those that wait for something, and those that there is nothing to score of.
CREATE INDEX scorecard_unscored ON scorecard (run_id, state, employee_number) WHERE state <> 'scored';
CREATE INDEX scorecard_score ON scorecard (run_id, printed, employee_number);

CREATE TABLE payout (
    run_id @int NOT NULL,
    agent_id @int NOT NULL,
    public_id @uuid NOT NULL,
    employee_number @key NOT NULL,
    unit_id @int NOT NULL,
    plan @text NOT NULL,
    withheld @text,
    amount_minor @int NOT NULL,
    currency @text NOT NULL,
    working @blob NOT NULL,
    PRIMARY KEY (run_id, agent_id)
) @table;
CREATE UNIQUE INDEX payout_employee ON payout (run_id, employee_number);
-- With the amounts, so that adding them up does not touch the workings.
CREATE INDEX payout_unit ON payout (run_id, unit_id, employee_number, currency, withheld, amount_minor);

CREATE TABLE improvement_plan (
    run_id @int NOT NULL,
    agent_id @int NOT NULL,
    public_id @uuid NOT NULL,
    employee_number @key NOT NULL,
    unit_id @int NOT NULL,
    state @text NOT NULL,
    starts @int NOT NULL,
    due @int NOT NULL,
    check_ins @int NOT NULL,
    working @blob NOT NULL,
    PRIMARY KEY (run_id, agent_id)
) @table;
CREATE UNIQUE INDEX improvement_plan_employee ON improvement_plan (run_id, employee_number);
CREATE INDEX improvement_plan_unit ON improvement_plan (run_id, unit_id, employee_number);
