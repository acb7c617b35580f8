-- How a campaign's counts moved: the differences of campaign_count, by the ten seconds in which they were learned. Their sum is
-- campaign_count again, for what happened since this table is there. slot: milliseconds since 1970 UTC / 10,000.
CREATE TABLE campaign_series (
    campaign_id BIGINT NOT NULL,
    slot BIGINT NOT NULL,
    bucket SMALLINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, slot, bucket)
) {clustered};
