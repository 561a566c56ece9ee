-- Locking the agent makes two transactions that insert for the same agent take turns, so that neither misses the other.
CREATE FUNCTION absence_no_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM agent WHERE id = NEW.agent_id FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM absence other
        WHERE other.agent_id = NEW.agent_id
          AND other.first_day <= NEW.last_day
          AND other.last_day >= NEW.first_day
          AND NOT (TG_OP = 'UPDATE' AND other.agent_id = OLD.agent_id AND other.first_day = OLD.first_day)
    ) THEN
        RAISE EXCEPTION 'absence overlaps another of the same agent' USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER absence_no_overlap BEFORE INSERT OR UPDATE ON absence
FOR EACH ROW EXECUTE FUNCTION absence_no_overlap();
