"""An audit event counts as what it says only where it spells that as the format demands: verifiers look at bytes."""

import json

import pytest

from andante.kernel import clock
from andante.kernel.ids import new_id
from andante.kernel.principals import cli_principal
from andante.ledger.chain import KEY_ROTATED, claims_change
from andante.ledger.statements import LONGEST_EVENT, audit, spells_action

FACT = audit(id=new_id(), by=cli_principal(), action=KEY_ROTATED, subject="log:x", at=clock.now())
TEXT = json.dumps(FACT.body)
ESCAPED = TEXT.replace("key-rotated", "key\\u002drotated")


class TestAnAction:
    @pytest.mark.parametrize("space", ["", " ", "\n\t"])
    def test_is_spelled_without_escapes_with_or_without_space_after_the_colon(self, space):
        assert spells_action(TEXT.replace('"action": ', f'"action":{space}'), KEY_ROTATED)

    def test_that_is_spelled_with_escapes_is_none(self):
        assert json.loads(ESCAPED) == json.loads(TEXT)
        assert not spells_action(ESCAPED, KEY_ROTATED)
        assert not spells_action(TEXT.replace('"action"', '"\\u0061ction"'), KEY_ROTATED)

    def test_of_an_event_that_is_too_long_is_none(self):
        assert not spells_action(TEXT + " " * LONGEST_EVENT, KEY_ROTATED)

    def test_that_is_another_is_not_this_one(self):
        assert not spells_action(TEXT, "key")


class TestAChangeOfKey:
    def test_that_is_spelled_with_escapes_is_none(self):
        assert claims_change(FACT, TEXT)
        assert not claims_change(FACT, ESCAPED)
