"""A whole log rewritten, replaced or cut back is found by what the auditor kept."""

import pytest

from verifier.andante_verify import read_key
from verifier.tests.forging import log_with_another_key, sentences
from verifier.tests.small_log import SmallLog, changed, small_log


class TestAWholeRewrite:
    """Out of reach for the bundle alone; the auditor's own checkpoint or key finds it."""

    @pytest.fixture
    def rewritten(self, log):
        other = SmallLog()
        other.waiting += [changed(record, body=record.body + b" ") for record in log.records[1:]]
        other.seal()
        return other

    def test_with_the_same_key_looks_sound_by_itself(self, check, rewritten):
        assert check(rewritten.bundle()).result == "verified"

    def test_with_the_same_key_is_found_by_the_auditor_s_checkpoint(self, check, log, rewritten):
        report = check(rewritten.bundle(), own=log.checkpoints[0].note)

        assert sentences(report) == "The log was rewritten: its first 2 records are not those of your checkpoint."

    def test_with_another_key_is_found_by_the_auditor_s_checkpoint(self, check, log):
        report = check(log_with_another_key().bundle(), own=log.checkpoints[0].note)

        assert "Your checkpoint is not signed with this log's key" in sentences(report)

    def test_with_another_key_is_found_by_the_key(self, check, log):
        report = check(log_with_another_key().bundle(), key=read_key(log.key))

        assert "The log's key is not the one that you gave" in sentences(report)

    def test_as_another_log_is_found_by_the_auditor_s_checkpoint(self, check, log):
        other = SmallLog("other")
        other.seal()

        assert "Your checkpoint is of another log" in sentences(check(other.bundle(), own=log.checkpoints[0].note))

    def test_that_cuts_the_end_off_is_found_by_the_auditor_s_checkpoint(self, check, log):
        report = check(small_log((2, 1)).bundle(), own=log.checkpoints[2].note)

        assert sentences(report) == "The log was cut back: your checkpoint saw 5 records, the newest here 3."

    @pytest.mark.parametrize("seen", [0, 1, 2])
    def test_is_not_cried_where_the_log_only_grew(self, check, log, seen):
        assert check(log.bundle(), own=log.checkpoints[seen].note).result == "verified"
