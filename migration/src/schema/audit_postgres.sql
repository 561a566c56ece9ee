-- Writers at the same time take different lanes.
INSERT INTO audit_head (lane, seq, hash)
SELECT lane, 0, decode(repeat('00', 32), 'hex') FROM generate_series(0, 15) AS lane;
-- Heads change at every commit; room beside them keeps each in its page.
ALTER TABLE audit_head SET (fillfactor = 10);

CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is only ever appended to' USING ERRCODE = 'integrity_constraint_violation';
END;
$$;

CREATE TRIGGER audit_entry_unchanged BEFORE UPDATE OR DELETE ON audit_entry
FOR EACH ROW EXECUTE FUNCTION audit_append_only();

CREATE TRIGGER audit_entry_kept BEFORE TRUNCATE ON audit_entry
FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();

CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head
FOR EACH ROW WHEN (NEW.lane <> OLD.lane OR NEW.seq <= OLD.seq) EXECUTE FUNCTION audit_append_only();

CREATE TRIGGER audit_head_kept BEFORE DELETE ON audit_head
FOR EACH ROW EXECUTE FUNCTION audit_append_only();

CREATE TRIGGER audit_head_not_emptied BEFORE TRUNCATE ON audit_head
FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();

CREATE TRIGGER cycle_event_append_only BEFORE UPDATE OR DELETE ON cycle_event
FOR EACH ROW EXECUTE FUNCTION audit_append_only();
