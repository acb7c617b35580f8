-- The log of what was asked of providers, newest first.

CREATE INDEX attempt_finished ON attempt (finished_at, message_id, n);
