-- What the first page of the dashboard counts, without a walk through the ledger.

-- Messages outside campaigns by state and time: the counts of campaigns stand in campaign_count.
CREATE INDEX message_outside ON message (state, id) WHERE campaign_id IS NULL;
CREATE INDEX campaign_launched ON campaign (launched_at) WHERE launched_at IS NOT NULL;

-- What the demo made, so that all of it can be removed. kind: account, template, profile, campaign.
CREATE TABLE demo_item (
    kind TEXT NOT NULL,
    id BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
) {clustered};
