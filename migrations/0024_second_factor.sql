-- A second factor at the sign-in: codes that an authenticator program works out of a secret and the time.

-- Since when the user has it, milliseconds since 1970 UTC; NULL: a password is enough.
ALTER TABLE "user" ADD COLUMN factor_since BIGINT;

-- The secret, also while it is being set up and the user has no factor yet.
CREATE TABLE factor (
    user_id BIGINT NOT NULL PRIMARY KEY REFERENCES "user" (id),
    -- sealed with the server's key
    secret TEXT NOT NULL,
    -- the 30 seconds whose code was used last: no code works twice
    last_step BIGINT NOT NULL,
    created_at BIGINT NOT NULL
) {clustered};

-- Recovery codes that were not used yet, by their hash.
CREATE TABLE recovery_code (
    user_id BIGINT NOT NULL REFERENCES "user" (id),
    hash TEXT NOT NULL,
    PRIMARY KEY (user_id, hash)
) {clustered};

-- Whoever gave the right password and still owes the code. Only the hash of the token is kept.
CREATE TABLE half_sign_in (
    hash TEXT NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES "user" (id),
    expires_at BIGINT NOT NULL
) {clustered};
CREATE INDEX half_sign_in_of_user ON half_sign_in (user_id);
