-- Every change, and every reading of pay or of another person's results. Only ever appended to. Each lane is a chain: `hash` covers the rest
-- of the row, and `previous` is the hash of the row before it in the lane. No reference to other tables: the log stands by itself.
CREATE TABLE audit_entry (
    lane @int NOT NULL,
    seq @int NOT NULL,
    public_id @uuid NOT NULL UNIQUE,
    at @time NOT NULL,
    actor @key NOT NULL,
    actor_account @int,
    act @key NOT NULL,
    subject_kind @key NOT NULL,
    subject @key NOT NULL,
    detail @text NOT NULL,
    before_digest @blob,
    after_digest @blob,
    request_id @uuid,
    reason @text,
    previous @blob NOT NULL,
    hash @blob NOT NULL,
    PRIMARY KEY (lane, seq)
) @clustered;
CREATE INDEX audit_entry_actor ON audit_entry (actor, public_id);
CREATE INDEX audit_entry_act ON audit_entry (act, public_id);
CREATE INDEX audit_entry_subject ON audit_entry (subject, public_id);

-- The last entry of each lane; zeros before the first. A writer holds a lane's row from here to its commit.
CREATE TABLE audit_head (
    lane @int PRIMARY KEY NOT NULL,
    seq @int NOT NULL,
    hash @blob NOT NULL
) @table;
