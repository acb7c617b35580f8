-- When a draft is to start: what the clocks of a zone show then (2026-12-24T18:00). Neither: as soon as it is launched.
ALTER TABLE campaign ADD COLUMN starts_local TEXT;
ALTER TABLE campaign ADD COLUMN starts_zone TEXT;
