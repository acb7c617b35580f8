-- What a template said each time that it was saved, and by whom. version: `updated_at` of the template then; began_at: when the
-- first of the changes came that one version of what was typed holds; act: how it came about; restored: the version that was gone
-- back to.
CREATE TABLE template_version (
    template_id BIGINT NOT NULL REFERENCES template (id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    began_at BIGINT NOT NULL,
    actor_type TEXT NOT NULL,
    actor_id BIGINT NOT NULL,
    actor_name TEXT NOT NULL,
    act TEXT NOT NULL,
    restored BIGINT,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    category TEXT NOT NULL,
    addressing TEXT NOT NULL,
    provider_template_id TEXT,
    content TEXT NOT NULL,
    mapping TEXT NOT NULL,
    PRIMARY KEY (template_id, version)
) {clustered};
