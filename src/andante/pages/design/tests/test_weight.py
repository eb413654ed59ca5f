"""What every page loads, compressed: a first card on a slow line may weigh 30 kB with its styles and 100 kB in all."""

import gzip
from pathlib import Path

import pytest

BUILT = Path(__file__).parents[1] / "static/andante"


@pytest.mark.parametrize(("name", "kilobytes"), [("andante.css", 12), ("andante.js", 24), ("mark.svg", 1)])
def test_what_every_page_loads_stays_light(name, kilobytes):
    built = BUILT / name
    assert built.is_file(), "The front end is not built. Run: npm ci && npm run build"
    assert len(gzip.compress(built.read_bytes())) <= kilobytes * 1024
