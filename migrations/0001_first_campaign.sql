-- One text for SQLite and PostgreSQL. {id} is a 64-bit time-ordered primary key (the rowid on SQLite), {blob} bytes,
-- {clustered} keeps small composite-key tables in key order on SQLite. Times are BIGINT milliseconds UTC. Expand-only.

CREATE TABLE account (
    id {id},
    token TEXT NOT NULL UNIQUE,
    provider TEXT NOT NULL,
    nickname TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    secrets TEXT NOT NULL,
    -- 1 active, 2 held (sending stands still until a person mends it), 3 archived
    state SMALLINT NOT NULL,
    held_reason TEXT,
    held_at BIGINT,
    requests_per_second BIGINT NOT NULL,
    auto_reply SMALLINT NOT NULL,
    auto_reply_text TEXT NOT NULL,
    last_inbound_at BIGINT,
    last_report_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE number (
    id {id},
    account_id BIGINT NOT NULL REFERENCES account (id),
    phone TEXT NOT NULL,
    is_default SMALLINT NOT NULL,
    messages_per_second BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (account_id, phone)
);

CREATE TABLE profile (
    id {id},
    identity TEXT NOT NULL UNIQUE,
    phone TEXT,
    name TEXT,
    -- JSON object of scalars
    attributes TEXT NOT NULL,
    -- 0 nothing recorded, 1 opted in, 2 opted out
    opt_in SMALLINT NOT NULL,
    opt_source TEXT,
    opt_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX profile_phone ON profile (phone) WHERE phone IS NOT NULL;

-- An opt-out belongs to the number, whatever profiles share it: the one table that sending asks last.
CREATE TABLE suppression (
    phone TEXT NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    detail TEXT,
    at BIGINT NOT NULL
);

-- Every change of consent, with its proof. action: 1 opted in, 2 opted out.
CREATE TABLE consent (
    id {id},
    phone TEXT,
    profile_id BIGINT,
    action SMALLINT NOT NULL,
    source TEXT NOT NULL,
    detail TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX consent_phone ON consent (phone, id);
CREATE INDEX consent_profile ON consent (profile_id, id);

CREATE TABLE profile_event (
    id {id},
    profile_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    at BIGINT NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX profile_event_profile ON profile_event (profile_id, id);

CREATE TABLE list (
    id {id},
    name TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE list_entry (
    list_id BIGINT NOT NULL,
    profile_id BIGINT NOT NULL,
    PRIMARY KEY (list_id, profile_id)
) {clustered};

CREATE TABLE import (
    id {id},
    file_name TEXT NOT NULL,
    -- 1 running, 2 finished, 3 failed, 4 interrupted by a stop of the server
    state SMALLINT NOT NULL,
    options TEXT NOT NULL,
    bytes_total BIGINT,
    bytes_read BIGINT NOT NULL,
    rows_read BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    invalid BIGINT NOT NULL,
    opt_outs_kept BIGINT NOT NULL,
    problem TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);

CREATE TABLE template (
    id {id},
    account_id BIGINT NOT NULL REFERENCES account (id),
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    category TEXT NOT NULL,
    status TEXT NOT NULL,
    status_detail TEXT,
    -- text: the vendor finds the template by the final text; id: by provider_template_id
    addressing TEXT NOT NULL,
    provider_template_id TEXT,
    -- JSON: header, body, footer, buttons
    content TEXT NOT NULL,
    -- JSON: what each placeholder is filled with
    mapping TEXT NOT NULL,
    quality TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (account_id, name, language)
);

CREATE TABLE campaign (
    id {id},
    name TEXT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES account (id),
    number_id BIGINT NOT NULL REFERENCES number (id),
    template_id BIGINT NOT NULL,
    audience TEXT NOT NULL,
    mapping TEXT NOT NULL,
    -- The template and mapping as they were at launch: the payload, once per campaign.
    frozen TEXT,
    state SMALLINT NOT NULL,
    messages_per_second BIGINT,
    scheduled_at BIGINT,
    launched_at BIGINT,
    finished_at BIGINT,
    -- Where planning stands: profiles up to position are done, those above upper came after the launch.
    position BIGINT NOT NULL,
    upper BIGINT NOT NULL,
    planned SMALLINT NOT NULL,
    -- How many people the reach estimate at launch expected; NULL until it is counted.
    expected BIGINT,
    waiting_reason TEXT,
    waiting_since BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX campaign_by_state ON campaign (state, scheduled_at);

-- The funnel, kept in the transactions that move messages. bucket: a message state, or 100 + an exclusion reason.
CREATE TABLE campaign_count (
    campaign_id BIGINT NOT NULL,
    bucket SMALLINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, bucket)
) {clustered};

CREATE TABLE exclusion (
    campaign_id BIGINT NOT NULL,
    profile_id BIGINT NOT NULL,
    reason SMALLINT NOT NULL,
    PRIMARY KEY (campaign_id, profile_id)
) {clustered};

-- The ledger. Narrow: a campaign's text is in campaign.frozen, here are only the values. States only grow, see
-- domain/state.rs. due_at: when queued, the next attempt; while sending, when the attempt began.
CREATE TABLE message (
    id {id},
    number_id BIGINT NOT NULL,
    campaign_id BIGINT,
    profile_id BIGINT,
    phone TEXT NOT NULL,
    state SMALLINT NOT NULL,
    lane SMALLINT NOT NULL,
    attempt SMALLINT NOT NULL,
    due_at BIGINT NOT NULL,
    -- JSON array: the values of a campaign's placeholders for this person
    params TEXT,
    -- JSON: the whole content of a message outside a campaign
    content TEXT,
    external_id TEXT,
    -- JSON: why it is not where it should be
    failure TEXT,
    accepted_at BIGINT,
    delivered_at BIGINT,
    read_at BIGINT,
    failed_at BIGINT,
    -- When the person first answered this message of a campaign.
    replied_at BIGINT,
    in_reply_to TEXT,
    event_key TEXT
);
-- Nobody gets a campaign twice, whatever the code above believes.
CREATE UNIQUE INDEX message_once ON message (campaign_id, phone) WHERE campaign_id IS NOT NULL;
-- What is still open: due work, what a crash left in flight, what waits for a report.
CREATE INDEX message_open ON message (number_id, state, lane, due_at) WHERE state < 30;
-- Messages outside campaigns, by person.
CREATE INDEX message_direct ON message (phone, id) WHERE campaign_id IS NULL;
CREATE UNIQUE INDEX message_event ON message (event_key) WHERE event_key IS NOT NULL;

-- Vendor ids, for reports that do not echo our reference. bucket: hour of acceptance since 1970, so that new
-- entries land together however random the ids are.
CREATE TABLE external_ref (
    bucket BIGINT NOT NULL,
    external_id TEXT NOT NULL,
    message_id BIGINT NOT NULL,
    PRIMARY KEY (bucket, external_id)
) {clustered};

-- Attempts worth telling: all that did not simply succeed, and every attempt of a message outside a campaign.
CREATE TABLE attempt (
    message_id BIGINT NOT NULL,
    n SMALLINT NOT NULL,
    at BIGINT NOT NULL,
    finished_at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    http_status BIGINT,
    detail TEXT NOT NULL,
    request TEXT,
    answer TEXT,
    PRIMARY KEY (message_id, n)
) {clustered};

CREATE TABLE callback (
    id {id},
    account_id BIGINT NOT NULL,
    method TEXT NOT NULL,
    query TEXT NOT NULL,
    content_type TEXT NOT NULL,
    headers TEXT NOT NULL,
    body {blob} NOT NULL,
    -- 0 new, 1 applied, 2 nothing for us in it, 3 cannot be read, 4 reports on a message that is not known yet
    state SMALLINT NOT NULL,
    events BIGINT NOT NULL,
    problem TEXT
);
CREATE INDEX callback_left ON callback (state, id) WHERE state <> 1;

CREATE TABLE click (
    id {id},
    message_id BIGINT NOT NULL,
    url TEXT NOT NULL,
    short_url TEXT,
    user_agent TEXT,
    at BIGINT NOT NULL,
    event_key TEXT NOT NULL UNIQUE
);
CREATE INDEX click_message ON click (message_id);

-- The thread of one person across all numbers.
CREATE TABLE conversation (
    id {id},
    phone TEXT NOT NULL UNIQUE,
    name TEXT,
    last_number_id BIGINT NOT NULL,
    last_inbound_at BIGINT NOT NULL,
    last_message_at BIGINT NOT NULL,
    last_text TEXT NOT NULL,
    unread BIGINT NOT NULL
);
CREATE INDEX conversation_recent ON conversation (last_message_at, id);

-- The 24-hour customer service window, per number and person.
CREATE TABLE service_window (
    number_id BIGINT NOT NULL,
    phone TEXT NOT NULL,
    last_inbound_at BIGINT NOT NULL,
    auto_replied_at BIGINT,
    PRIMARY KEY (number_id, phone)
) {clustered};

CREATE TABLE api_key (
    id {id},
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
);

CREATE TABLE idempotency (
    api_key_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (api_key_id, key)
) {clustered};
CREATE INDEX idempotency_age ON idempotency (created_at);
