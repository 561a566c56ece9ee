-- Addresses of other programs that are told what happened, as Standard Webhooks describes it.
CREATE TABLE webhook (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    url @text NOT NULL,
    -- Of the address; what follows it may be a secret.
    host @text NOT NULL,
    -- What it is told of, parted by blanks.
    kinds @text NOT NULL,
    -- Signs what is sent, so it cannot be kept as a hash; the one before it signs beside it for a while.
    secret @text NOT NULL,
    old_secret @text,
    old_secret_until @time,
    created_at @time NOT NULL,
    -- Since when nothing arrived there.
    failing_since @time,
    disabled_at @time,
    removed_at @time,
    version @int NOT NULL,
    CHECK ((old_secret IS NULL) = (old_secret_until IS NULL))
) @table;

-- The outbox: written in the transaction of what it tells, sent afterwards.
CREATE TABLE notice (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    kind @key NOT NULL,
    -- A page's notice is shown in Merit only, to whoever has no e-mail address.
    channel @key NOT NULL CHECK (channel IN ('email', 'webhook', 'page')),
    account_id @int REFERENCES account (id),
    webhook_id @int REFERENCES webhook (id),
    -- Where it goes, as it was when it was written; empty once that is forgotten.
    address @text NOT NULL,
    language @text NOT NULL,
    -- The stable name of what it is about, such as a cycle's code.
    about @text NOT NULL,
    -- Of the one-time link it carries; gone when it has been sent.
    token @text,
    state @key NOT NULL CHECK (state IN ('waiting', 'sent', 'given_up')),
    attempts @int NOT NULL,
    next_try_at @time NOT NULL,
    -- Until when it is in a sender's hands; a sender that has not ended its attempt by then is lost.
    held_until @time,
    expires_at @time NOT NULL,
    last_problem @text,
    created_at @time NOT NULL,
    ended_at @time,
    CHECK ((channel = 'webhook') = (webhook_id IS NOT NULL)),
    CHECK ((channel <> 'webhook') = (account_id IS NOT NULL)),
    CHECK ((state <> 'waiting') = (ended_at IS NOT NULL)),
    CHECK (state = 'waiting' OR (token IS NULL AND held_until IS NULL))
) @table;
CREATE INDEX notice_waiting ON notice (channel, next_try_at) WHERE state = 'waiting';
CREATE INDEX notice_account ON notice (account_id, id);
