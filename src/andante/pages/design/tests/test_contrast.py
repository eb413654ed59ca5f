"""Whoever reads in the sun of a loading bay, or at night with tired eyes, can tell the ink from the paper."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[5]
TOKEN = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
TOKENS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in TOKEN.findall((ROOT / "frontend/css/tokens.css").read_text(encoding="utf-8"))
}
PAPERS = ("paper", "surface", "sunken")
STATUS = ("good", "bad", "warn", "info")
TEXT_ON_GROUND = [
    *((ink, paper) for ink in ("ink", "ink-soft", "accent", "accent-strong", *STATUS) for paper in PAPERS),
    *((status, f"{status}-soft") for status in STATUS),
    *(("ink", f"{status}-soft") for status in STATUS),
    *((ink, "accent-soft") for ink in ("ink", "ink-soft", "accent")),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"),
]
EDGES_OF_CONTROLS = [(edge, paper) for edge in ("line-strong", "accent", "focus", *STATUS) for paper in PAPERS]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
class TestContrast:
    @pytest.mark.parametrize(("ink", "ground"), TEXT_ON_GROUND)
    def test_of_text_is_at_least_4_5_to_1(self, theme, ink, ground):
        assert contrast(TOKENS[ink][theme], TOKENS[ground][theme]) >= 4.5

    @pytest.mark.parametrize(("edge", "ground"), EDGES_OF_CONTROLS)
    def test_of_the_edge_of_a_control_is_at_least_3_to_1(self, theme, edge, ground):
        assert contrast(TOKENS[edge][theme], TOKENS[ground][theme]) >= 3
