-- Messages that a person sent again, so that nobody does it a second time by mistake.
CREATE TABLE resent (
    message_id BIGINT NOT NULL PRIMARY KEY,
    -- The message that was sent in its place.
    resent_as BIGINT NOT NULL,
    at BIGINT NOT NULL
) {clustered};
