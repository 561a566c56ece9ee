-- People and programs that use Merit. A person may be an agent of the roster; logins are lower case.
CREATE TABLE account (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    kind @text NOT NULL CHECK (kind IN ('person', 'client')),
    login @key NOT NULL UNIQUE,
    name @text NOT NULL,
    agent_id @int UNIQUE REFERENCES agent (id),
    password_hash @text,
    created_at @time NOT NULL,
    disabled_at @time,
    email @text,
    -- Of what is sent to them.
    language @text NOT NULL DEFAULT 'en',
    -- Notices they wish for besides those that everybody gets, parted by blanks.
    wishes @text NOT NULL DEFAULT '',
    -- Counts changes, so that two people never overwrite each other.
    version @int NOT NULL
) @table;

-- A role for a unit and everything below it, or for the whole organisation. Never deleted: revoked.
CREATE TABLE access_grant (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    account_id @int NOT NULL REFERENCES account (id),
    role @text NOT NULL,
    unit_id @int REFERENCES unit (id),
    with_pay @bool NOT NULL,
    first_day @int NOT NULL,
    last_day @int,
    created_at @time NOT NULL,
    revoked_at @time,
    -- The issuer whose claims ask for it; absent when somebody gave it. Such a grant counts only in sessions begun there.
    origin @key
) @table;
CREATE INDEX access_grant_account ON access_grant (account_id);
-- What claims ask for is there once, also when somebody signs in twice at the same time.
CREATE UNIQUE INDEX access_grant_claimed ON access_grant (account_id, origin, role, COALESCE(unit_id, 0), with_pay)
    WHERE origin IS NOT NULL AND revoked_at IS NULL;

-- Who an account is at a provider of OpenID Connect: issuers never give a subject to somebody else.
CREATE TABLE linked_identity (
    id @id,
    account_id @int NOT NULL REFERENCES account (id),
    issuer @key NOT NULL,
    subject @key NOT NULL,
    created_at @time NOT NULL,
    UNIQUE (issuer, subject),
    UNIQUE (account_id, issuer)
) @table;

-- What a program shows instead of a password, kept as a hash: a token as it is, a secret to be exchanged for access tokens, or such an
-- access token. `acts` are what it is for, parted by blanks; all when absent.
CREATE TABLE api_token (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    account_id @int NOT NULL REFERENCES account (id),
    name @text NOT NULL,
    kind @text NOT NULL CHECK (kind IN ('token', 'secret', 'access')),
    hash @key NOT NULL UNIQUE,
    acts @text,
    created_at @time NOT NULL,
    expires_at @time,
    last_used_at @time,
    revoked_at @time
) @table;
CREATE INDEX api_token_account ON api_token (account_id);

-- Answers to requests that carried an Idempotency-Key, for a day. Without a status the request is still under way.
CREATE TABLE kept_answer (
    account_id @int NOT NULL REFERENCES account (id),
    request_key @key NOT NULL,
    fingerprint @text NOT NULL,
    claimed_at @time NOT NULL,
    status @int,
    headers @text,
    body @blob,
    PRIMARY KEY (account_id, request_key)
) @table;
CREATE INDEX kept_answer_age ON kept_answer (claimed_at);
