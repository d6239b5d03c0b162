"""What people say by signing: the fixed words of every signature, in one place, and the statements made of them.

The document prints the meaning beside the box before anybody signs, the signature repeats it, and the verifier holds
the one against the other. Source: domain/workflows.md, WF-1; YQ-2.6.1.
"""

from collections.abc import Mapping
from datetime import datetime

from app.core.text import Bilingual
from app.office.people import Role
from app.office.segment_change import CHAIN
from app.reports.signed_form import WITNESS_WORD, ByHand, Standing, Statement

ROLE_WORDS: Mapping[Role, Bilingual] = {
    Role.ACCOUNT_MANAGER: Bilingual("客户经理", "Account manager"),
    Role.MARKET_SUPERVISOR: Bilingual("市管员", "Market supervisor"),
    Role.MARKET_MANAGER: Bilingual("市场经理", "Market manager"),
    Role.MARKETING_LEADER: Bilingual("营销分管领导", "Marketing leader"),
    Role.SUPERVISION_OFFICER: Bilingual("内管人员", "Supervision officer"),
    Role.SUPERVISION_HEAD: Bilingual("内管办负责人", "Head of supervision"),
    Role.ADMINISTRATOR: Bilingual("系统管理员", "Administrator"),
}

LAYER_FIELDS: tuple[str, ...] = tuple(f"layer_{number}" for number in range(1, len(CHAIN) + 1))
"""The signature fields of D03, in the order of the layers."""

LAYER_MEANINGS: tuple[Bilingual, ...] = (
    Bilingual("本人到店核查属实，提请审批", "I checked on site; it is true; submitted"),
    Bilingual("本人到店核查属实，与拟变更业态相符", "I checked on site; it is true and fits the format"),
    Bilingual("申请、核查和材料审核无误，同意变更", "Application, checks and evidence reviewed; agreed"),
    Bilingual("已审阅投放变化，批准变更", "What it is worth was reviewed; approved"),
    Bilingual("合规审核通过，同意备案", "Found compliant; may be filed"),
)
"""What the signature of each layer means, layer 1 first."""

OFFICER_FIELD = "officer"
"""The signature field of D04."""
OFFICER_MEANING = Bilingual("逐号核对无误，编号情况如所列", "Every number was checked; gaps are as listed")

_WITNESS = Bilingual("内管人员（见证人）", "Supervision officer, witness")
_DEPUTY = Bilingual("（代）", ", deputy")


def layer_statement(
    layer: int, opinion: str, at: datetime, *, simulated: bool, principal: Standing | None = None
) -> Statement:
    """Return what the signature of ``layer`` (1 to 5) of a segment change says.

    Args:
        layer: of the chain.
        opinion: in the signer's own words; may be empty.
        at: aware; the clock of the service.
        simulated: whether that clock is.
        principal: for whom a deputy signs; None when the signer acts in person.
    """
    role = ROLE_WORDS[CHAIN[layer - 1]]
    if principal is not None:
        role = Bilingual(role.zh + _DEPUTY.zh, role.en + _DEPUTY.en)
    return Statement(
        LAYER_FIELDS[layer - 1], role, LAYER_MEANINGS[layer - 1], opinion.strip(), at, simulated, principal
    )


def witness_statement(
    layer: int, writer: Standing, scan_digest: str, opinion: str, at: datetime, *, simulated: bool
) -> Statement:
    """Return what a supervision officer says who saw ``writer`` sign ``layer`` on paper.

    Args:
        layer: of the chain.
        writer: whose layer it is and who signed on paper.
        scan_digest: ``sha256:<hex>`` of the scan that is kept.
        opinion: of the witness; may be empty.
        at: aware; the clock of the service.
        simulated: whether that clock is.
    """
    role = ROLE_WORDS[CHAIN[layer - 1]]
    meaning = Bilingual(
        f"{WITNESS_WORD}：{role.zh} {writer.name}（{writer.person_id}）",
        f"Witness to the handwritten signature of {writer.person_id}, {role.en}",
    )
    return Statement(
        LAYER_FIELDS[layer - 1],
        _WITNESS,
        meaning,
        opinion.strip(),
        at,
        simulated,
        by_hand=ByHand(writer, scan_digest),
    )


def officer_statement(opinion: str, at: datetime, *, simulated: bool) -> Statement:
    """Return what a supervision officer says by signing a register; ``at`` is aware."""
    role = ROLE_WORDS[Role.SUPERVISION_OFFICER]
    return Statement(OFFICER_FIELD, role, OFFICER_MEANING, opinion.strip(), at, simulated)
