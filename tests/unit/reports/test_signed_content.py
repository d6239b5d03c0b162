"""What every signature is bound to, and what the pages are held against when they are drawn again."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.keys.certificates import pem
from app.reports import signed_record, signing
from app.reports.signed_form import Content, read_reason
from app.reports.signed_record import check_signed_record, prepare_form

LATER = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def office(signed_samples, tmp_path_factory):
    return signed_samples.make_office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def prepared(form_samples, fonts):
    return prepare_form(form_samples.register_evidence(), {}, fonts)


@pytest.fixture(scope="module")
def signed(signed_samples, office, fonts, prepared):
    return signed_samples.sign_register(office, fonts, prepared)


@pytest.fixture(scope="module")
def check(office):
    def verdict(data):
        roots = [pem(root) for root in office.roots]
        return check_signed_record(data, roots, [pem(root) for root in office.stamper.roots], at=LATER)

    return verdict


def last(checked):
    return checked.checks[-1]


def test_a_reason_that_names_no_content_is_none_of_ours():
    assert read_reason("审核同意 Approved") is None
    assert read_reason(f"好 OK [content sha256:{'0' * 63}]") is None
    stated = read_reason(
        f"好 OK；words [for P-1] [by hand P-2 scan sha256:{'1' * 64}] [content sha256:{'0' * 64}]",
    )
    assert (stated.said, stated.principal, stated.writer) == ("好 OK；words", "P-1", "P-2")
    assert stated.scan_digest == f"sha256:{'1' * 64}"


def test_a_signature_that_names_what_the_file_never_was_is_found(
    signed_samples, office, fonts, prepared, check, monkeypatch
):

    monkeypatch.setattr(Content, "is_start_of", lambda _self, _data: True)
    lying = replace(prepared, content=Content(prepared.content.size, "ab" * 32))
    pdf = signed_samples.sign_register(office, fonts, lying)
    monkeypatch.undo()
    checked = check(pdf)
    assert not checked.ok
    said = next(each for each in checked.checks if each.name == "content")
    assert "another content than this file's" in said.sentence.en


def test_signatures_that_name_different_contents_are_found(
    form_samples, signed_samples, office, fonts, check, monkeypatch
):

    form = prepare_form(form_samples.form_evidence(), form_samples.FILES, fonts)
    pdf = form.pdf
    for number in range(1, 6):
        if number == 5:
            # The service of a forger does not look before it signs.
            held = signing._require_unchanged(
                pdf, form.content, form.expected, office.roots, office.stamper.roots, LATER, None
            )
            monkeypatch.setattr(signing, "_require_unchanged", lambda *_args, held=held: held)
            form = replace(form, content=Content(form.content.size, "cd" * 32))
        statement, key = signed_samples.layer_of(office, number)
        pdf = signed_samples.put(office, fonts, form, pdf, statement, key).pdf
    monkeypatch.undo()
    checked = check(pdf)
    said = next(each for each in checked.checks if each.name == "layer_5")
    assert said.sentence.en == "The signatures do not name the same content."


def test_pages_drawn_by_other_means_are_compared_word_for_word(signed, check, monkeypatch):
    real = signed_record.archive_pdf
    monkeypatch.setattr(signed_record, "archive_pdf", lambda *args, **more: real(*args, **{**more, "author": "另"}))
    checked = check(signed)
    assert checked.ok
    assert "not byte for byte" in last(checked).sentence.en


def test_pages_drawn_with_other_fonts_are_not_compared(signed, check, monkeypatch):
    monkeypatch.setattr(signed_record, "page_texts", lambda pdf: [str(len(pdf))])
    real = signed_record.archive_pdf
    monkeypatch.setattr(signed_record, "archive_pdf", lambda *args, **more: real(*args, **{**more, "author": "另"}))
    assert not check(signed).ok
    monkeypatch.setattr(signed_record, "font_names", lambda pdf: frozenset([str(len(pdf))]))
    checked = check(signed)
    assert checked.ok
    assert "the fonts here are not those of the file" in last(checked).sentence.en


def test_an_enclosure_that_does_not_fit_its_evidence_fails_the_pages(signed, check, monkeypatch):
    monkeypatch.setattr(signed_record, "attached", lambda _data: {"evidence.json": b"", "more.pdf": b"x"})
    checked = check(signed)
    assert not checked.ok
    assert "not those the evidence lists: more.pdf" in last(checked).sentence.en
