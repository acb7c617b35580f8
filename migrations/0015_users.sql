-- People who work in the dashboard, how they sign in, what they did. "user" is quoted: PostgreSQL has a use of its own for it.
CREATE TABLE "user" (
    id {id},
    -- in small letters
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    -- Argon2id with its salt and costs
    password TEXT NOT NULL,
    language TEXT,
    active SMALLINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_sign_in_at BIGINT
);

CREATE TABLE session (
    id {id},
    user_id BIGINT NOT NULL REFERENCES "user" (id),
    hash TEXT NOT NULL UNIQUE,
    user_agent TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_of_user ON session (user_id, id);

-- One-time links. user_id 0: an invitation of somebody new; otherwise that user chooses a new password.
CREATE TABLE invite (
    id {id},
    user_id BIGINT NOT NULL,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    invited_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    UNIQUE (email, user_id)
);

-- Failed tries to sign in, by account (email:..) and by address (address:..); a row goes when nothing is held against it any more.
CREATE TABLE sign_in_try (
    key TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL
) {clustered};

-- What users, programs and the server itself changed. Only ever added to, until it is old.
CREATE TABLE audit (
    id {id},
    at BIGINT NOT NULL,
    -- user, api_key, system or cli
    actor_type TEXT NOT NULL,
    actor_id BIGINT NOT NULL,
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,
    object_type TEXT NOT NULL,
    object_id BIGINT NOT NULL,
    object_name TEXT NOT NULL,
    address TEXT NOT NULL,
    -- JSON list of {field, before, after}
    changes TEXT NOT NULL
);
CREATE INDEX audit_actor ON audit (actor_id, id);
CREATE INDEX audit_object ON audit (object_id, id);

-- JSON list of permissions; NULL: all that keys can have.
ALTER TABLE api_key ADD COLUMN scopes TEXT;
