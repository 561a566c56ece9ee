CREATE TRIGGER pay_adjustment_unchanged BEFORE UPDATE ON pay_adjustment
BEGIN
    SELECT RAISE(ABORT, 'an adjustment of pay never changes');
END;

CREATE TRIGGER pay_adjustment_kept BEFORE DELETE ON pay_adjustment
BEGIN
    SELECT RAISE(ABORT, 'an adjustment of pay is never deleted');
END;

-- INSERT OR REPLACE would delete without asking the trigger above.
CREATE TRIGGER pay_adjustment_once BEFORE INSERT ON pay_adjustment
WHEN EXISTS (SELECT 1 FROM pay_adjustment WHERE id = NEW.id OR public_id = NEW.public_id)
  OR EXISTS (SELECT 1 FROM pay_adjustment
    WHERE revision_run_id = NEW.revision_run_id AND agent_id = NEW.agent_id AND currency = NEW.currency)
BEGIN
    SELECT RAISE(ABORT, 'an adjustment of pay is never replaced');
END;
