-- What stood of each case's facts on $on, as known at $known, while the case was open, with the state after each.
-- Clocks are asked of this table one by one (bench/duckdb_drift.py). `seq` is the order within and across cases.
CREATE OR REPLACE TEMP TABLE held AS
WITH stood AS (
    SELECT *,
        CASE WHEN kind = 'case-opened' THEN 1
             WHEN kind = 'case-closed'
               OR (kind = 'case-stepped-down' AND "to" IN ('early_help', 'other_service')) THEN 0 END AS mark
    FROM facts
    WHERE known_at <= $known AND (replaced_at IS NULL OR replaced_at > $known)
      AND kind <> 'fact-withdrawn' AND day <= $on
), opened AS (
    SELECT *, coalesce(last_value(mark IGNORE NULLS) OVER along, 0) AS open
    FROM stood WINDOW along AS (PARTITION BY "case" ORDER BY seq ROWS UNBOUNDED PRECEDING)
), turned AS (
    SELECT *, lag(open, 1, 0) OVER (PARTITION BY "case" ORDER BY seq) AS before FROM opened
), stays AS (
    SELECT *, before = 0 AS begins, sum((before = 0)::int) OVER (PARTITION BY "case" ORDER BY seq) AS stay
    FROM turned WHERE before = 1 OR kind = 'case-opened'
)
SELECT "case", subject, seq, kind, day, plan, progress, begins, open = 1 AS open,
    last_value(CASE WHEN begins THEN tier
                    WHEN kind IN ('case-stepped-up', 'case-stepped-down') THEN "to" END IGNORE NULLS) OVER along AS tier,
    last_value(CASE WHEN begins OR cohort_emptied OR cohort IS NOT NULL
                    THEN coalesce(cohort, '') END IGNORE NULLS) OVER along AS cohort,
    last_value(CASE WHEN begins THEN false WHEN plan = 'child_protection' AND kind = 'plan-started' THEN true
                    WHEN plan = 'child_protection' AND kind = 'plan-ended' THEN false END IGNORE NULLS)
        OVER along AS on_child_protection
FROM stays WINDOW along AS (PARTITION BY "case", stay ORDER BY seq ROWS UNBOUNDED PRECEDING);
