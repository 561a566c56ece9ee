-- The content of a version of the rules, by its hash; never changed, never deleted.
CREATE TABLE ruleset (
    hash @key NOT NULL PRIMARY KEY,
    canonical @text NOT NULL
) @table;

-- What is decided about a version: its name, whether it was checked, from which day it is in force.
CREATE TABLE rule_version (
    hash @key NOT NULL PRIMARY KEY REFERENCES ruleset (hash),
    number @int NOT NULL UNIQUE,
    name @key,
    note @text,
    state @text NOT NULL,
    created_at @time NOT NULL,
    checked_at @time,
    published_at @time,
    withdrawn_at @time,
    effective_from @int,
    CHECK (state IN ('draft', 'checked', 'published', 'withdrawn')),
    CHECK (state <> 'published' OR (published_at IS NOT NULL AND effective_from IS NOT NULL))
) @table;
CREATE UNIQUE INDEX rule_version_name ON rule_version (name) WHERE state <> 'withdrawn';
CREATE INDEX rule_version_effective ON rule_version (state, effective_from);
