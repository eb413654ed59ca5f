DROP FUNCTION ledger_erase(uuid, uuid, timestamptz, text, text, bytea, bytea, bytea);
DROP TRIGGER refuse_change ON ledger_body;
DROP TRIGGER refuse_change ON ledger_statement;
DROP TRIGGER refuse_change ON ledger_statement_key;
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON ledger_body
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON ledger_statement
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON ledger_statement_key
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
DROP FUNCTION ledger_only_erased_body();
DROP FUNCTION ledger_only_erased_columns();
DROP FUNCTION ledger_only_erased_digest();
DROP TABLE ledger_erasure;
-- Refused once something was erased: then there is no way back.
ALTER TABLE ledger_statement_key ALTER COLUMN digest SET NOT NULL;
