CREATE TRIGGER assignment_no_overlap_insert BEFORE INSERT ON assignment
WHEN EXISTS (
    SELECT 1 FROM assignment other
    WHERE other.agent_id = NEW.agent_id
      AND other.id <> NEW.id
      AND (NEW.last_day IS NULL OR other.first_day <= NEW.last_day)
      AND (other.last_day IS NULL OR other.last_day >= NEW.first_day)
)
BEGIN
    SELECT RAISE(ABORT, 'assignment overlaps another of the same agent');
END;

CREATE TRIGGER assignment_no_overlap_update BEFORE UPDATE ON assignment
WHEN EXISTS (
    SELECT 1 FROM assignment other
    WHERE other.agent_id = NEW.agent_id
      AND other.id <> NEW.id
      AND (NEW.last_day IS NULL OR other.first_day <= NEW.last_day)
      AND (other.last_day IS NULL OR other.last_day >= NEW.first_day)
)
BEGIN
    SELECT RAISE(ABORT, 'assignment overlaps another of the same agent');
END;
