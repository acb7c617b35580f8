-- What the settings page says about an account, kept apart from the ledger so that nobody walks through that. All of it is
-- small, and what is older than some days goes.

-- Refusals and failures by hour. reported: 0 answered to our request, 1 told by a report later. code: '' when there is none.
CREATE TABLE account_error (
    account_id BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    number_id BIGINT NOT NULL,
    reported SMALLINT NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    detail TEXT NOT NULL,
    help TEXT NOT NULL,
    n BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, hour, number_id, reported, kind, code)
) {clustered};

-- The last check of the credentials. failed: JSON of what did not work, NULL when everything did.
CREATE TABLE account_proof (
    account_id {id},
    at BIGINT NOT NULL,
    failed TEXT
);

-- Messages that the provider took, by quarter of an hour since 1970. waiting_since: the first one after the last report.
CREATE TABLE number_sent (
    number_id BIGINT NOT NULL,
    slot BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    waiting_since BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (number_id, slot)
) {clustered};

-- How many people WhatsApp lets the number begin to write to in 24 hours, as a person entered it.
ALTER TABLE number ADD COLUMN daily_limit BIGINT;
