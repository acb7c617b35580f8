-- When an API key stops working by itself, milliseconds since 1970 UTC, and the address that it was used from last.
ALTER TABLE api_key ADD COLUMN expires_at BIGINT;
ALTER TABLE api_key ADD COLUMN last_used_from TEXT;
