-- What an account's automatic answer keeps to beside its switch and its text: JSON, NULL when it is given at any time. And whom
-- it was given to, to count them without walking through all windows.
ALTER TABLE account ADD COLUMN auto_reply_rules TEXT;
CREATE INDEX service_window_replied ON service_window (number_id, auto_replied_at) WHERE auto_replied_at IS NOT NULL;
