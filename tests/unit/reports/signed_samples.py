"""Five people, their keys, a local time stamp, and a small document they sign."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from app.core.clock import SteppedClock
from app.core.text import Bilingual
from app.keys.authority import load_authority
from app.keys.certificates import PersonName, der
from app.keys.local_time_stamper import create_time_keys, load_local_time_stamper
from app.keys.person_key import Cost, create_person_key, open_person_key
from app.keys.ring import create_keys
from app.reports.archive_format import archive_pdf
from app.reports.archive_signatures import archive_signed
from app.reports.document import Document, Heading, Paragraph, SignatureField, SignatureRow
from app.reports.render import render
from app.reports.signed_form import Expected, Standing, Statement, content_of
from app.reports.signing import add_fields, sign_step
from app.reports.signing_words import layer_statement, officer_statement, witness_statement

NOW = datetime(2026, 11, 23, 10, 0, 0, tzinfo=UTC)
PIN = "k7#mQ2vx"
CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
PEOPLE = (
    ("account_manager", "客户经理", "Account manager", "王小明", "实地核查属实", "Verified on site"),
    ("market_supervisor", "市场监管员", "Market supervisor", "李芳", "实地核查属实", "Verified on site"),
    ("market_manager", "市场经理", "Market manager", "张伟", "审核同意", "Reviewed and agreed"),
    ("marketing_leader", "营销部负责人", "Marketing leader", "赵强", "批准", "Approved"),
    ("supervision_officer", "内管人员", "Supervision officer", "陈静", "合规审查通过，予以备案", "Compliant; filed"),
)


@dataclass
class Office:
    authority: object
    stamper: object
    clock: SteppedClock
    signers: tuple
    """(expected, statement without time, key) of each person."""
    witness: object
    """Key of a supervision officer who signs no layer, P-0006."""
    time: object
    """Folder of the local time stamps."""

    @property
    def roots(self):
        return (self.authority.root,)

    @property
    def expected(self):
        return tuple(each for each, _, _ in self.signers)


def make_office(folder):
    create_keys(folder / "keys", "示例县烟草专卖局", NOW - timedelta(days=30), slug="county")
    authority = load_authority(folder / "keys")
    clock = SteppedClock(NOW)
    create_time_keys(folder / "time", "示例县烟草专卖局", NOW - timedelta(days=30))

    def key_of(number, name, unit):
        wrapped = create_person_key(f"P-{number:04}", PIN, cost=CHEAP)
        person = PersonName(name, unit, f"P-{number:04}")
        return open_person_key(wrapped, PIN, der(authority.issue(person, wrapped.public_key, NOW - timedelta(days=10))))

    signers = []
    for number, (role, zh, en, name, meaning, meaning_en) in enumerate(PEOPLE, 1):
        caption = Bilingual(zh, en)
        statement = Statement(
            f"sig_{number}_{role}", caption, Bilingual(meaning, meaning_en), "经核实，面积与照片相符。" * 3, NOW
        )
        key = key_of(number, name, f"{zh} {en}")
        signers.append((Expected(statement.field, caption, f"P-{number:04}"), statement, key))
    witness = key_of(6, "孙𬭎", "内管人员 Supervision officer")
    stamper = load_local_time_stamper(folder / "time", clock)
    return Office(authority, stamper, clock, tuple(signers), witness, folder / "time")


OPINIONS = (
    "",
    "两次核查结果一致，收银系统在用。",
    "面积、品种数与照片相符，紧俏规格增加有标准依据，同意。",
    "二级复核：紧俏规格每月增加 5 条，均在备案标准以内，与同片区便利店一致；要求生效后 90 日内复查。",
    "五层五人，时间先后无误，材料齐全。",
)


def layer_of(office, number, *, by_hand=(), opinion=None):
    """Return what is said in layer ``number`` (1 to 5) and with which key; a witness signs the layers ``by_hand``."""
    at = NOW + timedelta(minutes=number)
    said = OPINIONS[number - 1] if opinion is None else opinion
    if number in by_hand:
        writer = Standing(f"P-{number:04}", PEOPLE[number - 1][3])
        scan = "sha256:" + f"{number}c" * 32
        return witness_statement(number, writer, scan, said, at, simulated=False), office.witness
    return layer_statement(number, said, at, simulated=False), office.signers[number - 1][2]


def standing(number):
    return Standing(f"P-{number:04}", f"人{number}")


def layer_for(number, principal):
    """Return what a deputy says in layer ``number``."""
    at = NOW + timedelta(minutes=number)
    return layer_statement(number, "代为审批。", at, simulated=True, principal=principal)


def put(office, fonts, prepared, pdf, statement, key, **more):
    """Return the step of one signature under a prepared document."""
    office.clock.set(statement.at)
    return sign_step(
        pdf,
        prepared.content,
        prepared.expected,
        statement,
        key,
        office.stamper,
        office.roots,
        fonts,
        place=prepared.places[statement.field],
        **more,
    )


def sign_form(office, fonts, prepared, *, by_hand=(), opinion=None):
    """Return D03 after each of the five signatures."""
    steps, pdf = [], prepared.pdf
    for number in range(1, 6):
        statement, key = layer_of(office, number, by_hand=by_hand, opinion=opinion)
        pdf = put(office, fonts, prepared, pdf, statement, key).pdf
        steps.append(pdf)
    return steps


def sign_register(office, fonts, prepared):
    """Return D04 after its one signature."""
    statement = officer_statement("逐号核对，与系统登记一致。", NOW + timedelta(minutes=1), simulated=False)
    return put(office, fonts, prepared, prepared.pdf, statement, office.signers[4][2]).pdf


def small_document(expected):
    rows = tuple(SignatureRow((SignatureField(each.field, each.caption),)) for each in expected)
    return Document(
        code="D03",
        title=Bilingual("业态变更审批表", "Segment change approval"),
        organisation=Bilingual("示例县烟草专卖局", "Sample County"),
        number="YT-202611-000001",
        created_at=NOW,
        blocks=(
            Paragraph(Bilingual("内容", "Content")),
            Heading(Bilingual("签署", "Signatures"), together=True),
            *rows,
        ),
        footer=("YT-202611-000001",),
    )


def base(office, fonts, document=None):
    """Return the file before anybody signed, its content and where the fields stand."""
    drawn = render(document or small_document(office.expected), fonts)
    pdf = archive_pdf(
        drawn.pdf, title="审批表", author="示例县", at=NOW, file_name="evidence.json", attachment=b'{"a":1}'
    )
    ready = add_fields(pdf, office.expected, drawn.fields)
    return ready, content_of(ready), drawn.fields


def sign_one(office, fonts, pdf, content, places, number, **changes):
    """Let the person ``number`` (from 0) sign, a minute after the one before."""
    expected, statement, key = office.signers[number]
    at = NOW + timedelta(minutes=number)
    office.clock.set(at)
    statement = replace(statement, at=at, **changes.pop("says", {}))
    return sign_step(
        pdf,
        content,
        changes.pop("expected", office.expected),
        statement,
        changes.pop("key", key),
        changes.pop("stamper", office.stamper),
        office.roots,
        fonts,
        place=places[expected.field],
        **changes,
    )


def sign_all(office, fonts, ready, content, places):
    """Return the file after each signature."""
    steps = []
    for number in range(len(office.signers)):
        ready = sign_one(office, fonts, ready, content, places, number).pdf
        steps.append(ready)
    return steps


def archive(office, pdf, content, after=timedelta(hours=1), **changes):
    """Archive with a list made an hour after, by a clock that stands then."""
    at = NOW + after
    office.clock.set(at)
    crl = changes.pop("crl", None) or office.authority.revocation_list([], 1, at)
    expected = changes.pop("expected", office.expected)
    return archive_signed(pdf, content, expected, crl, office.stamper, office.roots, at, **changes)
