CREATE TRIGGER ruleset_unchanged BEFORE UPDATE ON ruleset
BEGIN
    SELECT RAISE(ABORT, 'the content of a version of the rules never changes');
END;

CREATE TRIGGER ruleset_kept BEFORE DELETE ON ruleset
BEGIN
    SELECT RAISE(ABORT, 'the content of a version of the rules is never deleted');
END;

CREATE TRIGGER rule_version_pinned BEFORE UPDATE ON rule_version
WHEN (NEW.hash <> OLD.hash OR NEW.state <> OLD.state OR NEW.effective_from IS NOT OLD.effective_from)
 AND EXISTS (SELECT 1 FROM cycle WHERE cycle.ruleset_hash = OLD.hash)
BEGIN
    SELECT RAISE(ABORT, 'a version of the rules that a cycle pinned never changes');
END;

CREATE TRIGGER cycle_keeps_rules BEFORE UPDATE ON cycle
WHEN NEW.ruleset_hash <> OLD.ruleset_hash AND OLD.current_run_id IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'an appraised cycle keeps its rules');
END;
