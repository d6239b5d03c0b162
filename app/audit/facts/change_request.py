"""Whether a request is complete, proven, and agrees with the licence: SEG-01, SEG-02, SEG-13, SEG-19."""

from collections.abc import Iterable
from datetime import datetime

from app.audit.fact import Cell, FactSet, FactTable, fact_set
from app.audit.facts.change_context import NewCustomerContext, SegmentChangeContext
from app.audit.facts.parameters import Parameters, texts, whole_number
from app.audit.facts.table import Columns, Row
from app.core.clock import local_date
from app.office.segment_change import APPLICATION_REASONS, PHOTOS, Application, EvidenceKind, SegmentChange
from app.office.visible_text import folded

_REQUIRED = (
    ("shop_name", "店铺名称 (shop name)"),
    ("current_segment", "现业态 (current format)"),
    ("proposed_segment", "申请业态 (proposed format)"),
    ("reason_code", "变更原因 (reason code)"),
    ("reason_text", "原因说明 (reason)"),
    ("applicant", "申请人 (applicant)"),
    ("requested_effective", "申请生效日期 (requested effect)"),
    ("contact", "联系方式 (contact)"),
)


def request_row(change: SegmentChange, context: SegmentChangeContext, parameters: Parameters) -> Row:
    """Return what SEG-01, SEG-02 and SEG-13 read."""
    return {
        **_completeness(change.application, context),
        **_evidence(change, context.at, parameters),
        **_licence(change.application, context),
    }


_NEW_CUSTOMER_FACTS = ("licence_no", "initial_segment", "initial_grade", "minutes_no", "decided_collectively")


def new_customer_facts(
    contexts: Iterable[NewCustomerContext],
    parameters: Parameters,  # noqa: ARG001  # one shape for all subjects
) -> FactSet:
    """Return the scope ``new_customer``: one row for each customer that one delivery names for the first time."""
    columns: Columns = {name: [] for name in _NEW_CUSTOMER_FACTS}
    for context in sorted(contexts, key=lambda one: one.customer.licence_no):
        customer = context.customer
        both_sides = context.marketing_present and context.monopoly_present
        row = (
            customer.licence_no,
            customer.segment,
            customer.grade,
            context.minutes_no,
            bool(context.minutes_no) and both_sides,
        )
        for name, cell in zip(_NEW_CUSTOMER_FACTS, row, strict=True):
            columns[name].append(cell)
    return fact_set(FactTable("new_customer", columns))


def _completeness(application: Application, context: SegmentChangeContext) -> Row:
    missing = [label for field, label in _REQUIRED if getattr(application, field) is None]
    reason_known = application.reason_code is None or application.reason_code in APPLICATION_REASONS
    proposed = application.proposed_segment
    listed = None
    if context.segments is not None:
        codes = {item.code for item in context.segments.items}
        listed = all(code in codes for code in (application.current_segment, proposed) if code is not None)
    filed = context.customer.segment if context.customer else None
    wrong = [] if reason_known else ["变更原因代码 (reason code unknown)"]
    if filed is not None and application.current_segment not in (None, filed):
        # A false start would hide a way back (SEG-10), and be what a revocation restores.
        wrong.append("与备案一致的现业态 (current format as filed)")
    return {
        "missing_fields": len(missing) + len(wrong),
        "missing_field_list": [*missing, *wrong],
        "segment_unchanged": proposed is not None and proposed in (application.current_segment, filed),
        "segments_listed": listed,
    }


def _evidence(change: SegmentChange, at: datetime, parameters: Parameters) -> Row:
    evidence = change.evidence
    wanted = texts(parameters, "SEG-02", "required_types")
    oldest = whole_number(parameters, "SEG-02", "photo_max_age")
    brought = {file.kind.value for file in evidence}
    if any(check.area_m2 is not None and check.hours_per_day is not None for check in change.site_checks):
        brought.add(EvidenceKind.SITE_RECORD.value)
    missing = sorted(wanted - brought)
    photos = [file for file in evidence if file.kind in PHOTOS]
    unplaced = [file for file in photos if file.taken_at is None or file.taken_from is None]
    today = local_date(at)
    old = [file for file in photos if file.taken_at and (today - local_date(file.taken_at)).days > oldest]
    ages = [(today - local_date(file.taken_at)).days for file in photos if file.taken_at]
    return {
        "evidence_missing": len(missing),
        "evidence_missing_list": list(missing),
        "photos_too_old": len(old),
        "photos_unplaced": len(unplaced),
        "oldest_photo_days": max(ages, default=None),
        "evidence_list": [{"kind": file.kind.value, "digest": file.digest} for file in evidence],
    }


def _licence(application: Application, context: SegmentChangeContext) -> Row:
    record = context.licence
    if record is None:
        names: tuple[str, ...] = ("licence_valid", "holder_matches", "address_matches", "licence_holder")
        return {**dict.fromkeys((*names, "licence_address")), "address_given": application.address}
    valid = record.licence_no == application.licence_no and record.is_valid
    return {
        "licence_valid": valid and record.valid_to >= local_date(context.at),
        "holder_matches": _same(application.holder_name, record.holder_name),
        "address_matches": _same(application.address, record.address),
        "licence_holder": record.holder_name,
        "licence_address": record.address,
        "address_given": application.address,
    }


def _same(given: str | None, registered: str) -> Cell:
    """Return whether both are written alike; what the application leaves open is taken from the register."""
    return given is None or folded(given) == folded(registered)
