"""The bench of the ledger at a small size: it must run, and print every figure."""

import os
import re

import pytest

from tests.bench.ledger import bundles, memory, sealing, verifying
from tests.bench.ledger.measuring import slope, spread
from tests.bench.processes import peak_bytes, proportional_bytes, resident_bytes
from tests.faults.stage import stage


@pytest.mark.processes
class TestTheBench:
    def test_prints_a_figure_for_every_part(self, capsys):
        with stage(seed=0) as made:
            sealing.measure(made, records=1_000, seconds=1)
            bundles.measure_verifier(made, records=1_500)
            verifying.measure(made, records=100)
            memory.measure(made, minutes=0.05)

        said = capsys.readouterr().out
        for figure in (
            r"in batches of 500: 1,000 records in [\d.]+ s, [\d,]+ a second",
            r"one by one, over 4 sessions: [1-9][\d,]* records",
            r"behind: median [\d.]+, p95 [\d.]+, max [\d.]+ s",
            r"[\d,]+ records: [\d.]+ s, CPU [\d.]+ s, at most [1-9]\d* MB",
            r"The verifier: [\d.]+ s, CPU [\d.]+ s, at most [1-9]\d* MB",
            r"VERIFIED",
            r"Everything agrees\.",
            r"sealer: [+-][\d.]+ MB an hour",
        ):
            assert re.search(figure, said), f"{figure}\n{said}"


class TestFigures:
    def test_of_a_spread_are_median_p95_and_maximum(self):
        assert spread([float(value) for value in range(101)]) == "median 50.00, p95 95.00, max 100.00"

    def test_of_a_line_are_its_slope(self):
        assert slope([(0, 1), (1, 3), (2, 5)]) == 2

    def test_of_a_process_s_memory_are_those_of_the_kernel(self):
        """Its own: a Python takes more than 5 MB, of which others share a part."""
        mine = os.getpid()
        proportional, resident = proportional_bytes(mine), resident_bytes(mine)
        # The peak last: reading takes some memory too.
        assert peak_bytes(mine) >= resident >= proportional * 0.9 > 5_000_000
