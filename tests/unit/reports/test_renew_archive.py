"""An archive is kept alive: a new time stamp before the last one ends, and the file verifies in years to come."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.keys.certificates import pem
from app.keys.local_time_stamper import create_time_keys, load_local_time_stamper, time_revocation_list
from app.reports.archive_signatures import ArchiveNotReady, ArchiveUnfit, renew_archive
from app.reports.signed_record import check_signed_record, prepare_form


@pytest.fixture(scope="module")
def office(signed_samples, tmp_path_factory):
    return signed_samples.make_office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def prepared(form_samples, fonts):
    return prepare_form(form_samples.form_evidence(), form_samples.FILES, fonts)


@pytest.fixture(scope="module")
def signed(signed_samples, office, fonts, prepared):
    return signed_samples.sign_form(office, fonts, prepared)[-1]


@pytest.fixture(scope="module")
def archived(signed_samples, office, signed, prepared):
    return signed_samples.archive(office, signed, prepared.content, expected=prepared.expected)


def day(year, month=6):
    return datetime(year, month, 1, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def folders(office):
    return {2026: office.time}


@pytest.fixture(scope="module")
def generation(office, folders, tmp_path_factory):
    """Return the local authority of a year, with a root of its own, whose clock stands there."""
    made = {}

    def stamper(year):
        if year not in made:
            folder = tmp_path_factory.mktemp(f"tsa-{year}") / "time"
            create_time_keys(folder, "示例县烟草专卖局", day(year) - timedelta(days=2))
            made[year] = load_local_time_stamper(folder, office.clock)
            folders[year] = folder
        return made[year]

    return stamper


@pytest.fixture(scope="module")
def renew(office, prepared, generation, folders):
    def again(pdf, year, *older, **more):
        stamper = generation(year)
        roots = [root for each in (office.stamper, *map(generation, older)) for root in each.roots]
        office.clock.set(day(year))
        at = day(year)
        # The newest of every generation: only the right one may be used.
        more = {"tsa_lists": [time_revocation_list(each, at) for each in folders.values()], **more}
        return renew_archive(
            pdf, prepared.content, prepared.expected, stamper, office.roots, at, tsa_roots=roots, **more
        )

    return again


@pytest.fixture(scope="module")
def once(renew, archived):
    return renew(archived.pdf, 2036)


@pytest.fixture(scope="module")
def twice(renew, once):
    return renew(once.pdf, 2045, 2036)


@pytest.fixture(scope="module")
def verifies(office, generation):
    def ok(pdf, year, *years, month=6):
        stampers = [office.stamper, *map(generation, years)]
        roots = [pem(root) for each in stampers for root in each.roots]
        return check_signed_record(pdf, [pem(root) for root in office.roots], roots, at=day(year, month))

    return ok


def test_without_renewal_it_verifies_until_the_certificate_of_its_time_stamp_ends(archived, verifies):
    assert archived.renew_before.year == 2036
    assert verifies(archived.pdf, 2033).ok
    assert not verifies(archived.pdf, 2037).ok


def test_renewed_once_it_verifies_until_the_next_certificate_ends(once, archived, verifies, prepared):
    assert once.pdf.startswith(archived.pdf)
    assert once.gate == ((datetime(2045, 6, 1, tzinfo=UTC)).date(),)
    assert once.renew_before.year == 2046
    for year in (2037, 2045):
        checked = verifies(once.pdf, year, 2036)
        assert checked.ok, [each.sentence.en for each in checked.checks if not each.passed]
        assert [each.name for each in checked.checks if "archive_time_stamp" in each.name] == [
            "archive_time_stamp_1",
            "archive_time_stamp_2",
        ]
    assert not verifies(once.pdf, 2047, 2036).ok


def test_renewed_twice_it_verifies_after_the_root_of_the_people_has_ended(twice, verifies, office):
    assert office.roots[0].not_valid_after_utc.year == 2046
    checked = verifies(twice.pdf, 2050, 2036, 2045)
    assert checked.ok, [each.sentence.en for each in checked.checks if not each.passed]
    assert twice.gate == ()


def test_a_renewed_file_keeps_the_rules_of_pdf_a(archive_rules, once, twice):
    assert archive_rules.archive_faults(once.pdf) == archive_rules.archive_faults(twice.pdf) == []


def test_every_forgery_of_a_renewed_file_is_rejected(tampering, twice, office, generation, verifies):
    then = replace(office, stamper=generation(2045))
    office.clock.set(day(2045))
    forged = {name: attack(twice.pdf, then) for name, attack in tampering.ATTACKS.items()}
    assert [name for name, pdf in forged.items() if verifies(pdf, 2046, 2036, 2045).ok] == []


def test_a_file_cut_back_to_before_its_renewal_is_told_once_that_stamp_has_ended(archived, once, verifies):
    assert once.pdf[: len(archived.pdf)] == archived.pdf
    assert not verifies(archived.pdf, 2045, 2036).ok


def test_it_is_not_renewed_too_late_or_when_it_was_never_archived_or_was_changed(renew, signed, archived, tampering):
    with pytest.raises(ArchiveNotReady):
        renew(archived.pdf, 2037)
    with pytest.raises(ArchiveNotReady, match="not archived"):
        renew(signed, 2030)
    with pytest.raises(ArchiveNotReady):
        renew(tampering.set_info(archived.pdf, None), 2030)
    with pytest.raises(ArchiveNotReady, match="no revocation list"):
        renew(archived.pdf, 2030, tsa_lists=[])


def test_a_renewal_that_would_not_hold_on_a_day_of_the_gate_is_thrown_away(renew, archived, monkeypatch):
    from app.reports import archive_signatures

    def weak(_people, _roots, _tsa_roots, at, **_more):
        return [f"layer_1: weak ({at.year})"]

    monkeypatch.setattr(archive_signatures, "long_term_faults", weak)
    with pytest.raises(ArchiveUnfit, match=r"layer_1: weak \(2045\)"):
        renew(archived.pdf, 2036)


def test_a_renewed_time_stamp_earlier_than_the_one_before_is_found(once, office, prepared, generation, folders):
    # The clock of the authority was set back by two days, within the time of its certificate.
    stamper = generation(2036)
    at = day(2036) + timedelta(days=1)
    office.clock.set(day(2036) - timedelta(days=1))
    with pytest.raises(ArchiveUnfit, match="not in their order"):
        renew_archive(
            once.pdf,
            prepared.content,
            prepared.expected,
            stamper,
            office.roots,
            at,
            tsa_roots=office.stamper.roots,
            tsa_lists=[time_revocation_list(folders[2036], at)],
        )


def test_no_flipped_byte_of_an_archive_time_stamp_is_accepted(once, verifies):
    found = list(re.finditer(rb"/Contents <([0-9a-fA-F]+)>", once.pdf))[-1]
    accepted = []
    for place in range(found.start(1) + 1, found.end(1), 997):
        changed = bytearray(once.pdf)
        changed[place] = ord("1") if changed[place] == ord("0") else ord("0")
        if verifies(bytes(changed), 2037, 2036).ok:
            accepted.append(place - found.start(1))
    assert accepted == []
