-- Sessions of people in the pages, known by the hash of the cookie's token. Ended, not deleted.
CREATE TABLE session (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    account_id @int NOT NULL REFERENCES account (id),
    hash @key NOT NULL UNIQUE,
    created_at @time NOT NULL,
    last_seen_at @time NOT NULL,
    expires_at @time NOT NULL,
    ended_at @time,
    -- The issuer by way of which it began; absent when it was a password.
    origin @key
) @table;
CREATE INDEX session_account ON session (account_id);

-- Links with which a person sets a password, known by hash. They end when they are used or a newer one takes their place.
CREATE TABLE one_time_link (
    id @id,
    account_id @int NOT NULL REFERENCES account (id),
    hash @key NOT NULL UNIQUE,
    purpose @text NOT NULL CHECK (purpose IN ('invite', 'reset')),
    created_at @time NOT NULL,
    expires_at @time NOT NULL,
    ended_at @time
) @table;
CREATE INDEX one_time_link_account ON one_time_link (account_id);

-- Tries to sign in that failed, by login and by client address. Both are hashed: some type their password where the login belongs.
CREATE TABLE sign_in_failure (
    subject @key PRIMARY KEY,
    failures @int NOT NULL,
    last_at @time NOT NULL,
    blocked_until @time
) @clustered;
CREATE INDEX sign_in_failure_last ON sign_in_failure (last_at);
