-- What was done with a cycle as a whole, in order; never changed. digest names what was shown for approval or approved, sheet is that in JSON.
CREATE TABLE cycle_event (
    id @id,
    cycle_id @int NOT NULL REFERENCES cycle (id),
    act @text NOT NULL,
    from_state @text NOT NULL,
    to_state @text NOT NULL,
    at @time NOT NULL,
    -- An operator by name, anybody else by account.
    actor @text,
    account_id @int REFERENCES account (id),
    run_id @int REFERENCES run (id),
    reason @text,
    digest @key,
    sheet @text,
    -- Codes of the units that were published, as JSON; absent for all that was left.
    units @text,
    CHECK ((actor IS NULL) <> (account_id IS NULL))
) @table;
CREATE INDEX cycle_event_cycle ON cycle_event (cycle_id, id);
