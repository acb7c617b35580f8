-- A campaign may leave from several numbers of its account. Each works through slices of the audience of its own.

-- The numbers of a campaign that has more than one.
CREATE TABLE campaign_number (
    campaign_id BIGINT NOT NULL,
    number_id BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, number_id)
) {clustered};
CREATE INDEX campaign_number_number ON campaign_number (number_id, campaign_id);

-- Where planning stands: profiles above position, up to upper, are still to be looked at.
CREATE TABLE campaign_slice (
    campaign_id BIGINT NOT NULL,
    n BIGINT NOT NULL,
    number_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    upper BIGINT NOT NULL,
    planned SMALLINT NOT NULL,
    PRIMARY KEY (campaign_id, n)
) {clustered};
CREATE INDEX campaign_slice_open ON campaign_slice (number_id) WHERE planned = 0;

-- Campaigns that began before have one slice: where they stand. The columns of the same names in campaign are history.
INSERT INTO campaign_slice (campaign_id, n, number_id, position, upper, planned)
SELECT id, 0, number_id, position, upper, planned
FROM campaign
WHERE launched_at IS NOT NULL;
