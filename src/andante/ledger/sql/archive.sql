-- Archived months: what a month's records say goes into a file, their leaves stay
-- (docs/reference/ledger-format.md, "Archived months").
--
-- archive   which months went, and the record that said so first; whoever reads a leaf without its record looks here
--
-- One function takes bodies out, and only those that a row of ledger_archive or ledger_erasure explains may go.
-- By rows, not by DETACH PARTITION: that would need a lock on the whole table, for which every writer would wait as long
-- as a verification reads.

CREATE TABLE ledger_archive (
    since timestamptz PRIMARY KEY,
    until timestamptz NOT NULL CHECK (until > since),
    fact uuid NOT NULL UNIQUE
);
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON ledger_archive
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ledger_archive
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

-- What a checker needs to know the keys and what was removed. Told by its bytes, as every checker does; a body that only
-- quotes these words stays too, which harms nobody.
CREATE FUNCTION ledger_stays(kind smallint, verb text, body text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT kind = 2 AND (
        verb IN ('log-opened', 'key-rotated', 'record-erased', 'month-archived')
        OR body ~ '"action":\s*"(log-opened|key-rotated|record-erased|month-archived)"'
    )
$$;

CREATE OR REPLACE FUNCTION ledger_only_erased_body() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT FROM ledger_erasure e WHERE e.record = OLD.id) THEN
            RETURN OLD;
        END IF;
        IF EXISTS (SELECT FROM ledger_archive a WHERE a.since <= OLD.stored AND OLD.stored < a.until)
            AND EXISTS (
                SELECT FROM ledger_statement s
                WHERE s.id = OLD.id AND s.stored = OLD.stored AND NOT ledger_stays(s.kind, s.verb, OLD.body)
            ) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'The ledger is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- An audit event that a function of the ledger appends. Its columns come from the application, as for every record.
CREATE FUNCTION ledger_append_event(
    fact uuid, happened timestamptz, acting text, act text, about text, said text, fact_digest bytea, fact_salt bytea,
    fact_commitment bytea
) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    now_stored timestamptz := clock_timestamp();
BEGIN
    IF (said::json ->> 'action', said::json ->> 'subject', said::json ->> 'id')
        IS DISTINCT FROM (act, about, fact::text) THEN
        RAISE EXCEPTION 'Record % does not say % of %.', fact, act, about;
    END IF;
    INSERT INTO ledger_statement_key (id, stored, digest) VALUES (fact, now_stored, fact_digest);
    INSERT INTO ledger_statement (stored, id, kind, "timestamp", actor, verb, object)
        VALUES (now_stored, fact, 2, happened, acting, act, about);
    INSERT INTO ledger_body (stored, id, body, salt) VALUES (now_stored, fact, said, fact_salt);
    INSERT INTO ledger_pending (id, stored, kind, commitment) VALUES (fact, now_stored, 2, fact_commitment);
END $$;
REVOKE ALL ON FUNCTION ledger_append_event(uuid, timestamptz, text, text, text, text, bytea, bytea, bytea) FROM PUBLIC;

-- Append the record that says so, and take out what it names. `numbers` is the sum of the numbers of the leaves whose
-- records stand in the file: with their count it tells whether just these are the ones that go.
CREATE FUNCTION ledger_archive_month(
    month timestamptz, numbers numeric, fact uuid, happened timestamptz, acting text, said text, fact_digest bytea,
    fact_salt bytea, fact_commitment bytea
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    ends timestamptz := month + interval '1 month';
    name text := to_char(month, 'YYYY-MM');
    told json := said::json -> 'new';
    gone bigint;
    sum_gone numeric;
BEGIN
    -- Two at once: the second waits here, and is refused.
    PERFORM pg_advisory_xact_lock(4107, 4);
    IF month IS NULL OR month <> date_trunc('month', month) THEN
        RAISE EXCEPTION 'No month begins at %.', month;
    END IF;
    IF clock_timestamp() < ends THEN
        RAISE EXCEPTION 'The month % is not finished.', name;
    END IF;
    IF EXISTS (SELECT FROM ledger_archive a WHERE a.since = month) THEN
        RAISE EXCEPTION 'The month % was archived before.', name;
    END IF;
    IF EXISTS (SELECT FROM ledger_pending p WHERE p.stored >= month AND p.stored < ends) OR EXISTS (
        SELECT FROM ledger_body b WHERE b.stored >= month AND b.stored < ends
            AND NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.id = b.id AND l.stored = b.stored)
    ) THEN
        RAISE EXCEPTION 'Not every record of the month % is sealed.', name;
    END IF;
    IF told ->> 'format' IS DISTINCT FROM 'andante-archive/1' OR told ->> 'sha256' IS NULL
        OR told ->> 'sha256' !~ '^[0-9a-f]{64}$' THEN
        RAISE EXCEPTION 'Record % names no archive.', fact;
    END IF;

    PERFORM ledger_append_event(
        fact, happened, acting, 'month-archived', 'month:' || name, said, fact_digest, fact_salt, fact_commitment
    );
    INSERT INTO ledger_archive (since, until, fact) VALUES (month, ends, fact);
    WITH taken AS (
        DELETE FROM ledger_body b USING ledger_statement s
        WHERE b.stored >= month AND b.stored < ends AND s.stored = b.stored AND s.id = b.id
            AND NOT ledger_stays(s.kind, s.verb, b.body)
        RETURNING b.id
    )
    SELECT count(*), sum(l.seq) INTO gone, sum_gone FROM taken JOIN ledger_leaf l ON l.id = taken.id;
    IF gone = 0 OR (gone::text, sum_gone) IS DISTINCT FROM (told ->> 'records', numbers) THEN
        RAISE EXCEPTION 'The archive of % does not hold just the records that would go: something changed meanwhile.', name;
    END IF;
END $$;
REVOKE ALL ON FUNCTION ledger_archive_month(timestamptz, numeric, uuid, timestamptz, text, text, bytea, bytea, bytea)
    FROM PUBLIC;

-- As ledger_erase, for a record whose body stands in an archive: what tables still hold of it goes. Kinds that are never
-- erased are never archived.
CREATE FUNCTION ledger_erase_archived(
    target uuid, fact uuid, happened timestamptz, acting text, said text, fact_digest bytea, fact_salt bytea,
    fact_commitment bytea
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    place ledger_statement_key;
BEGIN
    SELECT * INTO place FROM ledger_statement_key k WHERE k.id = target FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no record %.', target;
    END IF;
    IF EXISTS (SELECT FROM ledger_erasure e WHERE e.record = target) THEN
        RAISE EXCEPTION 'Record % was erased before.', target;
    END IF;
    IF EXISTS (SELECT FROM ledger_body b WHERE b.id = target AND b.stored = place.stored)
        OR NOT EXISTS (SELECT FROM ledger_archive a WHERE a.since <= place.stored AND place.stored < a.until)
        OR NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.id = target AND l.stored = place.stored)
        OR EXISTS (
            SELECT FROM ledger_statement s
            WHERE s.id = target AND s.stored = place.stored AND ledger_stays(s.kind, s.verb, '')
        ) THEN
        RAISE EXCEPTION 'Record % is not archived.', target;
    END IF;

    PERFORM ledger_append_event(
        fact, happened, acting, 'record-erased', 'record:' || target, said, fact_digest, fact_salt, fact_commitment
    );
    INSERT INTO ledger_erasure (record, fact) VALUES (target, fact);
    UPDATE ledger_statement s SET actor = '', verb = '', object = '', registration = NULL
        WHERE s.id = target AND s.stored = place.stored;
    UPDATE ledger_statement_key k SET digest = NULL WHERE k.id = target;
END $$;
REVOKE ALL ON FUNCTION ledger_erase_archived(uuid, uuid, timestamptz, text, text, bytea, bytea, bytea) FROM PUBLIC;
