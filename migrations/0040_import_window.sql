-- The window of an import that is being written, in the order of its numbers: it goes from bytes_read to window_end, and the first
-- window_done of its rows are in. window_order: a hash of that order, so that whoever goes on knows whether it is the same; when it
-- is not (another version understands the file otherwise, or moved bytes_read), all rows from bytes_read on are written again.
ALTER TABLE import ADD COLUMN window_end BIGINT NOT NULL DEFAULT 0;
ALTER TABLE import ADD COLUMN window_done BIGINT NOT NULL DEFAULT 0;
ALTER TABLE import ADD COLUMN window_order BIGINT NOT NULL DEFAULT 0;
