-- Acts on many people at once, done a part at a time, so that they go on after a stop of the server.
CREATE TABLE bulk_act (
    id {id},
    -- 1 opt out, 2 put on a list
    kind SMALLINT NOT NULL,
    -- 1 running, 2 finished, 3 failed, 5 cancelled
    state SMALLINT NOT NULL,
    -- JSON list of profiles; NULL: all with this consent (NULL: any) on this list (NULL: on any or none)
    ids TEXT,
    consent SMALLINT,
    list_id BIGINT,
    -- Profiles with this id and later ones are done.
    position BIGINT NOT NULL,
    -- The list that they are put on.
    onto_list BIGINT,
    -- Where the decision comes from.
    source TEXT NOT NULL,
    total BIGINT NOT NULL,
    done BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    problem TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX bulk_act_running ON bulk_act (id) WHERE state = 1;
