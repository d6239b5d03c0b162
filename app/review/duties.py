"""Separation of duties on one object: it binds the person, whatever account is used and for whomever one signs."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from app.audit.finding import Outcome
from app.core.clock import local_date
from app.core.text import Bilingual
from app.office.duties import incompatible_roles
from app.office.people import Person, Role
from app.office.segment_change import SegmentChange
from app.review.refusals import DutyConflict, GateClosed, RoleMissing


@dataclass(frozen=True, slots=True)
class Acting:
    """One person about to act at one moment of the service's clock."""

    person: Person
    at: datetime
    on_behalf_of: Person | None = None
    """The principal, when the person is a deputy."""
    recused: bool = False
    """Whether the person has declared, or was found to have, a conflict of interest with the customer."""
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    """What the rules asked at this act came to, by rule. A rule that is not asked today closes no gate."""

    @property
    def day(self) -> date:
        """The day in the office's zone."""
        return local_date(self.at)


def check_person(acting: Acting, role: Role) -> None:
    """Do nothing when the person may act as ``role`` at all.

    Raises:
        RoleMissing: neither the person nor the principal holds the role on the day.
        DutyConflict: the person or the principal holds roles that exclude each other, or is recused.
    """
    holder = acting.on_behalf_of or acting.person
    if not holder.holds(role, acting.day):
        raise RoleMissing(
            Bilingual(
                f"{holder.name}({holder.person_id})在{acting.day}不具备角色 {role}。请由具备该角色的人员办理。",
                f"{holder.name} ({holder.person_id}) does not hold the role {role} on {acting.day}.",
            )
        )
    for person in _persons(acting):
        for one, other in incompatible_roles(person, acting.day):
            raise DutyConflict(
                Bilingual(
                    f"{person.name}同时担任 {one} 与 {other},不得办理。请先解除其中一个角色。",
                    f"{person.name} holds {one} and {other}; end one of them first.",
                )
            )
    if acting.recused:
        raise DutyConflict(
            Bilingual(
                f"{acting.person.name}与该客户有利益冲突,须回避。",
                f"{acting.person.name} has a conflict of interest with this customer and must step aside.",
            )
        )
    _check_deputy(acting, role)


def _check_deputy(acting: Acting, role: Role) -> None:
    """Refuse a deputy whose own roles would not be compatible with the role acted in: MM for SO."""
    if acting.on_behalf_of is None:
        return
    stand_in = Person(
        acting.person.person_id,
        acting.person.name,
        None,
        (*acting.person.roles, *(held for held in acting.on_behalf_of.roles if held.role == role)),
    )
    for one, other in incompatible_roles(stand_in, acting.day):
        raise DutyConflict(
            Bilingual(
                f"{acting.person.name}不能代理 {role}:{one} 与 {other} 不相容。",
                f"{acting.person.name} cannot stand in as {role}: {one} and {other} exclude each other.",
            )
        )


def check_distinct(change: SegmentChange, acting: Acting, *, initiator_may: bool = False) -> None:
    """Do nothing when neither the person nor the principal has signed another layer or started the request.

    Args:
        change: the request.
        acting: who is about to sign.
        initiator_may: true for layer 1 only: who entered a request may verify it on site, not approve it.

    Raises:
        DutyConflict: one of them has. Source: SEG-05.
    """
    before = dict(_involved(change))
    if initiator_may:
        before.pop(change.application.account_manager, None)
    for person in _persons(acting):
        if person.person_id in before:
            done = before[person.person_id]
            raise DutyConflict(
                Bilingual(
                    f"{person.name}({person.person_id}){done.zh},不能再签署本层。请由另一人办理。",
                    f"{person.name} ({person.person_id}) {done.en} and cannot sign here too; another person must.",
                )
            )


def check_gates(outcomes: Mapping[str, Outcome], rules: Collection[str]) -> None:
    """Do nothing when none of the blocking ``rules`` blocks or could not be evaluated, by their ``outcomes``.

    Raises:
        GateClosed: at least one does. Missing paper fails closed. Source: domain/rule-semantics.md, 5.
    """
    shut = {Outcome.BLOCK, Outcome.NOT_EVALUABLE}
    closed = [rule for rule in sorted(rules) if outcomes.get(rule) in shut]
    if closed:
        listed = "、".join(closed)
        raise GateClosed(
            Bilingual(
                f"规则{listed}阻断或因缺少资料无法评估。请补正后再办理。",
                f"The rules {', '.join(closed)} block, or could not be evaluated. Supply what is missing first.",
            )
        )


def _persons(acting: Acting) -> tuple[Person, ...]:
    return (acting.person,) if acting.on_behalf_of is None else (acting.person, acting.on_behalf_of)


def _involved(change: SegmentChange) -> Iterator[tuple[str, Bilingual]]:
    yield change.application.account_manager, Bilingual("录入了本申请", "entered this request")
    for layer in change.layers:
        done = Bilingual(f"已在第{layer.number}层签署", f"has signed layer {layer.number}")
        yield layer.person_id, done
        if layer.on_behalf_of:
            yield layer.on_behalf_of, done
    for signature in change.form.signatures if change.form else ():
        if signature.witness:
            seen = Bilingual(f"见证了第{signature.layer}层的手写签名", f"was witness of layer {signature.layer}")
            yield signature.witness, seen
