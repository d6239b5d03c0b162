import pytest

from app.web.invisible import has_invisible, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("张\u200b三", "张[U+200B]三"),
        ("\u202e123", "[U+202E]123"),
        ("\ufeffP0012", "[U+FEFF]P0012"),
        ("a\x00b", "a[U+0000]b"),
        ("soft\u00adhyphen", "soft[U+00AD]hyphen"),
        ("tag\U000e0041", "tag[U+E0041]"),
    ],
)
def test_a_character_nobody_can_see_is_shown_by_its_number(text, shown):
    assert has_invisible(text)
    assert visible(text) == shown


def test_ordinary_text_with_lines_and_tabs_stays_as_it_is():
    text = "利民便利店\t12 条\n第二行，ASCII & ümlaut"

    assert not has_invisible(text)
    assert visible(text) == text
