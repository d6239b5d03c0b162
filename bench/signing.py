"""One layer signed, time stamp included, beside bare pyHanko signing of the same file.

Run with ``python -m bench.signing``. The bare side signs the same field of the same D03 with the same kind of key and a
local time stamp, invisibly, checks nothing and draws nothing. Ours checks the content and all signatures before, draws
the box, and refuses what does not hold: the ratio says what that costs. Opening the key with the PIN is shown apart,
because it is meant to be slow. No disk is written on either side.
"""

import io
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSigner

from app.core.clock import SteppedClock
from app.core.text import Bilingual
from app.keys.authority import load_authority
from app.keys.certificates import PersonName, der
from app.keys.local_time_stamper import create_time_keys, load_local_time_stamper
from app.keys.person_key import create_person_key, open_person_key
from app.keys.ring import create_keys
from app.office.benefit import Benefit, BenefitLine, Entitlement
from app.office.month import Month
from app.office.people import Role
from app.office.segment_change import Application, ChangeState, SegmentChange, SiteCheck
from app.reports.archive_signatures import archive_signed
from app.reports.check_signatures import check_signatures
from app.reports.fonts import load_fonts
from app.reports.segment_change_evidence import segment_change_evidence
from app.reports.signed_record import prepare_form
from app.reports.signer import KeySigner, Stamps
from app.reports.signing import sign_step
from app.reports.signing_words import layer_statement

ROUNDS = 15
AT = datetime(2026, 11, 18, 2, 0, 0, tzinfo=UTC)
OFFICE = "示例县烟草专卖局"
PIN = "k7#mQ2vx"
ROLES = ("客户经理", "市场监管员", "市场经理", "营销部负责人", "内管人员")


def evidence() -> dict:
    """Return the evidence of a form with 20 products and both site checks."""
    asked = Application("360121108756", "P-1", "惠民便利店", current_segment="06", proposed_segment="01")
    made = (Role.ACCOUNT_MANAGER, "P-1"), (Role.MARKET_SUPERVISOR, "P-2")
    checks = tuple(
        SiteCheck(role, person, AT, AT, None, Decimal("91.6"), Decimal(16), "self_service", "pos")
        for role, person in made
    )
    lines = tuple(
        BenefitLine(f"6901028-{n:03}", f"规格 {n}", n < 4, Decimal(31), True, _cartons(n), _cartons(2 * n))
        for n in range(20)
    )
    both = Bilingual("便利店", "Convenience store")
    return segment_change_evidence(
        SegmentChange("NG-YT-202611-001", asked, AT, ChangeState.VERIFIED, site_checks=checks, favourable=True),
        office=Bilingual(OFFICE, "Sample County"),
        people={},
        shop_name="惠民便利店",
        address="人民路 118 号",
        territory=Bilingual("T-07", "T-07"),
        formats={"06": Bilingual("食杂店", "Grocery"), "01": both},
        licensed_at=None,
        benefit=Benefit(Month(2026, 12), "06", "01", lines, order_cycle_assumed=False),
        findings=(),
        history=(),
        file_names={},
        planned_effect=date(2027, 1, 1),
        public_url="https://henji.example.org",
        created_at=AT,
        simulated_clock=False,
    )


def _cartons(number: int) -> Entitlement:
    return Entitlement(eligible=True, cartons=number)


def measure(name: str, work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Run ``work``, print and return the median processor time (one core) in ms."""
    work()
    times = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        times.append((time.process_time() - began) * 1000)
    median = sorted(times)[rounds // 2]
    print(f"  {name:<58}{median:8.1f} ms{1000 / median:8.1f} /s")
    return median


def bare(pdf: bytes, field: str, key, stamper) -> bytes:
    """Return ``pdf`` signed by pyHanko and nothing else."""
    metadata = PdfSignatureMetadata(field_name=field, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    out = io.BytesIO()
    signer = PdfSigner(metadata, KeySigner(key), timestamper=Stamps(stamper))
    signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out, bytes_reserved=16384)
    return out.getvalue()


def main() -> None:
    fonts = load_fonts()
    clock = SteppedClock(AT)
    with tempfile.TemporaryDirectory() as folder:
        create_keys(Path(folder) / "keys", OFFICE, AT, slug="bench")
        authority = load_authority(Path(folder) / "keys")
        create_time_keys(Path(folder) / "time", OFFICE, AT)
        stamper = load_local_time_stamper(Path(folder) / "time", clock)
    roots = (authority.root,)
    people = []
    for number, role in enumerate(ROLES, 1):
        wrapped = create_person_key(f"P-{number}", PIN)
        certificate = der(authority.issue(PersonName(f"签名人{number}", role, f"P-{number}"), wrapped.public_key, AT))
        people.append((wrapped, certificate, open_person_key(wrapped, PIN, certificate)))
    form = prepare_form(evidence(), {}, fonts)
    print(f"D03: {len(form.pdf) // 1024} KiB before the first signature")
    opened = measure(
        "open a key with the PIN (argon2id, 64 MiB)", lambda: open_person_key(wrapped, PIN, certificate), 5
    )

    pdf, ours, careful, plain = form.pdf, [], [], []
    digest = f"sha256:{form.content.digest}"
    for number, (expected, (_, _, key)) in enumerate(zip(form.expected, people, strict=True), 1):
        at = AT + timedelta(minutes=number)
        clock.set(at)
        says = layer_statement(number, "经核实，情况属实。", at, simulated=False)

        def layer(known=None, pdf=pdf, says=says, key=key, place=form.places[expected.field]):
            return sign_step(
                pdf, form.content, form.expected, says, key, stamper, roots, fonts, place=place, file_digest=known
            )

        plain.append(
            measure(f"layer {number}: bare pyHanko", lambda p=pdf, f=expected.field, k=key: bare(p, f, k, stamper))
        )
        ours.append(
            measure(f"layer {number}: checked against the log, drawn, signed", lambda run=layer, d=digest: run(d))
        )
        careful.append(measure(f"layer {number}: without the log's digest", layer))
        step = layer()
        pdf, digest = step.pdf, step.file_digest
    ratios = " ".join(f"{mine / theirs:.2f}" for mine, theirs in zip(ours, plain, strict=True))
    print(f"  ours / bare pyHanko, layers 1 to 5: {ratios}; all five: {sum(ours) / sum(plain):.2f}")
    print(f"  without the log's digest: {sum(careful) / sum(plain):.2f}")
    print(f"  five layers with five PINs: {sum(ours) + 5 * opened:.0f} ms; the file has {len(pdf) // 1024} KiB")

    at = AT + timedelta(hours=1)
    clock.set(at)
    crl = authority.revocation_list([], 1, at)

    def archive() -> bytes:
        return archive_signed(pdf, form.content, form.expected, crl, stamper, roots, at).pdf

    measure("archive: list, time stamp, gate of 2027, 2033, 2045", archive, 3)
    archived = archive()
    checked = check_signatures(archived, form.expected, roots, stamper.roots, content=form.content, at=at)
    measure(
        "strict verdict on the archived file",
        lambda: check_signatures(archived, form.expected, roots, stamper.roots, content=form.content, at=at),
        5,
    )
    print(f"  the archived file has {len(archived) // 1024} KiB and is accepted: {checked.ok}")


if __name__ == "__main__":
    main()
