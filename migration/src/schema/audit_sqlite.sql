-- Writers take turns on SQLite, so one lane is enough.
INSERT INTO audit_head (lane, seq, hash) VALUES (0, 0, zeroblob(32));

CREATE TRIGGER audit_entry_unchanged BEFORE UPDATE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'an entry of the audit log never changes');
END;

CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'an entry of the audit log is never deleted');
END;

-- INSERT OR REPLACE would delete without asking the trigger above.
CREATE TRIGGER audit_entry_once BEFORE INSERT ON audit_entry
WHEN EXISTS (SELECT 1 FROM audit_entry WHERE lane = NEW.lane AND seq = NEW.seq)
  OR EXISTS (SELECT 1 FROM audit_entry WHERE public_id = NEW.public_id)
BEGIN
    SELECT RAISE(ABORT, 'an entry of the audit log is never replaced');
END;

CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head
WHEN NEW.lane <> OLD.lane OR NEW.seq <= OLD.seq
BEGIN
    SELECT RAISE(ABORT, 'a lane of the audit log never goes back');
END;

CREATE TRIGGER audit_head_kept BEFORE DELETE ON audit_head
BEGIN
    SELECT RAISE(ABORT, 'a lane of the audit log is never deleted');
END;

CREATE TRIGGER cycle_event_unchanged BEFORE UPDATE ON cycle_event
BEGIN
    SELECT RAISE(ABORT, 'what was done with a cycle never changes');
END;

CREATE TRIGGER cycle_event_kept BEFORE DELETE ON cycle_event
BEGIN
    SELECT RAISE(ABORT, 'what was done with a cycle is never deleted');
END;
