"""Applications and check sheets of segment changes, as pages and clients send them.

What SEG-01 and SEG-02 judge may be missing; what cannot be read faithfully is a fault.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.errors import Fault
from app.office.code_list import CodeList
from app.office.intake.collection import (
    choice_field,
    day_field,
    id_field,
    moment_field,
    rows_field,
    text_field,
    yes_no_field,
)
from app.office.intake.fields import FieldSpec, read_object
from app.office.intake.measures import HOURS_OF_A_DAY, LARGEST_AREA, POSITION, measure_field, position_of
from app.office.intake.notes import Mismatch, Notes, Place
from app.office.intake.readers import identifier, licence
from app.office.normalise import EVIDENCE_KINDS, IT_LEVELS, SALES_MODES
from app.office.people import Role
from app.office.position import Position
from app.office.segment_change import Application, EvidenceKind, SiteCheck

_DIGEST = id_field("digest", "文件摘要", "digest", read=identifier(80))

EVIDENCE_FIELDS = (
    choice_field("kind", "材料类别", "kind", EVIDENCE_KINDS),
    _DIGEST,
    moment_field("taken_at", "拍摄时间", "taken_at", required=False),
    POSITION,
)

APPLICATION_FIELDS: Sequence[FieldSpec] = (
    id_field("licence_no", "许可证号", "licence_no", "烟草专卖零售许可证号", read=licence),
    id_field("account_manager", "客户经理", "account_manager"),
    id_field("territory_id", "片区编号", "territory_id", "片区", required=False),
    text_field("shop_name", "店铺名称", "shop_name", required=False),
    text_field("holder_name", "持证人", "holder_name", required=False),
    text_field("address", "经营地址", "address", required=False),
    text_field("current_segment", "现业态", "current_segment", required=False),
    text_field("proposed_segment", "申请业态", "proposed_segment", required=False),
    id_field("reason_code", "变更原因", "reason_code", required=False),
    text_field("reason_text", "原因说明", "reason_text", required=False),
    text_field("applicant", "申请人", "applicant", required=False),
    text_field("contact", "联系方式", "contact", required=False),
    day_field("requested_effective", "申请生效日期", "requested_effective", required=False),
    id_field("census_campaign", "普查备案号", "census_campaign", required=False),
    rows_field("evidence", "佐证材料", "evidence", EVIDENCE_FIELDS, required=False),
)

SITE_CHECK_FIELDS: Sequence[FieldSpec] = (
    moment_field("checked_at", "核查时间", "checked_at"),
    measure_field("area_m2", "营业面积（平方米）", "area_m2", LARGEST_AREA),
    measure_field("hours_per_day", "每日营业小时", "hours_per_day", HOURS_OF_A_DAY),
    choice_field("sales_mode", "售货方式", "sales_mode", SALES_MODES, required=False),
    choice_field("it_level", "信息化程度", "it_level", IT_LEVELS, required=False),
    yes_no_field("joint", "联合核查", "joint"),
    POSITION,
    rows_field(
        "photos", "照片", "photos", (id_field("digest", "文件摘要", "digest", read=identifier(80)),), required=False
    ),
)


@dataclass(frozen=True, slots=True)
class NamedEvidence:
    """A file an application names; whether it has been uploaded is not known here."""

    kind: EvidenceKind
    digest: str
    taken_at: datetime | None
    taken_from: Position | None


@dataclass(frozen=True, slots=True)
class ReadApplication:
    """An application as it was read. There is none when there are faults."""

    application: Application | None
    evidence: tuple[NamedEvidence, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadSiteCheck:
    """A check sheet as it was read. There is none when there are faults."""

    check: SiteCheck | None
    mismatches: tuple[Mismatch, ...] = ()
    faults: tuple[Fault, ...] = ()


def read_application(raw: object, segments: CodeList | None = None) -> ReadApplication:
    """Return ``raw`` (any JSON value) read as an application; names of formats become codes of ``segments``.

    A format that is not in the list stays as it was written: SEG-01 speaks of it.
    """
    values, notes = _read(raw, APPLICATION_FIELDS)
    mismatches, faults = tuple(notes.mismatches), tuple(notes.faults)
    if faults:
        return ReadApplication(None, (), mismatches, faults)
    evidence = tuple(
        NamedEvidence(EvidenceKind(row["kind"]), row["digest"], row["taken_at"], position_of(row["position"]))
        for row in values.pop("evidence") or ()
    )
    for name in ("current_segment", "proposed_segment"):
        if segments is not None and values[name] is not None:
            values[name] = segments.code_for(values[name]) or values[name]
    return ReadApplication(Application(**values), evidence, mismatches)


def read_site_check(raw: object, role: Role, person_id: str, signed_at: datetime) -> ReadSiteCheck:
    """Return ``raw`` (any JSON value) read as the check sheet of ``person_id``, signed at ``signed_at``."""
    values, notes = _read(raw, SITE_CHECK_FIELDS)
    mismatches, faults = tuple(notes.mismatches), tuple(notes.faults)
    if faults:
        return ReadSiteCheck(None, mismatches, faults)
    check = SiteCheck(
        role=role,
        person_id=person_id,
        signed_at=signed_at,
        **{
            **values,
            "position": position_of(values["position"]),
            "photos": tuple(row["digest"] for row in values["photos"] or ()),
        },
    )
    return ReadSiteCheck(check, mismatches)


def _read(raw: object, fields: Sequence[FieldSpec]) -> tuple[dict[str, Any], Notes]:
    notes = Notes()
    return read_object(raw, fields, Place(notes)), notes
