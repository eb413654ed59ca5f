-- Two roles that own nothing. A login becomes a member of one of them; what it may do stands in grants.sql.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['andante_application', 'andante_sealer'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        END IF;
    END LOOP;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of this server made them just now
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'The roles andante_application and andante_sealer are missing, and this login may not make them.'
            USING HINT = 'As a superuser: CREATE ROLE andante_application NOLOGIN; CREATE ROLE andante_sealer NOLOGIN;';
END $$;
