-- People keep the number that a campaign reached them from, and numbers and accounts go out of use.

-- Which of an account's numbers campaigns over several of them reach a person from.
CREATE TABLE kept_number (
    account_id BIGINT NOT NULL,
    phone TEXT NOT NULL,
    number_id BIGINT NOT NULL,
    PRIMARY KEY (account_id, phone)
) {clustered};

-- Since when it sends nothing any more.
ALTER TABLE number ADD COLUMN archived_at BIGINT;
