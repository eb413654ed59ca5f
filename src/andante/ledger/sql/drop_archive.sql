-- Refused once a month was archived: then there is no way back.
DO $$
BEGIN
    IF EXISTS (SELECT FROM ledger_archive) THEN
        RAISE EXCEPTION 'A month was archived: there is no way back.';
    END IF;
END $$;
DROP FUNCTION ledger_erase_archived(uuid, uuid, timestamptz, text, text, bytea, bytea, bytea);
DROP FUNCTION ledger_archive_month(timestamptz, numeric, uuid, timestamptz, text, text, bytea, bytea, bytea);
DROP FUNCTION ledger_append_event(uuid, timestamptz, text, text, text, text, bytea, bytea, bytea);
CREATE OR REPLACE FUNCTION ledger_only_erased_body() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM ledger_erasure e WHERE e.record = OLD.id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The ledger is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
DROP FUNCTION ledger_stays(smallint, text, text);
DROP TABLE ledger_archive;
