-- What witnesses signed of our checkpoints (C2SP tlog-cosignature): one line a checkpoint and witness, without its line
-- feed. `made` is the witness' time, which its signature covers.
CREATE TABLE ledger_cosignature (
    size bigint NOT NULL CHECK (size > 0),
    witness text NOT NULL,
    line text NOT NULL,
    made timestamptz NOT NULL,
    PRIMARY KEY (size, witness)
);
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON ledger_cosignature
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ledger_cosignature
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
