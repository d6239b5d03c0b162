"""Files become evidence once, with a log entry, and go out only through a request that names them."""

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.actions.read_evidence_file import EvidenceContent, evidence_digests, read_evidence_file
from app.actions.upload_evidence import Declared, read_declared, upload_evidence
from app.core.canonical import sha256_hex
from app.core.errors import Forbidden, Invalid, NotFound
from app.office.permission import SCOPES
from app.office.position import Position
from app.reports.upload_errors import UploadIsArchive, UploadTruncated
from app.store.change_values import StoredEvidence
from app.store.values import EvaluationFilter
from tests.actions.segment_change_office import AM, ML, MM, MS, OTHER_AM, SO, SO2
from tests.actions.tiny_office import OPERATOR, client
from tests.unit.reports.upload_samples import exif, pdf, photo, zip_of

CAMERA = exif("2026:11:01 10:00:00", "+08:00", "30.592800", "114.305500")
TAKEN = datetime(2026, 11, 1, 2, tzinfo=UTC)
SHOP = Position(30_592_800, 114_305_500)
PHOTO = photo(exif=CAMERA)
PLAIN = photo()
DIGEST = "sha256:" + sha256_hex(PHOTO)


def uploads(office):
    return [event for event in office.log() if event.name == "evidence.uploaded"]


def test_a_photo_is_kept_byte_by_byte_with_one_log_entry(office):
    uploader = client("phones", "segment")
    kept = upload_evidence(office.deps, uploader, PHOTO, Declared("../门头.png", "image/png"))
    assert kept.is_new
    with office.deps.store.read() as uow:
        assert uow.evidence.get(DIGEST) == kept.evidence
        assert uow.blobs.get(DIGEST) == PHOTO
    assert kept.evidence == StoredEvidence(
        digest=DIGEST, media_type="image/jpeg", size=len(PHOTO), name="门头.png", uploaded_by="phones",
        uploaded_at=office.clock.now(), taken_at=TAKEN, position=SHOP, width=64, height=48, actor=uploader.as_json(),
    )  # fmt: skip
    (event,) = uploads(office)
    assert (event.subject, event.actor) == ({"kind": "evidence", "id": DIGEST, "version": 1}, uploader.as_json())
    place = {"latitude": 30_592_800, "longitude": 114_305_500}
    assert event.body == {
        "digest": DIGEST, "media_type": "image/jpeg", "size": len(PHOTO), "name": "门头.png",
        "width": 64, "height": 48, "pages": None,
        "camera": {"taken_at": "2026-11-01T02:00:00.000Z", "position": place},
        "declared": {"media_type": "image/png", "taken_at": None, "position": None},
        "differs": ["media_type"],
    }  # fmt: skip


def test_the_same_bytes_again_change_nothing(office):
    first = upload_evidence(office.deps, client("one", "segment"), PHOTO, Declared("a.jpg"))
    rows = office.counts()
    again = upload_evidence(office.deps, client("two", "segment"), PHOTO, Declared("b.jpg", taken_at=TAKEN))
    assert (again.evidence, again.is_new) == (first.evidence, False)
    assert office.counts() == rows
    # Another photo, if only by its metadata, is another file.
    assert upload_evidence(office.deps, client("two", "segment"), PLAIN, Declared()).is_new


def test_the_camera_wins_over_the_sender_and_both_are_on_record(small_office):
    said = Declared("a.jpg", "image/jpeg", datetime(2026, 11, 2, tzinfo=UTC), Position(31_000_000, 114_000_000))
    kept = upload_evidence(small_office.deps, OPERATOR, PHOTO, said).evidence
    assert (kept.taken_at, kept.position) == (TAKEN, SHOP)
    plain = upload_evidence(small_office.deps, OPERATOR, PLAIN, said).evidence
    assert (plain.taken_at, plain.position) == (said.taken_at, said.position)
    by_camera, by_sender = (event.body for event in uploads(small_office))
    assert by_camera["differs"] == ["taken_at", "position"]
    assert by_camera["declared"]["taken_at"] == "2026-11-02T00:00:00.000Z"
    assert by_sender["differs"] == []
    assert by_sender["camera"] == {"taken_at": None, "position": None}


def test_a_pdf_is_logged_with_its_pages(small_office):
    kept = upload_evidence(small_office.deps, OPERATOR, pdf(), Declared("申请书.pdf")).evidence
    assert (kept.media_type, kept.width, kept.taken_at) == ("application/pdf", None, None)
    assert uploads(small_office)[0].body["pages"] == 1


@pytest.mark.parametrize(("data", "kind"), [(zip_of(b"a", b"\3\0", 0), UploadIsArchive), (PHOTO[:-2], UploadTruncated)])
def test_a_refused_file_leaves_nothing_behind(small_office, data, kind):
    rows = small_office.counts()
    with pytest.raises(kind):
        upload_evidence(small_office.deps, OPERATOR, data, Declared("a.jpg"))
    assert small_office.counts() == rows
    with small_office.deps.store.read() as uow:
        assert not uow.blobs.known("sha256:" + sha256_hex(data))


@pytest.mark.parametrize("scope", [*SCOPES, None])
def test_only_the_scope_of_segment_changes_uploads(small_office, scope, monkeypatch):
    # Who may not upload does not get a file looked at either.
    monkeypatch.setattr("app.actions.upload_evidence.check_upload", lambda *_: pytest.fail("it was looked at"))
    actor = client("some", *([scope] if scope else []))
    if scope == "segment":
        assert actor.may("evidence.upload")
        return
    with pytest.raises(Forbidden):
        upload_evidence(small_office.deps, actor, PHOTO, Declared())


def test_of_the_roles_those_who_are_in_the_shop_or_inspect_upload(change_office):
    may = {who: change_office.person(who).may("evidence.upload") for who in (AM, MS, MM, ML, SO, SO2)}
    assert may == {AM: True, MS: True, MM: False, ML: False, SO: True, SO2: True}


def test_two_uploads_of_one_file_at_the_same_moment_are_recorded_once(office):
    kept = []
    gate = threading.Barrier(2)

    def upload(name):
        gate.wait()
        kept.append(upload_evidence(office.deps, client(name, "segment"), PHOTO, Declared(name)))

    threads = [threading.Thread(target=upload, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.is_new for one in kept) == [False, True]
    assert kept[0].evidence == kept[1].evidence
    assert len(uploads(office)) == 1


def test_who_came_first_while_the_file_was_checked_stays_first(small_office, monkeypatch):
    from app.actions import upload_evidence as module

    prepare = module.prepare_blob

    def meanwhile(data):
        monkeypatch.setattr(module, "prepare_blob", prepare)
        upload_evidence(small_office.deps, client("quick", "segment"), data, Declared("quick.jpg"))
        return prepare(data)

    monkeypatch.setattr(module, "prepare_blob", meanwhile)
    late = upload_evidence(small_office.deps, client("late", "segment"), PHOTO, Declared("late.jpg"))
    assert (late.is_new, late.evidence.name) == (False, "quick.jpg")


# --- what the sender says -------------------------------------------------------------------------------------------


def test_what_is_said_is_read_without_a_float():
    said = read_declared(
        {"name": "a.jpg", "taken_at": "2026-11-01T10:00:00+08:00", "latitude": "30.5928004", "longitude": "-0.0000005"},
        "image/jpeg",
    )
    assert said == Declared("a.jpg", "image/jpeg", TAKEN, Position(30_592_800, 0))
    assert read_declared({}, "") == Declared()
    assert read_declared({"latitude": "", "longitude": "", "taken_at": ""}, None) == Declared()
    assert read_declared({"latitude": "-90", "longitude": "180.0"}, None).position == Position(-90_000_000, 180_000_000)


@pytest.mark.parametrize(
    ("fields", "places"),
    [
        ({"taken_at": "2026-11-01 10:00"}, ["taken_at"]),
        ({"taken_at": "x", "latitude": "y", "longitude": "z"}, ["taken_at", "latitude", "longitude"]),
        ({"latitude": "90.0000001", "longitude": "0"}, ["latitude"]),
        ({"latitude": "1e1", "longitude": "0"}, ["latitude"]),
        ({"latitude": "+1", "longitude": "0"}, ["latitude"]),
        ({"latitude": "1/2", "longitude": "0"}, ["latitude"]),
        ({"latitude": "nan", "longitude": "0"}, ["latitude"]),
        ({"latitude": "1"}, ["longitude"]),
        ({"longitude": "1"}, ["latitude"]),
    ],
)
def test_every_field_that_cannot_be_read_is_named(fields, places):
    with pytest.raises(Invalid) as refused:
        read_declared(fields, None)
    assert [fault.pointer for fault in refused.value.faults] == places


# --- reading --------------------------------------------------------------------------------------------------------


def uploaded(office, data=PHOTO, name="门头.html"):
    return upload_evidence(office.deps, office.person(AM), data, Declared(name)).evidence.digest


def applied(office):
    """A request of a shop of T01 with one file that was really uploaded."""
    digest = uploaded(office)
    evidence = [*office.evidence("storefront"), {"kind": "storefront", "digest": digest}]
    return office.apply(evidence=evidence).body["change_no"], digest


def test_a_file_goes_out_through_its_request_under_a_name_that_fits_it(change_office):
    change_no, digest = applied(change_office)
    for who in (AM, MS, MM, ML, SO, SO2):
        content = read_evidence_file(change_office.deps, change_office.person(who), change_no, digest)
        assert content == EvidenceContent(PHOTO, digest, "image/jpeg", "门头.html.jpg")
    machine = client("reader", "segment", territories=["T01"])
    assert read_evidence_file(change_office.deps, machine, change_no, digest).data == PHOTO


def test_who_may_not_see_the_request_sees_no_file_of_it(change_office):
    change_no, digest = applied(change_office)
    for actor in (change_office.person(OTHER_AM), client("elsewhere", "segment", territories=["T02"])):
        with pytest.raises(NotFound):
            read_evidence_file(change_office.deps, actor, change_no, digest)
    with pytest.raises(Forbidden):
        read_evidence_file(change_office.deps, client("others", "submit", "read"), change_no, digest)


def test_a_file_is_not_handed_out_through_a_request_that_does_not_name_it(change_office):
    change_no, digest = applied(change_office)
    officer = change_office.person(SO)
    loose = uploaded(change_office, PLAIN)
    # The content of other things lies beside the files: what was submitted, the facts of an evaluation.
    with change_office.deps.store.read() as uow:
        (head, *_) = uow.evaluations.page(EvaluationFilter(), None, 10).items
        stored = uow.evaluations.get(head.evaluation_id)
        assert uow.blobs.known(stored.payload_digest)
    others = (loose, stored.payload_digest, stored.facts_digest, "sha256:" + "0" * 64)
    for other in (*others, digest.upper(), digest[7:], "", "../" + digest):
        with pytest.raises(NotFound):
            read_evidence_file(change_office.deps, officer, change_no, other)
    for number in ("NG-YT-202611-999", "", "%"):
        with pytest.raises(NotFound):
            read_evidence_file(change_office.deps, officer, number, digest)


def test_photos_of_the_checks_are_files_of_the_request_too(road, office_at):
    office, change_no = office_at("verified"), road.change_no
    photos = [digest for check in office.change(change_no).site_checks for digest in check.photos]
    assert len(photos) >= 2
    for digest in photos:
        assert digest in evidence_digests(office.change(change_no))
        assert read_evidence_file(office.deps, office.person(SO), change_no, digest).media_type == "image/jpeg"


def test_the_scan_of_a_signature_on_paper_is_a_file_of_the_request_and_the_form_is_not(road, office_at):
    office, change_no = office_at("layer_1"), road.change_no
    change = office.change(change_no)
    assert change.form is not None
    scan = "sha256:" + "5c" * 32
    signature = replace(change.form.signatures[0], scan_digest=scan)
    on_paper = replace(change, form=replace(change.form, signatures=(signature,)))
    assert evidence_digests(on_paper) - evidence_digests(change) == {scan}
    with pytest.raises(NotFound):
        read_evidence_file(office.deps, office.person(SO), change_no, change.form.current_digest)
