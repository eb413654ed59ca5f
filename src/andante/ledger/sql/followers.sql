-- How far each package that follows the facts has come: the number of the last leaf it has seen, -1 before the first.
CREATE TABLE ledger_follower (
    name text PRIMARY KEY,
    seq bigint NOT NULL CHECK (seq >= -1)
);
