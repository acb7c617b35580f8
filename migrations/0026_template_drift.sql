-- What the provider listed last of a template (content and status), whether it listed the buttons too, and whether ours says
-- something else.
ALTER TABLE template ADD COLUMN theirs TEXT;
ALTER TABLE template ADD COLUMN theirs_status TEXT;
ALTER TABLE template ADD COLUMN theirs_buttons SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE template ADD COLUMN differs SMALLINT NOT NULL DEFAULT 0;
-- Imports have overwritten what was here: what is not a draft is as it was listed.
UPDATE template
SET theirs = content,
    theirs_status = status
WHERE provider_template_id IS NOT NULL AND addressing = 'text' AND status NOT IN ('draft', 'pending');
