CREATE FUNCTION ruleset_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the content of a version of the rules never changes' USING ERRCODE = 'integrity_constraint_violation';
END;
$$;

CREATE TRIGGER ruleset_unchanged BEFORE UPDATE OR DELETE ON ruleset
FOR EACH ROW EXECUTE FUNCTION ruleset_unchanged();

CREATE FUNCTION rule_version_pinned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a version of the rules that a cycle pinned never changes' USING ERRCODE = 'integrity_constraint_violation';
END;
$$;

CREATE FUNCTION pinned_by_cycle(pinned TEXT) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM cycle WHERE cycle.ruleset_hash = pinned)
$$;

CREATE TRIGGER rule_version_pinned BEFORE UPDATE ON rule_version
FOR EACH ROW
WHEN ((NEW.hash <> OLD.hash OR NEW.state <> OLD.state OR NEW.effective_from IS DISTINCT FROM OLD.effective_from)
    AND pinned_by_cycle(OLD.hash))
EXECUTE FUNCTION rule_version_pinned();

CREATE FUNCTION cycle_keeps_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an appraised cycle keeps its rules' USING ERRCODE = 'integrity_constraint_violation';
END;
$$;

CREATE TRIGGER cycle_keeps_rules BEFORE UPDATE ON cycle
FOR EACH ROW WHEN (NEW.ruleset_hash <> OLD.ruleset_hash AND OLD.current_run_id IS NOT NULL)
EXECUTE FUNCTION cycle_keeps_rules();
