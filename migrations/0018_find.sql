-- What pages find people and messages by, without a walk through millions.
-- {bytes} compares texts byte by byte, so that a beginning is a range.

CREATE INDEX profile_name_begins ON profile (LOWER(name) {bytes}) WHERE name IS NOT NULL;
-- Whose number is the identity is found by the number.
CREATE INDEX profile_identity_begins ON profile (LOWER(identity) {bytes}) WHERE phone IS NULL OR identity <> phone;
CREATE INDEX profile_consent ON profile (opt_in, id);

-- The attributes that people have or had.
CREATE TABLE attribute (
    name TEXT NOT NULL PRIMARY KEY,
    -- Types of its values, added up: 1 text, 2 number, 4 boolean
    types SMALLINT NOT NULL
) {clustered};

-- Messages of campaigns that did not go the usual way: unknown, failed, skipped, cancelled.
CREATE INDEX message_odd ON message (campaign_id, phone) WHERE campaign_id IS NOT NULL AND state IN (25, 35, 60, 61);
