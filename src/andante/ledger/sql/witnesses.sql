-- How each witness stands, as pages show it without asking it: no fact, and changed with every time that it is asked.
CREATE TABLE ledger_witness (
    name text PRIMARY KEY,
    size bigint CHECK (size > 0),               -- of the newest checkpoint that it agreed with
    agreed timestamptz,                         -- when it last agreed with our newest one
    tried timestamptz NOT NULL DEFAULT clock_timestamp(),
    began timestamptz NOT NULL DEFAULT clock_timestamp(),
    problem text NOT NULL DEFAULT '',           -- why it did not agree the last time; empty where it did
    refused timestamptz                         -- since when it says that our log does not extend what it has seen
);
