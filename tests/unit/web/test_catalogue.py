"""Both languages are complete: every sentence of the pages has its English, and nothing else does."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import app.web
from app.web.language import CATALOGUE

WEB = Path(app.web.__file__).parent
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
PLACE = re.compile(r"%\(\w+\)s")
SENTENCE_FUNCTIONS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


def _sentences() -> set[str | tuple[str, ...]]:
    found = extract_from_dir(
        WEB,
        method_map=[("templates/**.html", "jinja2.ext.babel_extract"), ("**.py", "python")],
        options_map={"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}},
        keywords=SENTENCE_FUNCTIONS,
    )
    return {sentence for _, _, sentence, _, _ in found}


def _english() -> dict[str | tuple[str, ...], str | tuple[str, ...]]:
    with CATALOGUE.open("rb") as file:
        return {message.id: message.string for message in read_po(file, locale="en") if message.id}


def test_every_sentence_of_the_pages_has_its_english_and_nothing_is_left_over():
    assert set(_english()) == _sentences()


def test_no_translation_is_empty_or_still_chinese():
    for chinese, english in _english().items():
        for text in english if isinstance(english, tuple) else (english,):
            assert text.strip(), chinese
            assert not CHINESE.search(text), text


def test_both_languages_fill_in_the_same_places():
    for chinese, english in _english().items():
        if isinstance(english, str):
            assert sorted(PLACE.findall(str(chinese))) == sorted(PLACE.findall(english))


def test_the_plural_fills_in_the_number():
    for chinese, english in _english().items():
        if isinstance(english, tuple) and "%(num)s" in chinese[0]:
            assert "%(num)s" in english[1]


@pytest.mark.parametrize("template", sorted(WEB.glob("templates/**/*.html")), ids=lambda path: path.name)
def test_no_chinese_stands_in_a_template_outside_a_sentence(template):
    text = re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"_\(\"[^\"]*\"|_\('[^']*'|ngettext\(\"[^\"]*\", \"[^\"]*\"", "", text)
    # The link to the other language is in that language.
    text = text.replace(">中文<", "><")

    assert not CHINESE.search(text), CHINESE.search(text)


@pytest.mark.parametrize("template", sorted(WEB.glob("templates/**/*.html")), ids=lambda path: path.name)
def test_a_template_has_no_inline_style_or_script(template):
    text = template.read_text(encoding="utf-8")

    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)", text)
