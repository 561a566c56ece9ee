-- Once a statement, however many rows it changes; in order of the key, so that two writers never wait for each other.
CREATE FUNCTION count_agent_results() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO agent_result_count AS counted (cycle_id, unit_id, state, results)
        SELECT cycle_id, unit_id, state, COUNT(*) FROM new_rows GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (cycle_id, unit_id, state) DO UPDATE SET results = counted.results + EXCLUDED.results;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO agent_result_count AS counted (cycle_id, unit_id, state, results)
        SELECT cycle_id, unit_id, state, -COUNT(*) FROM old_rows GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (cycle_id, unit_id, state) DO UPDATE SET results = counted.results + EXCLUDED.results;
    ELSE
        INSERT INTO agent_result_count AS counted (cycle_id, unit_id, state, results)
        SELECT cycle_id, unit_id, state, SUM(times) FROM (
            SELECT cycle_id, unit_id, state, 1 AS times FROM new_rows
            UNION ALL
            SELECT cycle_id, unit_id, state, -1 FROM old_rows
        ) changed GROUP BY 1, 2, 3 HAVING SUM(times) <> 0 ORDER BY 1, 2, 3
        ON CONFLICT (cycle_id, unit_id, state) DO UPDATE SET results = counted.results + EXCLUDED.results;
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER agent_result_counted AFTER INSERT ON agent_result
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_agent_results();

CREATE TRIGGER agent_result_counted_elsewhere AFTER UPDATE ON agent_result
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_agent_results();

CREATE TRIGGER agent_result_counted_no_more AFTER DELETE ON agent_result
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION count_agent_results();
