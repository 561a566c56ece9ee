CREATE TRIGGER absence_no_overlap_insert BEFORE INSERT ON absence
WHEN EXISTS (
    SELECT 1 FROM absence other
    WHERE other.agent_id = NEW.agent_id
      AND other.first_day <= NEW.last_day
      AND other.last_day >= NEW.first_day
)
BEGIN
    SELECT RAISE(ABORT, 'absence overlaps another of the same agent');
END;

CREATE TRIGGER absence_no_overlap_update BEFORE UPDATE ON absence
WHEN EXISTS (
    SELECT 1 FROM absence other
    WHERE other.agent_id = NEW.agent_id
      AND NOT (other.agent_id = OLD.agent_id AND other.first_day = OLD.first_day)
      AND other.first_day <= NEW.last_day
      AND other.last_day >= NEW.first_day
)
BEGIN
    SELECT RAISE(ABORT, 'absence overlaps another of the same agent');
END;
