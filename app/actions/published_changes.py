"""The list of changes in effect that everybody may see, masked: sunlight deters. Source: WF-1, publication."""

from app.actions.change_view import PublishedChange
from app.actions.deps import Deps
from app.actions.page_changes import format_names
from app.core.clock import local_date
from app.office.month import Month
from app.office.segment_change import IN_EFFECT_STATES
from app.store.change_values import ChangeFilter

_ALL = 10_000
_FIRST, _LAST = 6, 2


def published_changes(deps: Deps, month: Month | None = None) -> tuple[PublishedChange, ...]:
    """Return the changes that took effect in ``month``, of all months when None, the newest effect first."""
    wanted = ChangeFilter(states=frozenset(state.value for state in IN_EFFECT_STATES), effective_month=month)
    with deps.store.read() as uow:
        changes = [stored.change for stored in uow.segment_changes.page(wanted, None, _ALL).items]
        formats = format_names(uow, local_date(deps.clock.now()))
        territories = {one.territory_id: one.name for one in uow.office.territories().values()}
    lines = [
        PublishedChange(
            masked_licence=_masked(change.application.licence_no),
            masked_shop=_masked_name(change.application.shop_name or ""),
            territory_name=territories.get(
                change.application.territory_id or "", change.application.territory_id or ""
            ),
            from_segment=formats.get(
                change.application.current_segment or "", change.application.current_segment or ""
            ),
            to_segment=formats.get(
                change.application.proposed_segment or "", change.application.proposed_segment or ""
            ),
            effective_on=change.effective_on,
            filing_no=change.filing.filing_no,
        )
        for change in changes
        if change.effective_on is not None and change.filing is not None
    ]
    return tuple(sorted(lines, key=lambda line: (line.effective_on, line.filing_no), reverse=True))


def _masked(licence_no: str) -> str:
    hidden = max(len(licence_no) - _FIRST - _LAST, 1)
    return f"{licence_no[:_FIRST]}{'*' * hidden}{licence_no[-_LAST:]}"


def _masked_name(name: str) -> str:
    """Return the first character and asterisks: a shop's name often is its owner's."""
    return name[:1] + "*" * max(len(name) - 1, 1)
