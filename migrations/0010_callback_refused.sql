-- Callbacks that were not taken because nobody could tell that the provider sent them; one row for each account that has any.
CREATE TABLE callback_refused (
    account_id {id},
    refused BIGINT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL
);
