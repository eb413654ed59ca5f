-- Erasure by law: a record's body goes, its leaf stays (docs/reference/ledger-format.md, "Erasure").
--
-- erasure   which record was erased, and the record that says so; whoever reads a leaf without its record looks here
--
-- One function erases. The triggers go on refusing every change that no row of ledger_erasure explains, also the owner's.

-- The digest is of the body without its salt, and so could be guessed: it goes too. The id stays taken for ever.
ALTER TABLE ledger_statement_key ALTER COLUMN digest DROP NOT NULL;

CREATE TABLE ledger_erasure (
    record uuid PRIMARY KEY,
    fact uuid NOT NULL UNIQUE
);
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON ledger_erasure
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ledger_erasure
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE FUNCTION ledger_only_erased_body() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM ledger_erasure e WHERE e.record = OLD.id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The ledger is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION ledger_only_erased_columns() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND EXISTS (SELECT FROM ledger_erasure e WHERE e.record = OLD.id)
        AND (NEW.stored, NEW.id, NEW.kind, NEW."timestamp", NEW.actor, NEW.verb, NEW.object)
            = (OLD.stored, OLD.id, OLD.kind, OLD."timestamp", '', '', '')
        AND NEW.registration IS NULL THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The ledger is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION ledger_only_erased_digest() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND EXISTS (SELECT FROM ledger_erasure e WHERE e.record = OLD.id)
        AND (NEW.id, NEW.stored) = (OLD.id, OLD.stored) AND NEW.digest IS NULL THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The ledger is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

DROP TRIGGER refuse_change ON ledger_body;
DROP TRIGGER refuse_change ON ledger_statement;
DROP TRIGGER refuse_change ON ledger_statement_key;
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON ledger_body
    FOR EACH ROW EXECUTE FUNCTION ledger_only_erased_body();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON ledger_statement
    FOR EACH ROW EXECUTE FUNCTION ledger_only_erased_columns();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON ledger_statement_key
    FOR EACH ROW EXECUTE FUNCTION ledger_only_erased_digest();

-- Append the record that says so, and erase. The record's columns come from the application, as for every other record;
-- what decides whether it may be, is looked up here.
CREATE FUNCTION ledger_erase(
    target uuid, fact uuid, happened timestamptz, acting text, said text, fact_digest bytea, fact_salt bytea,
    fact_commitment bytea
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    place ledger_statement_key;
    doomed ledger_statement;
    content text;
    action text;
    now_stored timestamptz := clock_timestamp();
    kept CONSTANT text[] := ARRAY['log-opened', 'key-rotated', 'record-erased', 'month-archived'];
BEGIN
    -- Two erasures of one record at once: the second waits here, and is refused.
    SELECT * INTO place FROM ledger_statement_key k WHERE k.id = target FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no record %.', target;
    END IF;
    IF EXISTS (SELECT FROM ledger_erasure e WHERE e.record = target) THEN
        RAISE EXCEPTION 'Record % was erased before.', target;
    END IF;
    IF NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.id = target AND l.stored = place.stored) THEN
        RAISE EXCEPTION 'Record % is not sealed yet.', target;
    END IF;
    SELECT * INTO doomed FROM ledger_statement s WHERE s.id = target AND s.stored = place.stored;
    SELECT b.body INTO content FROM ledger_body b WHERE b.id = target AND b.stored = place.stored;
    IF content IS NULL THEN
        RAISE EXCEPTION 'The body of record % is not in the database.', target;
    END IF;
    IF doomed.kind = 2 THEN
        BEGIN
            action := content::json ->> 'action';
        EXCEPTION WHEN invalid_text_representation THEN
            action := NULL;  -- whatever it is, it is none of the four
        END;
        IF action = ANY (kept) OR doomed.verb = ANY (kept) THEN
            RAISE EXCEPTION 'Record % is of a kind that is never erased.', target;
        END IF;
    END IF;
    IF (said::json ->> 'action', said::json ->> 'subject', said::json ->> 'id')
        IS DISTINCT FROM ('record-erased', 'record:' || target, fact::text) THEN
        RAISE EXCEPTION 'Record % does not say that record % is erased.', fact, target;
    END IF;

    INSERT INTO ledger_statement_key (id, stored, digest) VALUES (fact, now_stored, fact_digest);
    INSERT INTO ledger_statement (stored, id, kind, "timestamp", actor, verb, object)
        VALUES (now_stored, fact, 2, happened, acting, 'record-erased', 'record:' || target);
    INSERT INTO ledger_body (stored, id, body, salt) VALUES (now_stored, fact, said, fact_salt);
    INSERT INTO ledger_pending (id, stored, kind, commitment) VALUES (fact, now_stored, 2, fact_commitment);
    INSERT INTO ledger_erasure (record, fact) VALUES (target, fact);
    DELETE FROM ledger_body b WHERE b.id = target AND b.stored = place.stored;
    UPDATE ledger_statement s SET actor = '', verb = '', object = '', registration = NULL
        WHERE s.id = target AND s.stored = place.stored;
    UPDATE ledger_statement_key k SET digest = NULL WHERE k.id = target;
END $$;
REVOKE ALL ON FUNCTION ledger_erase(uuid, uuid, timestamptz, text, text, bytea, bytea, bytea) FROM PUBLIC;
