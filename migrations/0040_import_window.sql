-- The window of an import that is being written, in the order of its numbers: it goes from bytes_read to window_end, and the first
-- window_done of its rows are in. window_order: a hash of that order, so that whoever goes on knows whether it is the same; when it
-- is not (another version understands the file otherwise, or moved bytes_read), all rows from bytes_read on are written again.
-- window_ids: the id of the first row of it that was understood, in the order of the file; each after it has the next one. Whoever is
-- new gets it: of two people who share a number one day, the one further up in the file is the older.
ALTER TABLE import ADD COLUMN window_end BIGINT NOT NULL DEFAULT 0;
ALTER TABLE import ADD COLUMN window_done BIGINT NOT NULL DEFAULT 0;
ALTER TABLE import ADD COLUMN window_order BIGINT NOT NULL DEFAULT 0;
ALTER TABLE import ADD COLUMN window_ids BIGINT NOT NULL DEFAULT 0;
