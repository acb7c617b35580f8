-- What a user is writing to a person and has not sent, for nobody else's eyes. version: an id, new each time that the draft is
-- saved; it also says when.
CREATE TABLE reply_draft (
    user_id BIGINT NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    conversation_id BIGINT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (user_id, conversation_id)
) {clustered};
-- A conversation goes with its drafts.
CREATE INDEX reply_draft_conversation ON reply_draft (conversation_id);
-- What was written long ago goes.
CREATE INDEX reply_draft_version ON reply_draft (version);
