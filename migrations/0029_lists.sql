-- Who or what made a list; NULL: made before this was kept.
ALTER TABLE list ADD COLUMN source TEXT;
-- A deleted list can be taken back for a while. Its name is kept aside, so that another list can have it.
ALTER TABLE list ADD COLUMN deleted_at BIGINT;
ALTER TABLE list ADD COLUMN deleted_name TEXT;

-- An act on recipients of a campaign: JSON of which, and the number or profile up to which they were looked at.
ALTER TABLE bulk_act ADD COLUMN campaign_id BIGINT;
ALTER TABLE bulk_act ADD COLUMN recipients TEXT;
ALTER TABLE bulk_act ADD COLUMN reached TEXT;
-- An act on those of the people looked at for whom these hold: JSON.
ALTER TABLE bulk_act ADD COLUMN conditions TEXT;
-- How many of those looked at the act was for; NULL: all of them.
ALTER TABLE bulk_act ADD COLUMN matched BIGINT;
