-- What lists of templates and campaigns show, and how they are kept in order.

-- Since when a template is deleted. It can be restored for a while, then purged is 1 where campaigns were made with it: they
-- keep the row, its name is free.
ALTER TABLE template ADD COLUMN deleted_at BIGINT;
ALTER TABLE template ADD COLUMN purged SMALLINT NOT NULL DEFAULT 0;
-- When a campaign began with it last, 0 for never.
ALTER TABLE template ADD COLUMN last_sent_at BIGINT NOT NULL DEFAULT 0;
UPDATE template
SET last_sent_at = COALESCE((SELECT MAX(c.launched_at) FROM campaign c WHERE c.template_id = template.id), 0);
CREATE INDEX template_by_name ON template (name {bytes}, account_id, language {bytes});
CREATE INDEX template_last_sent ON template (last_sent_at, id);
CREATE INDEX template_deleted ON template (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX campaign_of_template ON campaign (template_id, state);

-- Who wrote a campaign: kind as in the audit log, empty where nobody knows.
ALTER TABLE campaign ADD COLUMN owner_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE campaign ADD COLUMN owner_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE campaign ADD COLUMN owner_name TEXT NOT NULL DEFAULT '';
UPDATE campaign
SET owner_kind = COALESCE((SELECT a.actor_type FROM audit a
                           WHERE a.object_id = campaign.id AND a.action = 'campaign.create' ORDER BY a.id LIMIT 1), ''),
    owner_id = COALESCE((SELECT a.actor_id FROM audit a
                         WHERE a.object_id = campaign.id AND a.action = 'campaign.create' ORDER BY a.id LIMIT 1), 0),
    owner_name = COALESCE((SELECT a.actor_name FROM audit a
                           WHERE a.object_id = campaign.id AND a.action = 'campaign.create' ORDER BY a.id LIMIT 1), '');
-- Since when an ended campaign is out of the list.
ALTER TABLE campaign ADD COLUMN archived_at BIGINT;

-- Free words on campaigns. key: the label in small letters.
CREATE TABLE campaign_label (
    campaign_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (campaign_id, key)
) {clustered};
CREATE INDEX campaign_label_key ON campaign_label (key, campaign_id);

-- Which callback told of which message. Rows go some time after the callbacks.
CREATE TABLE callback_message (
    message_id BIGINT NOT NULL,
    callback_id BIGINT NOT NULL,
    PRIMARY KEY (message_id, callback_id)
) {clustered};
