-- What each role may do; repeated after every migration, so that new tables are reached.
-- Everything that is no ledger table is the application's to read and write; migrations stay the owner's.
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
            AND relname NOT LIKE 'ledger\_%' AND relname <> 'django_migrations'
    LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO andante_application', name);
    END LOOP;
    FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
            AND relname NOT LIKE 'ledger\_%'
    LOOP
        EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %I TO andante_application', name);
    END LOOP;
END $$;
GRANT USAGE ON SCHEMA public TO andante_application, andante_sealer;
GRANT SELECT ON django_migrations TO andante_application;

GRANT SELECT ON ledger_log, ledger_statement_key, ledger_statement, ledger_body, ledger_pending, ledger_leaf, ledger_tile,
    ledger_checkpoint TO andante_application;
GRANT INSERT ON ledger_statement_key, ledger_statement, ledger_body, ledger_pending TO andante_application;
GRANT SELECT ON ledger_erasure TO andante_application;
GRANT EXECUTE ON FUNCTION ledger_erase(uuid, uuid, timestamptz, text, text, bytea, bytea, bytea) TO andante_application;
GRANT SELECT ON ledger_archive TO andante_application;
GRANT EXECUTE ON FUNCTION ledger_erase_archived(uuid, uuid, timestamptz, text, text, bytea, bytea, bytea)
    TO andante_application;
GRANT SELECT, INSERT ON ledger_cosignature TO andante_application;
GRANT SELECT, INSERT, UPDATE ON ledger_follower, ledger_witness TO andante_application;
GRANT EXECUTE ON FUNCTION ledger_make_months(integer) TO andante_application, andante_sealer;

GRANT SELECT ON ledger_log TO andante_sealer;
GRANT SELECT, DELETE ON ledger_pending TO andante_sealer;
-- That a record is there the sealer must see; what it says is not its business.
GRANT SELECT (id, stored) ON ledger_statement_key, ledger_statement, ledger_body TO andante_sealer;
GRANT SELECT, INSERT ON ledger_leaf, ledger_tile, ledger_checkpoint TO andante_sealer;
