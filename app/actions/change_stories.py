"""The history of a customer, of an applicant and of a territory, in sentences an approver reads."""

from collections.abc import Sequence

from app.core.clock import local_date
from app.core.text import Bilingual
from app.office.segment_change import ChangeState, SegmentChange
from app.store.change_values import ChangeHistory

_GRANTED = frozenset({ChangeState.APPROVED, ChangeState.FILED, ChangeState.EFFECTIVE, ChangeState.REVIEWED})


def stories(history: ChangeHistory) -> list[Bilingual]:
    """Return one sentence each: this customer's earlier changes, this applicant's year, this territory's year."""
    return [
        _customer(history.customer),
        _counted("录入人近12个月", "The applicant in the last 12 months", history.applicant),
        _counted("本片区近12个月", "The territory in the last 12 months", history.territory),
    ]


def _customer(earlier: Sequence[SegmentChange]) -> Bilingual:
    if not earlier:
        return Bilingual("该客户没有更早的变更申请。", "The customer has made no earlier request.")
    newest = max(earlier, key=lambda change: change.applied_at)
    asked, day = newest.application, local_date(newest.applied_at)
    return Bilingual(
        f"该客户已有{len(earlier)}次申请；最近一次{day}（{newest.change_no}，{asked.current_segment}→"
        f"{asked.proposed_segment}，{newest.state}）。",
        f"The customer has made {len(earlier)} earlier requests; the last on {day} ({newest.change_no}, "
        f"{asked.current_segment} to {asked.proposed_segment}, {newest.state}).",
    )


def _counted(zh: str, en: str, changes: Sequence[SegmentChange]) -> Bilingual:
    granted = [change for change in changes if change.state in _GRANTED]
    favourable = sum(1 for change in granted if change.favourable)
    rejected = sum(1 for change in changes if change.state is ChangeState.REJECTED)
    return Bilingual(
        f"{zh}：申请{len(changes)}次，获批{len(granted)}次（其中紧俏货源增加{favourable}次），驳回{rejected}次。",
        f"{en}: {len(changes)} requests, {len(granted)} granted ({favourable} of them gained scarce supply), "
        f"{rejected} rejected.",
    )
