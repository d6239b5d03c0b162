"""Show what a change of format would mean, before anybody asks for it: the shop as filed, and who would gain what."""

from dataclasses import dataclass
from datetime import date

from app.actions.apply_for_change import EVENT
from app.actions.deps import Deps
from app.audit.facts.parameters import texts
from app.core.actor import Actor
from app.core.clock import local_date
from app.core.errors import NotFound
from app.core.text import Bilingual
from app.office.benefit import Benefit
from app.office.permission import Permission
from app.office.segment_change import Application, earliest_effect
from app.review.segment_change import draft_change
from app.store.change_contexts import benefit_of
from app.store.contexts import SEGMENT_LIST


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """A customer, the formats there are, and what one of them would give."""

    licence_no: str
    shop_name: str
    segment: str
    """Code of the filed format."""
    segment_name: str
    territory_id: str
    territory_name: str
    holder_name: str | None
    """As the licence system says, else the customer file; None when neither does."""
    address: str | None
    formats: tuple[tuple[str, Bilingual], ...]
    """Code and names of the formats to choose from: all of the list but the present one."""
    earliest_effect: date
    """The first day it could count, were it filed today."""
    required_evidence: frozenset[str]
    """The kinds of evidence the rules ask for today."""
    benefit: Benefit | None
    """None without a proposed format."""


def preview_change(
    deps: Deps, actor: Actor, licence_no: str, proposed: str | None, requested_effective: date | None = None
) -> ChangePreview:
    """Return the customer of ``licence_no`` as filed today, and what the format ``proposed`` would give.

    Raises:
        Forbidden: the actor may not enter requests.
        NotFound: there is no such customer, or none in a territory of the actor.
    """
    actor.require(Permission.SUBMIT_CHANGE)
    at = deps.clock.now()
    day = local_date(at)
    with deps.store.read() as uow:
        customer = uow.office.customers_on(day, licences=[licence_no]).get(licence_no)
        if customer is None or not actor.may(Permission.SUBMIT_CHANGE, territory=customer.territory_id):
            raise NotFound(
                Bilingual(
                    f"您的片区内没有客户 {licence_no}。", f"There is no customer {licence_no} in your territories."
                )
            )
        formats = uow.office.code_list(SEGMENT_LIST, day)
        licence = uow.office.licence(licence_no)
        territory = uow.office.territories().get(customer.territory_id)
        asked = Application(
            licence_no, actor.actor_id, proposed_segment=proposed or None, requested_effective=requested_effective
        )
        return ChangePreview(
            licence_no=licence_no,
            shop_name=customer.shop_name,
            segment=customer.segment,
            segment_name=formats.name_of(customer.segment) if formats else customer.segment,
            territory_id=customer.territory_id,
            territory_name=territory.name if territory else customer.territory_id,
            holder_name=licence.holder_name if licence else customer.holder_name,
            address=licence.address if licence else customer.address,
            formats=tuple(
                (item.code, Bilingual(item.zh, item.en))
                for item in (formats.items if formats else ())
                if item.code != customer.segment
            ),
            earliest_effect=earliest_effect(at),
            required_evidence=texts(deps.library.rulebook(EVENT, day), "SEG-02", "required_types"),
            benefit=benefit_of(uow, draft_change("", asked, (), at), at) if proposed else None,
        )
