-- People of a slice who were looked up before their turn, in the order of their numbers: the index that keeps anybody from
-- getting a campaign twice goes by number, and a message in no order changes a page of its own of it.
-- They are the profiles above ahead_from up to ahead_to; the first `taken` of the `ahead` people are planned. It holds only
-- while ahead_from is the slice's position, and ahead_to is not above its upper end: otherwise somebody who does not know
-- of it, an older version, planned on by id.
ALTER TABLE campaign_slice ADD COLUMN ahead_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE campaign_slice ADD COLUMN ahead_to BIGINT NOT NULL DEFAULT 0;
ALTER TABLE campaign_slice ADD COLUMN ahead BIGINT NOT NULL DEFAULT 0;
ALTER TABLE campaign_slice ADD COLUMN taken BIGINT NOT NULL DEFAULT 0;

-- Their ids, some hundred in a row. first: the place of the first of them, from 0; ids: JSON.
CREATE TABLE campaign_ahead (
    campaign_id BIGINT NOT NULL,
    n BIGINT NOT NULL,
    first BIGINT NOT NULL,
    ids TEXT NOT NULL,
    PRIMARY KEY (campaign_id, n, first)
);
