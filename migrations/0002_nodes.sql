-- Several servers on one database: who they are, and which of them sends from which number.

CREATE TABLE node (
    -- 0 to 999: also the part of a node in the ids that it makes.
    id {id},
    -- Known to the data folder that this id was given to, so that no other folder takes it for its own.
    token TEXT NOT NULL,
    name TEXT NOT NULL,
    -- Separated by commas.
    roles TEXT NOT NULL,
    url TEXT NOT NULL,
    version TEXT NOT NULL,
    lease_ms BIGINT NOT NULL,
    -- 1 alive, 2 stopping, 3 stopped, 4 given up by another node
    state SMALLINT NOT NULL,
    -- Rises when the node joins and when another gives it up: what was begun under an older term is void.
    term BIGINT NOT NULL,
    -- Rises while the node lives. Others watch whether it moves; nobody compares clocks.
    beat BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    -- By the node's own clock, for people only.
    seen_at BIGINT NOT NULL
);

CREATE TABLE number_lease (
    number_id BIGINT NOT NULL PRIMARY KEY,
    -- NULL: free
    node_id BIGINT,
    -- How often it was taken; 0 never.
    epoch BIGINT NOT NULL
) {clustered};

-- Whose data folder holds the file.
ALTER TABLE import ADD COLUMN node_id BIGINT;
