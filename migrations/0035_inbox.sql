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

-- The words of what was said in conversations, folded as domain/said.rs does.
CREATE TABLE said_word (
    word TEXT {bytes} NOT NULL,
    message_id BIGINT NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    PRIMARY KEY (word, message_id)
) {clustered};
-- What is erased loses its words; and whether a message has a word.
CREATE INDEX said_word_message ON said_word (message_id, word);

-- How far the words have been taken from the ledger. sure: everything up to this message; fresh: what came lately, up to this one.
CREATE TABLE said_mark (
    id SMALLINT PRIMARY KEY,
    sure BIGINT NOT NULL,
    fresh BIGINT NOT NULL
);
INSERT INTO said_mark (id, sure, fresh) VALUES (1, 0, 0);
