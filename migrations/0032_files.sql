-- Files of the business: for headers of templates, campaigns and answers. Their bytes stand in pieces, so that neither a row nor a
-- server ever holds a whole one.
CREATE TABLE file (
    id {id},
    -- Stands in its public address.
    token TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    -- SHA-256 of its bytes; NULL while it comes, and again while it goes
    hash TEXT,
    -- 1 attached to an answer: it goes when the last person whom it was sent to is erased; 2 for anything
    purpose SMALLINT NOT NULL,
    actor_type TEXT NOT NULL,
    actor_id BIGINT NOT NULL,
    actor_name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- When it was last uploaded, sent, or, to the day, fetched; 0: it goes.
    used_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX file_once ON file (hash, mime) WHERE hash IS NOT NULL;
CREATE INDEX file_used ON file (used_at);

CREATE TABLE file_piece (
    file_id BIGINT NOT NULL,
    n BIGINT NOT NULL,
    bytes {blob} NOT NULL,
    PRIMARY KEY (file_id, n)
);

-- Which messages files of purpose 1 were sent with.
CREATE TABLE file_message (
    message_id BIGINT NOT NULL,
    file_id BIGINT NOT NULL REFERENCES file (id),
    PRIMARY KEY (message_id, file_id)
) {clustered};
CREATE INDEX file_message_file ON file_message (file_id, message_id);
