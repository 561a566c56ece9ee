-- Files of the roster, of ratings and of figures that people upload, between the preview and what came of it; cleared away soon.
CREATE TABLE roster_upload (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    account_id @int NOT NULL REFERENCES account (id),
    kind @text NOT NULL CHECK (kind IN ('roster', 'leave', 'ratings', 'figures')),
    -- Whose ratings they are.
    cycle_id @int REFERENCES cycle (id),
    name @text NOT NULL,
    content @blob NOT NULL,
    -- Digest of the roster and the leave that the preview was made from.
    seen @text NOT NULL,
    -- JSON.
    report @text NOT NULL,
    made_at @time NOT NULL,
    -- When it was taken in.
    done_at @time
) @table;
CREATE INDEX roster_upload_account ON roster_upload (account_id);
