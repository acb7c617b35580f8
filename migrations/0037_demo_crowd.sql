-- Crowds of the demo: which of its fictional people are in the list of one, and how they behave at the simulated provider.
CREATE TABLE demo_crowd (
    list_id BIGINT PRIMARY KEY,
    first_index BIGINT NOT NULL,
    people BIGINT NOT NULL,
    behaviour TEXT NOT NULL
);
