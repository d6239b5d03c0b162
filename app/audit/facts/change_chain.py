"""Who verified, signed, filed and when it counts: SEG-03 to SEG-08."""

from datetime import date, timedelta

from app.audit.fact import Cell, FactTable
from app.audit.facts.change_context import SegmentChangeContext
from app.audit.facts.table import Columns, Row, local_text
from app.core.clock import local_date
from app.office.duties import incompatible_roles
from app.office.people import Role
from app.office.segment_change import CHAIN, Layer, SegmentChange, earliest_effect

ROLE_NAMES = {
    Role.ACCOUNT_MANAGER: "客户经理核查 (account manager)",
    Role.MARKET_SUPERVISOR: "市管员核查 (market supervisor)",
    Role.MARKET_MANAGER: "市场经理审核 (market manager)",
    Role.MARKETING_LEADER: "营销分管领导审批 (marketing leader)",
    Role.SUPERVISION_OFFICER: "内管审核备案 (supervision officer)",
}


def chain_row(change: SegmentChange, context: SegmentChangeContext) -> Row:
    """Return what SEG-03 and SEG-05 to SEG-08 read of the scope ``segment_change``."""
    return {**_visits(change, context), **_persons(change, context), **_effect(change)}


def layer_table(change: SegmentChange, context: SegmentChangeContext) -> FactTable:
    """Return the scope ``approval_layer``: the five layers in order, signed or not. Source: SEG-04."""
    signed = {layer.number: layer for layer in change.layers}
    columns: Columns = {name: [] for name in _LAYER_FACTS}
    for number, role in enumerate(CHAIN, start=1):
        layer, before = signed.get(number), signed.get(number - 1)
        held = layer.role is role and _held(layer, context) if layer else None
        # Rounded up: half a second later is later.
        seconds = -((before.signed_at - layer.signed_at) // timedelta(seconds=1)) if layer and before else None
        row: Row = {
            "layer": number,
            "layer_role": ROLE_NAMES[role],
            "layer_due": context.layer is None or number <= context.layer,
            "layer_signed": layer is not None,
            "signer": layer.person_id if layer else None,
            "signed_at": local_text(layer.signed_at) if layer else None,
            "seconds_after_previous": seconds,
            "role_held": held,
        }
        for name, cell in row.items():
            columns[name].append(cell)
    return FactTable("approval_layer", columns)


_LAYER_FACTS = (
    "layer",
    "layer_role",
    "layer_due",
    "layer_signed",
    "signer",
    "signed_at",
    "seconds_after_previous",
    "role_held",
)


def _held(layer: Layer, context: SegmentChangeContext) -> bool:
    holder = context.people.get(layer.on_behalf_of or layer.person_id)
    return holder is not None and holder.holds(layer.role, local_date(layer.signed_at))


def _visits(change: SegmentChange, context: SegmentChangeContext) -> Row:
    roles = {check.role for check in change.site_checks}
    missing = [ROLE_NAMES[role] for role in CHAIN[:2] if role not in roles]
    early = sum(1 for check in change.site_checks if check.checked_at < change.applied_at)
    shop = context.licence.position if context.licence else None
    distances = [
        None if check.position is None or shop is None else check.position.metres_from(shop)
        for check in change.site_checks
    ]
    known = [metres for metres in distances if metres is not None]
    return {
        "checks_missing": len(missing),
        "checks_missing_list": list(missing),
        "checks_before_request": early,
        # A check without a position, or a shop without one, leaves the distance open: that is missing paper.
        "metres_from_licence": max(known) if distances and len(known) == len(distances) else None,
    }


def _persons(change: SegmentChange, context: SegmentChangeContext) -> Row:
    places: dict[str, list[int]] = {}
    for layer in change.layers:
        for person_id in {layer.person_id, layer.on_behalf_of or layer.person_id}:
            places.setdefault(person_id, []).append(layer.number)
    repeated = {person_id: numbers for person_id, numbers in places.items() if len(numbers) > 1}
    first = min(repeated, key=lambda person_id: (repeated[person_id], person_id), default=None)
    initiator = change.application.account_manager
    two_sided = [
        layer.person_id
        for layer in change.layers
        if (person := context.people.get(layer.person_id)) is not None
        and incompatible_roles(person, local_date(layer.signed_at))
    ]
    return {
        "repeated_persons": len(repeated),
        "repeated_person": first,
        "repeated_layers": list(repeated[first]) if first else [],
        "initiator_approves": any(number > 1 for number in places.get(initiator, [])),
        "two_sided_signers": len(set(two_sided)),
        "two_sided_signer_list": sorted(set(two_sided)),
        "signers": len(places),
    }


def _effect(change: SegmentChange) -> Row:
    filing, effect, approved = change.filing, change.effective_on, change.approved_at
    earliest = earliest_effect(approved) if approved else None
    from_filing = earliest_effect(filing.filed_at) if filing else None
    return {
        "filing_no": filing.filing_no if filing else None,
        "filed_at": local_text(filing.filed_at) if filing else None,
        "effective_on": effect.isoformat() if effect else None,
        "approved_at": local_text(approved) if approved else None,
        "effect_planned": effect is not None,
        "filed_before_effect": filing is not None and effect is not None and local_date(filing.filed_at) < effect,
        "approval_complete": approved is not None,
        "effect_on_first": effect is not None and effect.day == 1,
        "days_before_earliest": _days_before(effect, earliest),
        "earliest_effect": earliest.isoformat() if earliest else None,
        "days_before_snapshot_allows": _days_before(effect, from_filing),
        "earliest_by_snapshot": from_filing.isoformat() if from_filing else None,
    }


def _days_before(effect: date | None, earliest: date | None) -> Cell:
    return None if effect is None or earliest is None else max(0, (earliest - effect).days)
