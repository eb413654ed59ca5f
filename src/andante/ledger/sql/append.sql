-- Append a batch of records in one round trip. One read of the database's clock serves them all.
-- An id that is already taken is left out; the reply holds the ids that are new.
WITH clock AS MATERIALIZED (
    SELECT clock_timestamp() AS stored
), given AS MATERIALIZED (
    SELECT *
    FROM unnest(
        %(id)s::uuid[], %(digest)s::bytea[], %(kind)s::smallint[], %(timestamp)s::timestamptz[], %(actor)s::text[],
        %(verb)s::text[], %(object)s::text[], %(registration)s::uuid[], %(body)s::text[], %(salt)s::bytea[],
        %(commitment)s::bytea[]
    ) WITH ORDINALITY AS g (
        id, digest, kind, "timestamp", actor, verb, object, registration, body, salt, commitment, place
    )
), taken AS (
    -- In the order of ids, so that two batches which share some wait for each other instead of dying in a deadlock.
    INSERT INTO ledger_statement_key (id, stored, digest)
    SELECT id, stored, digest FROM given, clock ORDER BY id
    ON CONFLICT (id) DO NOTHING
    RETURNING id
), statement AS (
    INSERT INTO ledger_statement (stored, id, kind, "timestamp", actor, verb, object, registration)
    SELECT stored, id, kind, "timestamp", actor, verb, object, registration FROM given JOIN taken USING (id), clock
), body AS (
    INSERT INTO ledger_body (stored, id, body, salt)
    SELECT stored, id, body, salt FROM given JOIN taken USING (id), clock
), pending AS (
    INSERT INTO ledger_pending (id, stored, kind, commitment)
    SELECT id, stored, kind, commitment FROM given JOIN taken USING (id), clock ORDER BY place
)
SELECT id FROM taken
