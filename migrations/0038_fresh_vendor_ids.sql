-- Vendor ids of messages that were accepted together, before they are sorted into external_ref with many others: ids are
-- random, and each would go to a page of its own. refs: JSON, [[vendor's id, message], ...]; n: how many.
CREATE TABLE external_fresh (
    id {id},
    bucket BIGINT NOT NULL,
    n BIGINT NOT NULL,
    refs TEXT NOT NULL
);
