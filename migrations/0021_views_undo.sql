-- Filters that a user keeps under a name. page: the list that they are of; query: as it stands in the address.
CREATE TABLE saved_view (
    id {id},
    user_id BIGINT NOT NULL REFERENCES "user" (id),
    page TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    UNIQUE (user_id, page, name)
);

-- What an import did, for as long as it can be undone: a row for each of its transactions.
CREATE TABLE import_change (
    import_id BIGINT NOT NULL,
    -- The byte of the file that the transaction began at: it happened once.
    n BIGINT NOT NULL,
    at BIGINT NOT NULL,
    list_id BIGINT,
    -- JSON: ids of new profiles, what changed of others, who came to the list; see domain/undo.rs
    done TEXT NOT NULL,
    PRIMARY KEY (import_id, n)
);

-- Profiles in its rows of import_change.
ALTER TABLE import ADD COLUMN kept BIGINT NOT NULL DEFAULT 0;
-- 0 stands, 1 is being undone, 2 is undone
ALTER TABLE import ADD COLUMN undo_state SMALLINT NOT NULL DEFAULT 0;
-- JSON: what the undo came to
ALTER TABLE import ADD COLUMN undone TEXT;
CREATE INDEX import_undoing ON import (id) WHERE undo_state = 1;
