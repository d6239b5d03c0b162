"""The colours are tokens, so their contrast can be computed and need not be believed."""

import re

import pytest

from app.web.addresses import STATIC

_TOKEN = re.compile(r"--([a-z0-9-]+): (#[0-9a-f]{6});")
SURFACES = ("paper", "ground", "sunken")
TEXT = ("ink", "ink-2", "ink-3", "accent", "block", "flag", "note", "pass", "missing")
ON_SOFT = [(name, f"{name}-soft") for name in ("accent", "block", "flag", "note", "pass", "missing")]
PAIRS = [
    *((text, surface) for text in TEXT for surface in SURFACES),
    *ON_SOFT,
    *(("ink", f"{name}-soft") for name in ("block", "flag", "note", "pass", "accent")),
    *(("ink-2", f"{name}-soft") for name in ("block", "flag", "note", "pass")),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
]


def _themes() -> dict[str, dict[str, str]]:
    css = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
    light, _, rest = css.partition("@media (prefers-color-scheme: dark)")
    dark = rest.partition("@media print")[0]
    tokens = dict(_TOKEN.findall(light))
    return {"light": tokens, "dark": {**tokens, **dict(_TOKEN.findall(dark))}}


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_has_the_published_contrast():
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "surface"), PAIRS)
def test_text_can_be_read_on_its_surface(theme, text, surface):
    tokens = _themes()[theme]

    assert _contrast(tokens[text], tokens[surface]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("surface", ["paper", "ground"])
def test_the_edge_of_a_field_can_be_seen(theme, surface):
    """Source: WCAG 2.2, 1.4.11."""
    tokens = _themes()[theme]

    assert _contrast(tokens["control"], tokens[surface]) >= 3
