-- What may be put in. Who could choose when a row of a record was stored could put another content under a sealed record
-- whose own is erased or archived, or a row where no record ever was.
CREATE TRIGGER stored_now BEFORE INSERT ON ledger_statement_key FOR EACH ROW EXECUTE FUNCTION ledger_stored_now();
CREATE TRIGGER stored_now BEFORE INSERT ON ledger_statement FOR EACH ROW EXECUTE FUNCTION ledger_stored_now();
CREATE TRIGGER stored_now BEFORE INSERT ON ledger_body FOR EACH ROW EXECUTE FUNCTION ledger_stored_now();

-- Whether a body says this in the spelling that every checker counts: by its bytes, with no name twice, and no longer than
-- a checker reads (docs/reference/ledger-format.md, "Erasure").
CREATE FUNCTION ledger_says(body text, action text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT octet_length(body) <= 1048576
        AND body ~ ('"action":\s*"' || action || '"')
        AND (SELECT count(*) = count(DISTINCT key) FROM json_each(body::json))
$$;

-- What is noted as gone is gone by a record that everybody can read as saying so.
CREATE FUNCTION ledger_only_explained() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    said text;
BEGIN
    SELECT b.body INTO said FROM ledger_statement_key k JOIN ledger_body b ON b.stored = k.stored AND b.id = k.id
        WHERE k.id = NEW.fact;
    IF said IS NULL OR NOT ledger_says(said, TG_ARGV[0]) THEN
        RAISE EXCEPTION 'Record % does not say % in a form that can be checked.', NEW.fact, TG_ARGV[0];
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_explained BEFORE INSERT ON ledger_erasure
    FOR EACH ROW EXECUTE FUNCTION ledger_only_explained('record-erased');
CREATE TRIGGER only_explained BEFORE INSERT ON ledger_archive
    FOR EACH ROW EXECUTE FUNCTION ledger_only_explained('month-archived');

-- A witness signs what was sealed. Rows of before are left as they are.
ALTER TABLE ledger_cosignature ADD CONSTRAINT of_a_checkpoint FOREIGN KEY (size) REFERENCES ledger_checkpoint NOT VALID;
