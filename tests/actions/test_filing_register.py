"""The register of filings: numbers without gaps, void ones kept, signed as document D04 and verified offline."""

import pytest

from app.actions.change_acting import PersonUnknown
from app.actions.change_tasks import my_tasks
from app.actions.compare_with_log import compare_with_log
from app.actions.filing_register import (
    filing_register,
    prepare_filing_register,
    read_register_document,
    show_register_document,
    sign_filing_register,
)
from app.actions.page_changes import look_up_customers, page_changes
from app.actions.published_changes import published_changes
from app.actions.sign_change_layer import SigningInput
from app.core.errors import Forbidden, NotFound
from app.keys.certificates import pem
from app.office.month import Month
from app.reports.signed_record import check_signed_record
from app.reports.signing import SigningRefused
from app.store.change_values import ChangeFilter
from tests.actions.segment_change_office import AM, ML, MM, MS, OTHER_AM, SH, SO, SO2, moment, pin_of
from tests.actions.tiny_office import OF_LI, OPERATOR, VISITED


def test_a_signed_register_verifies_with_nothing_but_the_file_and_the_roots(office_at):
    office = office_at("filed")
    prepared = prepare_filing_register(office.deps, office.person(SO2), 2026)
    shown = show_register_document(office.deps, office.person(SO2), prepared.document_no)
    assert (shown.has_key, shown.totp_needed, shown.document.signatures) == (True, False, ())
    given = SigningInput(prepared.content_digest, "逐号核对无误", pin_of(SO2))
    signed = sign_filing_register(office.deps, office.person(SO2), prepared.document_no, given)
    assert [(one.field, one.person_id) for one in signed.signatures] == [("officer", SO2)]
    office.later(minutes=5)
    assert office.run_day().archived == (prepared.document_no,)
    pdf = read_register_document(office.deps, office.person(SH), prepared.document_no)
    roots = office.deps.load_keyring().roots
    times = _pem(office.deps.load_time_stamper().roots)
    check = check_signed_record(pdf, roots, times, at=office.clock.now(), archived=True)
    assert [each.sentence.en for each in check.checks if not each.passed] == []
    assert check.number == prepared.document_no
    assert not check_signed_record(pdf[:-40] + pdf[-40:].replace(b"0", b"1"), roots, times, at=office.clock.now()).ok
    assert list(compare_with_log(office.deps.store)) == []


def _pem(certificates):
    return [pem(one) for one in certificates]


def test_only_what_was_shown_is_signed_and_only_by_an_officer(office_at):
    office = office_at("filed")
    prepared = prepare_filing_register(office.deps, office.person(SO), 2026)
    with pytest.raises(SigningRefused):
        sign_filing_register(office.deps, office.person(SO), prepared.document_no,
                             SigningInput("0" * 64, "", pin_of(SO)))  # fmt: skip
    for who in (AM, MM, SH):
        with pytest.raises(Forbidden):
            sign_filing_register(office.deps, office.person(who), prepared.document_no,
                                 SigningInput(prepared.content_digest, "", pin_of(who)))  # fmt: skip
    with pytest.raises(PersonUnknown):
        sign_filing_register(office.deps, OPERATOR, prepared.document_no,
                             SigningInput(prepared.content_digest, "", pin_of(SO)))  # fmt: skip
    with pytest.raises(NotFound):
        show_register_document(office.deps, office.person(SO), "D04-202611-999")


def test_every_number_stands_in_its_register_and_a_void_one_says_why(office_at):
    office = office_at("filed")
    office.at("2026-11-12 10:00")
    second = str(office.apply(licence_no=OF_LI[1]).body["change_no"])
    office.later(hours=1)
    office.withdraw(second, code="entered_in_error")
    view = filing_register(office.deps, office.person(MM), "YT", 2026)
    assert [(line.entry.serial, line.entry.number, line.state) for line in view.lines] == [
        (1, "NG-YT-202611-001", "filed"), (2, second, "withdrawn"),
    ]  # fmt: skip
    assert view.lines[0].entry.void_reason is None
    assert (view.lines[1].entry.void_reason, view.lines[1].entry.voided_by) == ("客户撤回", AM)
    filed = filing_register(office.deps, office.person(SO), "BA", 2026).lines
    assert [(line.entry.number, line.change_no, str(line.effective_on)) for line in filed] == [
        ("NG-BA-202611-001", "NG-YT-202611-001", "2026-12-01"),
    ]  # fmt: skip
    assert filed[0].form_digest.startswith("sha256:")
    with pytest.raises(NotFound):
        filing_register(office.deps, office.person(SO), "XX", 2026)
    with pytest.raises(Forbidden):
        filing_register(office.deps, office.person(AM), "BA", 2026)


@pytest.mark.parametrize(
    ("stop", "who", "act"),
    [
        ("applied", AM, "check"), ("checked", MS, "check"), ("verified", AM, "sign"), ("layer_1", MS, "sign"),
        ("layer_2", MM, "approve"), ("layer_3", ML, "approve"), ("layer_4", SO, "approve"), ("approved", SO, "file"),
        ("effective", SO2, "review"),
    ],
)  # fmt: skip
def test_each_step_is_the_task_of_whose_turn_it_is_and_of_nobody_else(office_at, stop, who, act):
    office = office_at(stop)
    waiting = {
        person: [task.act for task in my_tasks(office.deps, office.person(person)) if task.kind == "segment_change"]
        for person in (AM, OTHER_AM, MS, MM, ML, SO, SO2)
    }
    assert waiting[who] == [act]
    # Any officer may take the last two steps; who signed does not inspect.
    others = {person for person, acts in waiting.items() if acts and person != who}
    assert others <= ({SO2} if stop in ("layer_4", "approved") else set())


def test_an_overdue_task_stands_first_and_says_by_how_much(office_at):
    office = office_at("checked")
    office.at("2026-11-16 09:00")
    (task,) = my_tasks(office.deps, office.person(MS))
    assert (str(task.due_on), task.overdue_days) == ("2026-11-09", 5)


def test_the_published_list_shows_what_counts_and_hides_whose_it_is(office_at):
    office = office_at("effective")
    (line,) = published_changes(office.deps)
    assert (line.masked_licence, line.masked_shop) == ("420300****01", "示***")
    assert (line.from_segment, line.to_segment, str(line.effective_on)) == ("便利店", "超市", "2026-12-01")
    assert published_changes(office.deps, Month(2026, 12)) == (line,)
    assert published_changes(office.deps, Month(2026, 11)) == ()
    assert published_changes(office_at("filed").deps) == ()


def test_lists_show_an_account_manager_the_own_territories_only(office_at):
    office = office_at("applied")
    everything = ChangeFilter()
    shown = page_changes(office.deps, office.person(SO), everything, None).items
    assert [row.shop_name for row in shown] == ["示例店1"]
    assert len(page_changes(office.deps, office.person(AM), everything, None).items) == 1
    assert page_changes(office.deps, office.person(OTHER_AM), everything, None).items == ()
    found = look_up_customers(office.deps, office.person(AM), VISITED[-4:])
    assert [(hit.licence_no, hit.segment_name) for hit in found] == [(VISITED, "便利店")]
    assert look_up_customers(office.deps, office.person(OTHER_AM), VISITED) == ()
    assert look_up_customers(office.deps, office.person(AM), "  ") == ()
    assert office.clock.now() == moment("2026-11-02 09:00")
