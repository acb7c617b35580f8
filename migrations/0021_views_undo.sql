-- Filters that a user keeps under a name. page: the list that they are of; query: as it stands in the address.
CREATE TABLE saved_view (
    id {id},
    user_id BIGINT NOT NULL REFERENCES "user" (id),
    page TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    UNIQUE (user_id, page, name)
);
