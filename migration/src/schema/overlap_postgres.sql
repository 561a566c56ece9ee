-- Locking the agent makes two transactions that insert for the same agent take turns, so that neither misses the other.
CREATE FUNCTION assignment_no_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM agent WHERE id = NEW.agent_id FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM assignment other
        WHERE other.agent_id = NEW.agent_id
          AND other.id <> NEW.id
          AND (NEW.last_day IS NULL OR other.first_day <= NEW.last_day)
          AND (other.last_day IS NULL OR other.last_day >= NEW.first_day)
    ) THEN
        RAISE EXCEPTION 'assignment overlaps another of the same agent' USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER assignment_no_overlap BEFORE INSERT OR UPDATE ON assignment
FOR EACH ROW EXECUTE FUNCTION assignment_no_overlap();
