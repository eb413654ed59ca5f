ALTER TABLE ledger_cosignature DROP CONSTRAINT of_a_checkpoint;
DROP TRIGGER only_explained ON ledger_archive;
DROP TRIGGER only_explained ON ledger_erasure;
DROP FUNCTION ledger_only_explained();
DROP FUNCTION ledger_says(text, text);
DROP TRIGGER stored_now ON ledger_body;
DROP TRIGGER stored_now ON ledger_statement;
DROP TRIGGER stored_now ON ledger_statement_key;
