-- Whom of its audience a campaign leaves out: JSON; none when nobody is left out on purpose.
ALTER TABLE campaign ADD COLUMN exclude TEXT;
-- When nothing of it leaves: JSON, a zone and spans of each day.
ALTER TABLE campaign ADD COLUMN quiet TEXT;
-- The cut-off of a draft, as what the clocks of a zone show then, and once it is launched the moment, milliseconds UTC: nothing
-- leaves after it.
ALTER TABLE campaign ADD COLUMN ends_local TEXT;
ALTER TABLE campaign ADD COLUMN ends_zone TEXT;
ALTER TABLE campaign ADD COLUMN ends_at BIGINT;
