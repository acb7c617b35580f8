-- What providers call a person, beside the number that stands in our books.

-- A number that a person wrote from, or that a provider answered with, and the number of our books that it belongs to.
-- Only for numbers that countries write in two ways; who found it out: 1 the person wrote, 2 the provider said it.
CREATE TABLE wa_id (
    wa_id TEXT NOT NULL PRIMARY KEY,
    phone TEXT NOT NULL,
    source SMALLINT NOT NULL,
    at BIGINT NOT NULL
) {clustered};

-- What the provider calls the recipient, when that is not the number that was dialled.
ALTER TABLE message ADD COLUMN wa_id TEXT;
