-- Audit events by the time at which they happened: all of them, about something, by somebody, of one sort. Statements of
-- learners are many times as many and are in none of these.
CREATE INDEX ledger_audit_happened ON ledger_statement ("timestamp", id) WHERE kind = 2;
CREATE INDEX ledger_audit_about ON ledger_statement (object, "timestamp", id) WHERE kind = 2;
CREATE INDEX ledger_audit_by ON ledger_statement (actor, "timestamp", id) WHERE kind = 2;
CREATE INDEX ledger_audit_action ON ledger_statement (verb, "timestamp", id) WHERE kind = 2;
