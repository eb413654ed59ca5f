-- The ledger's tables. What a record is and how it is sealed: docs/reference/ledger-format.md.
--
-- statement_key   every id that was ever taken; never partitioned, never pruned, so that an id stays unique
-- statement       what queries search by; partitioned by month of `stored`
-- body            the stored bytes and their salt; partitioned alike, so that old months can be detached
-- pending         what waits for the sealer, written in the same transaction as the statement
-- leaf            the dense, sealed sequence
-- tile            full tiles of the Merkle tree
-- checkpoint      the signed size and root after each batch
--
-- The application may INSERT and SELECT. Only the sealer moves pending to leaf. Nobody updates or deletes.

CREATE TABLE ledger_log (
    id uuid PRIMARY KEY,
    iri text NOT NULL,
    origin text NOT NULL,
    key text NOT NULL,
    opened timestamptz NOT NULL DEFAULT clock_timestamp(),
    only_one boolean NOT NULL DEFAULT true UNIQUE CHECK (only_one)
);

CREATE TABLE ledger_statement_key (
    id uuid PRIMARY KEY,
    stored timestamptz NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32)
);

CREATE TABLE ledger_statement (
    stored timestamptz NOT NULL,
    id uuid NOT NULL,
    kind smallint NOT NULL,
    "timestamp" timestamptz NOT NULL,
    actor text NOT NULL,
    verb text NOT NULL,
    object text NOT NULL,
    registration uuid,
    PRIMARY KEY (stored, id)
) PARTITION BY RANGE (stored);
CREATE INDEX ledger_statement_actor ON ledger_statement (actor, stored);

-- Text, not jsonb: any changed byte must show.
CREATE TABLE ledger_body (
    stored timestamptz NOT NULL,
    id uuid NOT NULL,
    body text NOT NULL,
    salt bytea NOT NULL CHECK (length(salt) = 32),
    PRIMARY KEY (stored, id)
) PARTITION BY RANGE (stored);

CREATE TABLE ledger_pending (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    stored timestamptz NOT NULL,
    kind smallint NOT NULL CHECK (kind BETWEEN 0 AND 255),
    commitment bytea NOT NULL CHECK (length(commitment) = 32)
);

CREATE TABLE ledger_leaf (
    seq bigint PRIMARY KEY CHECK (seq >= 0),
    id uuid NOT NULL UNIQUE,
    stored timestamptz NOT NULL,
    entry bytea NOT NULL CHECK (length(entry) = 74)
);

CREATE TABLE ledger_tile (
    level smallint NOT NULL,
    index bigint NOT NULL,
    hashes bytea NOT NULL CHECK (length(hashes) = 8192),
    PRIMARY KEY (level, index)
);

CREATE TABLE ledger_checkpoint (
    size bigint PRIMARY KEY CHECK (size > 0),
    root bytea NOT NULL CHECK (length(root) = 32),
    previous bigint NOT NULL CHECK (previous < size),
    note text NOT NULL,
    made timestamptz NOT NULL
);

CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The ledger is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- The sealer alone takes rows out of pending. By current_user, so that a SECURITY DEFINER detour does not count.
CREATE FUNCTION ledger_only_sealer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT pg_has_role(current_user, 'andante_sealer', 'USAGE') THEN
        RAISE EXCEPTION 'Only the sealer takes records out of %.', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END $$;

-- `stored` is this server's clock, whatever a writer says: who could choose it could date a record back before its seal.
-- A minute for a clock that is set meanwhile.
CREATE FUNCTION ledger_stored_now() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.stored NOT BETWEEN statement_timestamp() - interval '1 minute' AND clock_timestamp() + interval '1 minute' THEN
        RAISE EXCEPTION 'A record is stored now, not at %.', NEW.stored USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['ledger_log', 'ledger_statement_key', 'ledger_statement', 'ledger_body',
                                'ledger_leaf', 'ledger_tile', 'ledger_checkpoint'] LOOP
        EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %I
                        FOR EACH ROW EXECUTE FUNCTION ledger_refuse()', name);
        EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()', name);
    END LOOP;
END $$;
CREATE TRIGGER stored_now BEFORE INSERT ON ledger_pending FOR EACH ROW EXECUTE FUNCTION ledger_stored_now();
CREATE TRIGGER refuse_change BEFORE UPDATE ON ledger_pending FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ledger_pending
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER only_sealer BEFORE DELETE ON ledger_pending FOR EACH ROW EXECUTE FUNCTION ledger_only_sealer();

-- Months are made ahead of time, by migration and daily by the worker; an insert never waits for one. A month is a
-- month of UTC. Each partition refuses TRUNCATE by itself: that trigger is not inherited.
CREATE FUNCTION ledger_make_months(ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    first date;
    part text;
    parent text;
    made integer := 0;
BEGIN
    IF ahead < 0 OR ahead > 120 THEN
        RAISE EXCEPTION 'Months ahead must be from 0 to 120, not %.', ahead;
    END IF;
    PERFORM pg_advisory_xact_lock(4107, 1);
    FOR i IN 0..ahead LOOP
        first := (date_trunc('month', clock_timestamp()) + make_interval(months => i))::date;
        FOREACH parent IN ARRAY ARRAY['ledger_statement', 'ledger_body'] LOOP
            part := parent || '_' || to_char(first, 'YYYY_MM');
            IF to_regclass('public.' || part) IS NULL THEN
                EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                               part, parent, first::timestamptz, (first + interval '1 month')::timestamptz);
                EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I
                                FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()', part);
                made := made + 1;
            END IF;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION ledger_make_months(integer) FROM PUBLIC;
SELECT ledger_make_months(3);
