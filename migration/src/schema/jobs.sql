-- Long work that somebody asked for. A worker holds a job while it is running, and says so again and again (heartbeat_at).
CREATE TABLE job (
    id @id,
    public_id @uuid NOT NULL UNIQUE,
    kind @key NOT NULL,
    -- JSON.
    arguments @text NOT NULL,
    -- What it works on: of one scope, one runs at a time.
    scope @key NOT NULL,
    state @key NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    -- Who asked: whoever runs Merit beside its database and a source's schedule by name, anybody else by account.
    asked_by @text,
    account_id @int REFERENCES account (id),
    -- The acts that the token in use was for, parted by blanks; all when absent.
    acts @text,
    asked_at @time NOT NULL,
    -- It is not begun before.
    not_before @time,
    started_at @time,
    finished_at @time,
    worker @text,
    heartbeat_at @time,
    attempts @int NOT NULL,
    cancel_asked_at @time,
    -- What is counted: bytes, rows or agents.
    counted @text,
    done @int NOT NULL,
    total @int,
    -- JSON: what it did, kept in the transaction that did it, so that nobody does it again.
    effect @text,
    -- JSON.
    result @text,
    problem_code @text,
    problem @text,
    -- The schedule that asked, and for which moment.
    source @key,
    due_at @time,
    CHECK ((asked_by IS NULL) <> (account_id IS NULL)),
    CHECK ((source IS NULL) = (due_at IS NULL)),
    CHECK ((state = 'running') = (worker IS NOT NULL AND heartbeat_at IS NOT NULL)),
    CHECK ((state IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL))
) @table;
CREATE UNIQUE INDEX job_running ON job (scope) WHERE state = 'running';
CREATE INDEX job_waiting ON job (id) WHERE state = 'queued';
-- Of several servers, one asks for what is due.
CREATE UNIQUE INDEX job_due ON job (source, due_at) WHERE due_at IS NOT NULL;

-- The file that a job made, for whoever asked for it.
CREATE TABLE job_file (
    job_id @int NOT NULL PRIMARY KEY REFERENCES job (id),
    name @text NOT NULL,
    media_type @text NOT NULL,
    sha256 @text NOT NULL,
    -- JSON: whom it tells of. Who may see less by now does not get it.
    reach @text NOT NULL,
    made_at @time NOT NULL
) @table;
CREATE TABLE job_file_part (
    job_id @int NOT NULL REFERENCES job_file (job_id),
    seq @int NOT NULL,
    content @blob NOT NULL,
    PRIMARY KEY (job_id, seq)
) @table;

-- That a source is overdue is told once, however many servers find it.
CREATE TABLE overdue_source (
    source @key NOT NULL PRIMARY KEY,
    -- When it was last pulled well before that; 'never' without a good pull.
    last_pull @text NOT NULL
) @table;
