CREATE FUNCTION pay_adjustment_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an adjustment of pay never changes' USING ERRCODE = 'integrity_constraint_violation';
END;
$$;

CREATE TRIGGER pay_adjustment_unchanged BEFORE UPDATE OR DELETE ON pay_adjustment
FOR EACH ROW EXECUTE FUNCTION pay_adjustment_append_only();

CREATE TRIGGER pay_adjustment_not_emptied BEFORE TRUNCATE ON pay_adjustment
FOR EACH STATEMENT EXECUTE FUNCTION pay_adjustment_append_only();
