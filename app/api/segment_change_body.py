"""How a segment change is said to the outside: one JSON object of everything the caller may see of it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.actions.change_view import ChangeView, EarlierChange, LayerView, StepView
from app.actions.page_changes import ChangeRow
from app.core.clock import instant
from app.office.benefit import Benefit, BenefitLine, Entitlement
from app.office.people import Role
from app.office.position import DEGREE, Position
from app.office.segment_change import Application, EvidenceFile, Form, SegmentChange, SiteCheck
from app.review.change_steps import Act


def change_body(view: ChangeView, address: str) -> dict[str, Any]:
    """Return the JSON of one request; ``address`` is its own, under which its files lie."""
    change = view.change
    return {
        "change_no": change.change_no,
        "version": view.version,
        "state": change.state.value,
        "submission": change.submission,
        "application": _application(change.application),
        "shop_name": view.shop_name,
        "territory_name": view.territory_name,
        "segment_names": dict(view.segment_names),
        "applied_at": instant(change.applied_at),
        "favourable": change.favourable,
        "evidence": [_file(file, view, address) for file in change.evidence],
        "site_checks": [_check(check, view) for check in change.site_checks],
        "form": None if change.form is None else _form(change.form, address),
        "layers": [_layer(layer) for layer in view.layers],
        "next": _next(view.next_act, view.next_role),
        "due_on": _text(view.due_on),
        "overdue_days": view.overdue_days,
        "missing": [sentence.as_json() for sentence in view.missing],
        "refusals": [sentence.as_json() for sentence in view.refusals],
        "benefit": None if view.benefit is None else _benefit(view.benefit),
        "history": {
            "customer": _history(view.customer_history),
            "account_manager": _history(view.applicant_history),
            "territory": _history(view.territory_history),
        },
        "findings": [dict(finding) for finding in view.findings],
        "evaluations": [dict(evaluation) for evaluation in view.evaluations],
        **_end(change),
        "steps": [_step(step) for step in view.steps],
        "may": [
            {"act": may.act.value, "layer": may.layer, "why_not": may.why_not and may.why_not.as_json()}
            for may in view.may
        ],
    }


def row_body(row: ChangeRow) -> dict[str, Any]:
    """Return the JSON of one line of the list."""
    return {
        "change_no": row.change_no,
        "version": row.version,
        "licence_no": row.licence_no,
        "shop_name": row.shop_name,
        "from_segment": row.from_segment,
        "to_segment": row.to_segment,
        "state": row.state,
        "account_manager_name": row.account_manager_name,
        "applied_on": row.applied_on.isoformat(),
        "next": _next(row.next_act, row.next_role),
        "due_on": _text(row.due_on),
        "overdue_days": row.overdue_days,
        "favourable": row.favourable,
    }


def _text(value: date | Decimal | None) -> str | None:
    return None if value is None else str(value)


def _moment(value: datetime | None) -> str | None:
    return None if value is None else instant(value)


def _next(act: Act | None, role: Role | None) -> dict[str, Any] | None:
    return None if act is None else {"act": act.value, "role": role.value if role else None}


def _application(asked: Application) -> dict[str, Any]:
    return {**asdict(asked), "requested_effective": _text(asked.requested_effective)}


def _position(place: Position | None) -> dict[str, str] | None:
    if place is None:
        return None
    return {
        "latitude": f"{Decimal(place.latitude) / DEGREE:.6f}",
        "longitude": f"{Decimal(place.longitude) / DEGREE:.6f}",
    }


def _file(file: EvidenceFile, view: ChangeView, address: str) -> dict[str, Any]:
    return {
        "kind": file.kind.value,
        "digest": file.digest,
        "name": view.evidence_names.get(file.digest),
        "media_type": file.media_type,
        "size": file.size,
        "added_by": file.added_by,
        "added_by_name": view.names.get(file.added_by, file.added_by),
        "added_at": instant(file.added_at),
        "taken_at": _moment(file.taken_at),
        "position": _position(file.taken_from),
        "content": f"{address}/evidence/{file.digest}",
    }


def _check(check: SiteCheck, view: ChangeView) -> dict[str, Any]:
    return {
        "role": check.role.value,
        "person_id": check.person_id,
        "person_name": view.names.get(check.person_id, check.person_id),
        "checked_at": instant(check.checked_at),
        "signed_at": instant(check.signed_at),
        "position": _position(check.position),
        "area_m2": _text(check.area_m2),
        "hours_per_day": _text(check.hours_per_day),
        "sales_mode": check.sales_mode,
        "it_level": check.it_level,
        "photos": list(check.photos),
        "joint": check.joint,
    }


def _form(form: Form, address: str) -> dict[str, Any]:
    return {
        "revision": form.revision,
        "content_digest": f"sha256:{form.content_digest}",
        "file_digest": form.current_digest,
        "prepared_at": instant(form.prepared_at),
        "signatures": len(form.signatures),
        "archived_at": _moment(form.archived_at),
        "content": f"{address}/form.pdf",
    }


def _layer(layer: LayerView) -> dict[str, Any]:
    return {**asdict(layer), "role": layer.role.value, "signed_at": _moment(layer.signed_at)}


def _benefit(benefit: Benefit) -> dict[str, Any]:
    return {
        "month": str(benefit.month),
        "old_segment": benefit.old_segment,
        "new_segment": benefit.new_segment,
        "delta_tight_cartons": benefit.delta_tight_cartons,
        "delta_value_cny": _text(benefit.delta_value_cny),
        "order_cycle_assumed": benefit.order_cycle_assumed,
        "lines": [_benefit_line(line) for line in benefit.lines],
    }


def _benefit_line(line: BenefitLine) -> dict[str, Any]:
    return {
        "sku": line.sku,
        "name": line.name,
        "is_tight": line.is_tight,
        "has_standard": line.has_standard,
        "old": _entitlement(line.old),
        "new": _entitlement(line.new),
        "delta_cartons": line.delta_cartons,
        "delta_value_cny": _text(line.delta_value_cny),
    }


def _entitlement(entitlement: Entitlement | None) -> dict[str, Any] | None:
    return None if entitlement is None else {"eligible": entitlement.eligible, "cartons": entitlement.cartons}


def _history(earlier: Sequence[EarlierChange]) -> list[dict[str, Any]]:
    return [{**asdict(one), "applied_on": one.applied_on.isoformat()} for one in earlier]


def _end(change: SegmentChange) -> dict[str, Any]:
    filing, review, closing = change.filing, change.review, change.closing
    return {
        "filing": filing and {**asdict(filing), "filed_at": instant(filing.filed_at)},
        "effective_on": _text(change.effective_on),
        "effected_at": _moment(change.effected_at),
        "review": review and {**asdict(review), "reviewed_at": instant(review.reviewed_at)},
        "closing": closing and {**asdict(closing), "at": instant(closing.at), "ends_on": _text(closing.ends_on)},
    }


def _step(step: StepView) -> dict[str, Any]:
    return {**asdict(step), "at": instant(step.at), "evaluations": list(step.evaluations)}
