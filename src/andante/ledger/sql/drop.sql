DROP TABLE ledger_checkpoint, ledger_tile, ledger_leaf, ledger_pending, ledger_body, ledger_statement,
    ledger_statement_key, ledger_log;
DROP FUNCTION ledger_make_months(integer);
DROP FUNCTION ledger_only_sealer();
DROP FUNCTION ledger_stored_now();
DROP FUNCTION ledger_refuse();
