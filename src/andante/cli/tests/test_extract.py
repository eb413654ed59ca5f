"""`andante receipt` and `andante extract`, as whoever runs the server calls them."""

import pytest
from click.testing import CliRunner

from andante.cli.extract import extract, receipt
from andante.cli.problems import Problem
from andante.evidence.tests.checking import checked
from andante.evidence.tests.ledgers import NOW, ledger
from andante.kernel.principals import cli_principal
from andante.ledger.queries import facts, newest_checkpoint
from andante.people import operations as people

__all__ = ["ledger"]

pytestmark = pytest.mark.slow


def run(command, *arguments):
    return CliRunner().invoke(command, [str(each) for each in arguments], catch_exceptions=False)


class TestAReceipt:
    def test_is_written_and_says_what_to_do_next(self, ledger, tmp_path):
        id = ledger.ids()[3]
        done = run(receipt, id, tmp_path / "receipt.json")
        assert done.exit_code == 0, done.output
        assert "python3 andante_verify.py receipt.json" in done.output
        assert "Record 3, about " in done.output
        assert checked((tmp_path / "receipt.json").read_bytes())["records"][0]["id"] == str(id)

    def test_takes_the_auditor_s_earlier_checkpoint_as_a_file_or_a_size(self, ledger, tmp_path):
        kept = tmp_path / "kept.txt"
        kept.write_text(newest_checkpoint().note)
        ledger.append(2)
        ledger.seal()
        for since in (kept, 9):
            run(receipt, ledger.ids()[3], tmp_path / "receipt.json", "--since", since, "--force")
            assert checked((tmp_path / "receipt.json").read_bytes())["consistency"]["from"] == 9

    def test_is_refused_in_words(self, ledger, tmp_path):
        out = tmp_path / "receipt.json"
        (waiting,) = ledger.append(1)
        assert "is no id of a record" in run(receipt, "x", out).output
        assert "There is no record with this id" in run(receipt, "01930000-0000-7000-8000-00000000ffff", out).output
        assert "only 9 are sealed here" in run(receipt, ledger.ids()[1], out, "--since", 10).output
        with pytest.raises(Problem, match="is being sealed"):
            run(receipt, waiting, out)
        with pytest.raises(Problem, match="cannot be read"):
            run(receipt, ledger.ids()[1], out, "--since", tmp_path / "none.txt")
        with pytest.raises(Problem, match="folder of"):
            run(receipt, ledger.ids()[1], tmp_path / "none" / "receipt.json")
        assert not out.exists()

    def test_leaves_a_file_that_stands_there_alone_and_records_nothing(self, ledger, tmp_path):
        out = tmp_path / "receipt.json"
        out.write_text("something else")
        with pytest.raises(Problem, match="--force"):
            run(receipt, ledger.ids()[1], out)
        ledger.seal()
        assert out.read_text() == "something else"
        assert [each for each in facts() if each.fact.verb == "receipt-exported"] == []


class TestAnExtract:
    @pytest.fixture
    def amara(self, ledger):
        values = {"name": "Amara Okafor", "time_zone": "UTC", "language": "en", "by": cli_principal(), "at": NOW}
        person = people.create_person(number="N-17", **values)
        people.create_account(person=person, login="amara", email=None, password=None, by=cli_principal(), at=NOW)
        people.create_person(number="N-18", **values)
        ledger.seal()
        return person

    def test_is_written_for_who_is_meant_by_number_login_or_id(self, ledger, amara, tmp_path):
        for meant in ("N-17", "amara", amara):
            done = run(extract, meant, tmp_path / "extract.json", "--force")
            assert done.exit_code == 0, done.output
            scope = checked((tmp_path / "extract.json").read_bytes())["scope"]
            assert scope == {"kind": "person", "person": str(amara)}
            ledger.seal()

    def test_of_nobody_or_of_several_is_refused_in_words(self, amara, tmp_path):
        assert "Nobody is known as “zz”" in run(extract, "zz", tmp_path / "x.json").output
        assert "may be several people: Amara Okafor (N-17), Amara Okafor (N-18)" in (
            run(extract, "Amara Okafor", tmp_path / "x.json").output
        )
