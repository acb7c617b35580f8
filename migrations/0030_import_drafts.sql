-- Imports that are checked before anything is written (state 6), and that wait (state 7).
-- checked: JSON, what the last check came to; see app/import_draft.rs.
ALTER TABLE import ADD COLUMN checked TEXT;
-- When it was started or last resumed, and the rows that were done then: its rate counts from there.
ALTER TABLE import ADD COLUMN going_since BIGINT;
ALTER TABLE import ADD COLUMN rows_before BIGINT NOT NULL DEFAULT 0;

-- Rows of a file that somebody corrected, until the import ends.
CREATE TABLE import_correction (
    import_id BIGINT NOT NULL,
    -- The line of the file that the row begins on.
    line BIGINT NOT NULL,
    -- JSON: its fields, one for each column
    fields TEXT NOT NULL,
    PRIMARY KEY (import_id, line)
);
