"""The evidence of document D03: everything the approval form of one segment change says, from the values on record.

What nobody knows is kept as null and prints as words. Nothing here is counted or judged anew.
Source: domain/documents.md, D03; domain/workflows.md, WF-1; SEG-11.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.core.clock import instant, local_date
from app.core.text import Bilingual
from app.office.benefit import Benefit, BenefitLine, Entitlement
from app.office.position import Position
from app.office.segment_change import (
    APPLICATION_REASONS,
    CHAIN,
    Application,
    EvidenceFile,
    EvidenceKind,
    SegmentChange,
    SiteCheck,
)
from app.reports.signed_form import Expected, expected_signatures
from app.reports.signing_words import LAYER_FIELDS, LAYER_MEANINGS, ROLE_WORDS

FORM_FORMAT = "henji-segment-change/1"
ENCLOSED = frozenset({EvidenceKind.APPLICATION, EvidenceKind.CORRECTION_PROOF})
"""What goes along inside the form: what the customer signed, and what shows that a register was wrong. The photos stay
in the service and are listed by hash."""

_ENDINGS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}


def segment_change_evidence(
    change: SegmentChange,
    *,
    office: Bilingual,
    people: Mapping[str, str],
    shop_name: str,
    address: str | None,
    territory: Bilingual,
    formats: Mapping[str, Bilingual],
    licensed_at: Position | None,
    benefit: Benefit | None,
    findings: Sequence[Mapping[str, Any]],
    history: Sequence[Bilingual],
    file_names: Mapping[str, str],
    planned_effect: date,
    public_url: str,
    created_at: datetime,
    simulated_clock: bool,
) -> dict[str, Any]:
    """Return the evidence (henji-segment-change/1) of the next form of ``change``; the same for the same values.

    Args:
        change: with both site checks made, without the form to be prepared.
        office: who the form is of.
        people: names by person_id; an id without a name stands for itself.
        shop_name: as the office knows the customer.
        address: the same; None when it does not know one.
        territory: its name.
        formats: names of the formats by code; a code without a name stands for itself.
        licensed_at: where the licence is for; None: the distance of the checks cannot be told.
        benefit: the analysis; None when none could be made.
        findings: of the rules that were asked, as ``Finding.as_json()`` gives them; ``rule``, ``outcome``, ``message``
            and ``clauses`` are used, and ``rule_version`` when it is there.
        history: sentences on earlier requests of the customer and of the account manager.
        file_names: names of the uploaded files by digest.
        planned_effect: the day of effect if it were filed now. Filing fixes it.
        public_url: the address in the QR code.
        created_at: aware; the moment the form speaks of.
        simulated_clock: whether that moment is not real.
    """
    asked = change.application
    return {
        "format": FORM_FORMAT,
        "document": "D03",
        "office": office.as_json(),
        "number": change.change_no,
        "revision": change.form_revisions + 1,
        "created_at": instant(created_at),
        "simulated_clock": simulated_clock,
        "public_url": public_url,
        "customer": {
            "licence_no": asked.licence_no,
            "name": shop_name,
            "holder": asked.holder_name,
            "address": address,
            "territory": territory.as_json(),
        },
        "change": {
            "from": _format(asked.current_segment, formats),
            "to": _format(asked.proposed_segment, formats),
            "reason": _reason(asked),
            "reason_text": asked.reason_text,
            "applied_on": local_date(change.applied_at).isoformat(),
            "requested_effect": asked.requested_effective.isoformat() if asked.requested_effective else None,
            "planned_effect": planned_effect.isoformat(),
            "census_campaign": asked.census_campaign,
            "favourable": change.favourable,
        },
        "application": {
            "applicant": asked.applicant,
            "entered_by": _person(asked.account_manager, people),
            "submission": change.submission,
        },
        "checks": [_check(each, people, licensed_at) for each in change.site_checks],
        "benefit": None if benefit is None else _benefit(benefit, formats),
        "history": [each.as_json() for each in history],
        "findings": [_finding(each) for each in findings],
        "evidence": _materials(change, people, file_names),
        "signatures": _signatures(change),
    }


def form_signatures(evidence: Mapping[str, Any]) -> tuple[Expected, ...]:
    """Return the five signatures of D03; layers 1 and 2 are of those who made the checks the form speaks of.

    Raises:
        ValueError: the evidence speaks of other signatures.
    """
    expected = expected_signatures(evidence, LAYER_FIELDS)
    made = [check["person"]["id"] for check in evidence["checks"]]
    if [each.person for each in expected] != [*made, *[None] * (len(CHAIN) - len(made))]:
        raise ValueError("layers 1 and 2 are not of those who made the checks")
    return expected


def enclosed_digests(evidence: Mapping[str, Any]) -> dict[str, str]:
    """Return the files that go along in a document with ``evidence``: ``sha256:<hex>`` by the name inside the PDF."""
    return {each["name"]: f"sha256:{each['sha256']}" for each in evidence.get("evidence", ()) if each.get("mime_type")}


def _format(code: str | None, formats: Mapping[str, Bilingual]) -> dict[str, str] | None:
    return None if code is None else formats.get(code, Bilingual(code, code)).as_json()


def _person(person_id: str, people: Mapping[str, str]) -> dict[str, str]:
    return {"id": person_id, "name": people.get(person_id, person_id)}


def _reason(application: Application) -> dict[str, str] | None:
    code = application.reason_code
    if code is None:
        return None
    return APPLICATION_REASONS.get(code, Bilingual(code, code)).as_json()


def _check(check: SiteCheck, people: Mapping[str, str], licensed_at: Position | None) -> dict[str, Any]:
    known = check.position is not None and licensed_at is not None
    return {
        "role": ROLE_WORDS[check.role].as_json(),
        "person": _person(check.person_id, people),
        "checked_at": instant(check.checked_at),
        "signed_at": instant(check.signed_at),
        "metres_from_licence": check.position.metres_from(licensed_at) if known else None,  # type: ignore[union-attr, arg-type]  # known
        "position_taken": check.position is not None,
        "area_m2": None if check.area_m2 is None else str(check.area_m2),
        "hours_per_day": None if check.hours_per_day is None else str(check.hours_per_day),
        "sales_mode": check.sales_mode,
        "it_level": check.it_level,
        "joint": check.joint,
        "photos": [_hex(each) for each in check.photos],
    }


def _hex(digest: str) -> str:
    return digest.removeprefix("sha256:")


def _benefit(benefit: Benefit, formats: Mapping[str, Bilingual]) -> dict[str, Any]:
    return {
        "month": str(benefit.month),
        "from": _format(benefit.old_segment, formats),
        "to": _format(benefit.new_segment, formats),
        "order_cycle_assumed": benefit.order_cycle_assumed,
        "standards_found": benefit.standards_found,
        "lines": [_line(each) for each in benefit.lines],
    }


def _line(line: BenefitLine) -> dict[str, Any]:
    price, value = line.wholesale_price_cny, line.delta_value_cny
    return {
        "sku": line.sku,
        "name": line.name,
        "scarce": line.is_tight,
        "has_standard": line.has_standard,
        "wholesale_price_cny": None if price is None else str(price),
        "old": _entitlement(line.old),
        "new": _entitlement(line.new),
        "delta_cartons": line.delta_cartons,
        "delta_cny": None if value is None else str(value),
    }


def _entitlement(entitlement: Entitlement | None) -> dict[str, Any] | None:
    return None if entitlement is None else {"eligible": entitlement.eligible, "cartons": entitlement.cartons}


def _finding(finding: Mapping[str, Any]) -> dict[str, Any]:
    version = finding.get("rule_version")
    clauses = finding["clauses"]
    return {
        "rule": finding["rule"] if version is None else f"{finding['rule']} v{version}",
        "outcome": str(finding["outcome"]),
        "message": {"zh": finding["message"]["zh"], "en": finding["message"]["en"]},
        "clauses": clauses if isinstance(clauses, str) else "、".join(clauses),
    }


def _materials(change: SegmentChange, people: Mapping[str, str], file_names: Mapping[str, str]) -> list[dict[str, Any]]:
    listed = [
        _material(place, each, people, file_names.get(each.digest)) for place, each in enumerate(change.evidence, 1)
    ]
    known = {each["sha256"] for each in listed}
    # A photo of a site check that nobody has also handed in as evidence is evidence all the same.
    for check in change.site_checks:
        for digest in check.photos:
            if _hex(digest) not in known:
                known.add(_hex(digest))
                listed.append(
                    {
                        "kind": "site_photo",
                        "file": file_names.get(digest),
                        "sha256": _hex(digest),
                        "added_by": _person(check.person_id, people),
                    }
                )
    return listed


def _material(place: int, file: EvidenceFile, people: Mapping[str, str], name: str | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "kind": file.kind.value,
        "file": name,
        "sha256": _hex(file.digest),
        "added_by": _person(file.added_by, people),
    }
    if file.kind in ENCLOSED:
        # The name inside the form is ours: what people call their files may be anything, and twice the same.
        ending = _ENDINGS.get(file.media_type, ".bin")
        row |= {"name": f"{place:02}-{file.kind.value}{ending}", "mime_type": file.media_type}
    return row


def _signatures(change: SegmentChange) -> list[dict[str, Any]]:
    # Layers 1 and 2 are of those who made the checks; who signs after them is said by the signatures.
    signers = [check.person_id for check in change.site_checks]
    return [
        {
            "field": LAYER_FIELDS[place],
            "role": ROLE_WORDS[role].as_json(),
            "person": signers[place] if place < len(signers) else None,
            "meaning": LAYER_MEANINGS[place].as_json(),
            "by_hand": True,
        }
        for place, role in enumerate(CHAIN)
    ]
