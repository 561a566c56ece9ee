CREATE TRIGGER agent_result_counted AFTER INSERT ON agent_result
BEGIN
    INSERT INTO agent_result_count (cycle_id, unit_id, state, results) VALUES (NEW.cycle_id, NEW.unit_id, NEW.state, 1)
    ON CONFLICT (cycle_id, unit_id, state) DO UPDATE SET results = results + 1;
END;

CREATE TRIGGER agent_result_counted_elsewhere AFTER UPDATE OF unit_id, state ON agent_result
WHEN NEW.unit_id <> OLD.unit_id OR NEW.state <> OLD.state
BEGIN
    UPDATE agent_result_count SET results = results - 1
    WHERE cycle_id = OLD.cycle_id AND unit_id = OLD.unit_id AND state = OLD.state;
    INSERT INTO agent_result_count (cycle_id, unit_id, state, results) VALUES (NEW.cycle_id, NEW.unit_id, NEW.state, 1)
    ON CONFLICT (cycle_id, unit_id, state) DO UPDATE SET results = results + 1;
END;

CREATE TRIGGER agent_result_counted_no_more AFTER DELETE ON agent_result
BEGIN
    UPDATE agent_result_count SET results = results - 1
    WHERE cycle_id = OLD.cycle_id AND unit_id = OLD.unit_id AND state = OLD.state;
END;
