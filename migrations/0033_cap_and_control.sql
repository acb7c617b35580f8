-- How many in a thousand of those who would get it do not, to compare with.
ALTER TABLE campaign ADD COLUMN control_permille SMALLINT NOT NULL DEFAULT 0;
-- 1: the frequency cap is not asked, and its messages do not count towards it.
ALTER TABLE campaign ADD COLUMN ignores_cap SMALLINT NOT NULL DEFAULT 0;

-- How many campaign messages a person gets at most: one row. limits: JSON, none while it is off; since: when it was turned on,
-- campaigns that began before are looked up in the ledger.
CREATE TABLE frequency_cap (
    id {id},
    limits TEXT NOT NULL,
    since BIGINT,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL
);
INSERT INTO frequency_cap (id, limits, since, updated_at, updated_by) VALUES (1, '[]', NULL, 0, '');

-- Which campaign messages a number was planned to get lately, while the cap is on: JSON, [[message, campaign], ..]. The row is
-- also what two campaigns that come to one person at the same moment wait at.
CREATE TABLE recent_campaign (
    phone TEXT NOT NULL,
    messages TEXT NOT NULL,
    PRIMARY KEY (phone)
) {clustered};
